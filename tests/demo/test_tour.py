"""The tour of ten steps: each opens its page as its person, and ticks itself when the database shows it done."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from demo.context import COOKIE
from demo.enums import LOOKED_AT, Step
from demo.models import Tour, TourTick
from demo.selectors.tour import itinerary, steps_done, tour_by
from demo.services import tour as services
from dispatch import services as dispatch
from einvoice.models import Invoice
from einvoice.services import send_again
from fees.services import close_till
from station.enums import Role, RouteKind, VehicleKind
from station.models import Departure, Station, User, YardVisit
from station.services.bays import assign_bay
from tests.demo.people import everybody
from tests.factories import (
    NOW,
    BayFactory,
    DepartureFactory,
    StationFactory,
    VehicleFactory,
    staff,
)
from tests.factories_dispatch import confirmed, drawn, inside, issued, ready_departure
from tests.factories_einvoice import LEGAL_NAME, invoice_of_charge
from tests.factories_fees import notes, pay, till_of
from tests.factories_ticketing import booked_bay, priced_departure, sell

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=40)
AFTER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def in_the_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def station() -> Station:
    return StationFactory(station_class=4, legal_name=LEGAL_NAME)


@pytest.fixture
def people(station) -> dict[str, User]:
    found = everybody(station)
    # Whoever dispatches in the tour takes the money too, and has a till for it.
    staff(found["dieudo1"], station, Role.TICKET_CLERK)
    return found


@pytest.fixture
def tour(people) -> Tour:
    return services.start_tour(now=NOW)


def coach(station: Station, **facts) -> Departure:
    return ready_departure(route__origin=station, **({"planned_at": SOON} | facts))


# --- what each step is ticked by ------------------------------------------------------------------------------------


def sells(station, people, now):
    sell(
        priced_departure(route__origin=station, planned_at=SOON),
        "A1",
        till=till_of(station, clerk=people["banve1"]),
        now=now,
    )


def moves(station, people, now):
    bay = BayFactory(station=station)
    assign_bay(departure_id=coach(station).pk, bay_id=bay.pk, by=people["dieudo1"], now=now)


def signs(station, people, now):
    order = drawn(coach(station, operator=people["nhaxe1"].operator))
    dispatch.sign_order(order_id=order.pk, by=people["nhaxe1"], now=now)


def refuses(station, people, now):
    visit = inside(coach(station))
    visit.vehicle.documents.filter(kind="inspection").update(valid_until=NOW.date())
    dispatch.admit(visit_id=visit.pk, by=people["dieudo1"], now=now)


def takes_the_money_and_lets_out(station, people, now):
    departure = coach(station)
    issued(departure)
    visit = inside(departure)
    pay(departure.charges.get(), till_of(station, clerk=people["dieudo1"]), now=now)
    dispatch.confirm_departure(departure_id=departure.pk, passengers=3, by=people["dieudo1"], now=now)
    dispatch.let_out(visit_id=visit.pk, by=people["dieudo1"], now=now)


def lets_a_bus_in(station, people, now):
    bus = VehicleFactory(kind=VehicleKind.BUS, seat_map=None)
    dispatch.let_in(station=station, plate=bus.plate, passengers_in=None, by=people["cong1"], now=now)


def sends_again(station, people, now):
    send_again(invoice_id=refused(station).pk, by=people["ketoan1"], now=now)


def closes(station, people, now):
    till = till_of(station, clerk=people["banve2"])
    close_till(till_id=till.pk, counts=notes(500_000), reason="", by=people["banve2"], now=now)


def refused(station: Station) -> Invoice:
    invoice = invoice_of_charge(station=station)
    invoice.become("in_flight", by=None, now=NOW)
    invoice.become("refused", by=None, now=NOW, refusal="ERR:20")
    return invoice


DEEDS: dict[Step, Callable[[Station, dict[str, User], datetime], None]] = {
    Step.SELL: sells,
    Step.MOVE: moves,
    Step.SIGN: signs,
    Step.REFUSE: refuses,
    Step.LEAVE: takes_the_money_and_lets_out,
    Step.BUS: lets_a_bus_in,
    Step.INVOICE: sends_again,
    Step.CLOSE: closes,
}


def test_every_step_is_done_or_looked_at():
    assert {*DEEDS, *LOOKED_AT} == set(Step)


@pytest.mark.parametrize("step", DEEDS, ids=str)
def test_a_step_is_done_by_its_deed_and_by_no_other(step, station, people, tour):
    DEEDS[step](station, people, AFTER)

    assert steps_done(tour, list(Step)) == [step]


@pytest.mark.parametrize("step", DEEDS, ids=str)
def test_what_was_done_before_the_tour_began_ticks_nothing(step, station, people):
    DEEDS[step](station, people, NOW)
    late = services.start_tour(now=AFTER)

    assert steps_done(late, list(Step)) == []


def test_what_others_do_ticks_nothing(station, people, tour):
    others = people | dict.fromkeys(("banve1", "banve2", "dieudo1", "cong1", "ketoan1"), people["truongca1"])
    for step in (Step.SELL, Step.MOVE, Step.REFUSE, Step.BUS, Step.INVOICE):
        DEEDS[step](station, others, AFTER)

    assert steps_done(tour, list(Step)) == []


def test_what_the_player_sells_in_a_clerks_name_ticks_nothing(station, people, tour):
    departure, till = priced_departure(route__origin=station, planned_at=SOON), till_of(station, clerk=people["banve1"])
    sell(departure, "A1", till=till, now=AFTER, idempotency_key=f"{till.clerk_id}:played-1")

    assert steps_done(tour, [Step.SELL]) == []


def test_all_steps_are_asked_for_in_one_query(tour, django_assert_num_queries):
    with django_assert_num_queries(1):
        steps_done(tour, list(Step))


# --- the pages they open --------------------------------------------------------------------------------------------


def opened(client: Client, step: Step) -> tuple[str, str]:
    """Who one is after opening *step*, and where one is sent."""
    answer = client.post(reverse("demo:open_step"), {"step": step.value})
    return User.objects.get(pk=client.session["_auth_user_id"]).username, answer["Location"]


def test_the_first_button_begins_a_tour_at_the_counter(client, people):
    answer = client.post(reverse("demo:open_step"))

    tour = Tour.objects.get()
    assert (answer["Location"], client.cookies[COOKIE].value, tour.step) == ("/sell/", str(tour.token), "sell")
    assert (client.cookies[COOKIE]["httponly"], client.cookies[COOKIE]["samesite"]) == (True, "Lax")


def test_steps_open_as_their_person_at_the_row_they_are_about(client, station, people):
    moved = coach(station, planned_at=NOW + timedelta(minutes=30))
    booked_bay(moved, "A01")
    expired = inside(coach(station))
    expired.vehicle.documents.filter(kind="inspection").update(valid_until=NOW.date())
    unpaid = coach(station)
    issued(unpaid)
    inside(unpaid)
    signed = confirmed(coach(station)).order
    bus = DepartureFactory(
        route__origin=station, route__kind=RouteKind.BUS, planned_at=SOON, vehicle=VehicleFactory(kind=VehicleKind.BUS)
    )
    invoice = refused(station)

    assert {step: opened(client, step) for step in Step} == {
        Step.SELL: ("banve1", "/sell/"),
        Step.MOVE: ("dieudo1", f"/bays/?departure={moved.pk}"),
        Step.SIGN: ("nhaxe1", "/demo/phone/"),
        Step.REFUSE: ("dieudo1", f"/desk/?q={expired.plate[-5:]}"),
        Step.LEAVE: ("dieudo1", f"/desk/?q={unpaid.vehicle.plate[-5:]}"),
        Step.PDF: ("dieudo1", f"/demo/orders/{signed.pk}/"),
        Step.BUS: ("cong1", f"/demo/phone/?q={bus.vehicle.plate[-5:]}"),
        Step.INVOICE: ("ketoan1", f"/invoices/{invoice.pk}/"),
        Step.CLOSE: ("banve1", "/till/close/"),
        Step.REPORT: ("quanly1", "/reports/"),
    }


def test_without_a_row_a_step_opens_its_page(client, people):
    pages = {
        step: opened(client, step)[1] for step in (Step.MOVE, Step.REFUSE, Step.LEAVE, Step.PDF, Step.BUS, Step.INVOICE)
    }

    assert list(pages.values()) == ["/bays/", "/desk/", "/desk/", "/orders/", "/demo/phone/", "/invoices/"]


def test_the_counter_is_shown_by_the_clerk_whose_till_is_open(client, station, people):
    till_of(station, clerk=people["banve2"])

    assert [opened(client, step)[0] for step in (Step.SELL, Step.CLOSE)] == ["banve2", "banve2"]


def test_a_coach_that_passed_the_check_is_the_one_to_pay(client, station, people):
    earlier, checked = coach(station), coach(station, planned_at=SOON + timedelta(minutes=5))
    for departure in (earlier, checked):
        issued(departure)
        inside(departure)
    dispatch.admit(visit_id=YardVisit.objects.get(departure=checked).pk, by=people["dieudo1"], now=NOW)

    assert opened(client, Step.LEAVE)[1] == f"/desk/?q={checked.vehicle.plate[-5:]}"


def test_one_tour_goes_on_from_person_to_person(client, people):
    for step in (Step.SELL, Step.INVOICE, Step.REPORT):
        opened(client, step)

    assert list(Tour.objects.values_list("step", flat=True)) == ["report"]


def test_beginning_again_is_another_tour(client, people):
    opened(client, Step.SELL)

    client.post(reverse("demo:open_step"), {"new": "1"})

    assert (Tour.objects.count(), client.cookies[COOKIE].value) == (2, str(Tour.objects.latest("pk").token))


def test_looking_at_the_order_and_at_the_report_is_recorded_when_they_are_opened(client, people):
    for step in Step:
        opened(client, step)

    assert set(TourTick.objects.values_list("step", flat=True)) == LOOKED_AT


@pytest.mark.parametrize("step", ["nonsense", "", "sell\x00"])
def test_there_is_no_other_step(client, people, step):
    answer = client.post(reverse("demo:open_step"), {"step": step})

    assert (answer.status_code, "_auth_user_id" in client.session, Tour.objects.count()) == (404, False, 0)


def test_a_step_whose_person_was_disabled_says_so_and_begins_nothing(client, people):
    User.objects.filter(pk=people["banve1"].pk).update(disabled_at=NOW)

    answer = client.post(reverse("demo:open_step"), {"step": "sell"})

    assert (answer.status_code, Tour.objects.count()) == (422, 0)


# --- the strip and the list -----------------------------------------------------------------------------------------


def test_the_strip_says_the_step_and_what_to_do(client, people):
    opened(client, Step.SELL)

    with override("en"):
        page = client.get("/sell/", {"lang": "en"}).content.decode()

    assert [text in page for text in ("Step 1 of 10", "Press Enter: the seat is kept.", "data-demo-poll")] == [True] * 3


def test_the_strip_ticks_the_step_that_was_done_meanwhile_and_offers_the_next(client, station, people):
    opened(client, Step.SELL)
    sells(station, people, AFTER)

    asked = client.get(reverse("demo:strip"), {"lang": "en"}).content.decode()

    assert list(TourTick.objects.values_list("step", "ticked_at")) == [("sell", NOW)]
    assert ("data-demo-poll" in asked, "Next: Give a coach another bay" in asked) == (False, True)


def test_asking_twice_ticks_once(client, station, people):
    opened(client, Step.SELL)
    sells(station, people, AFTER)
    tour = Tour.objects.get()

    for _ in range(2):
        client.get(reverse("demo:strip"))
        services.tick_off(tour=tour, steps=[Step.SELL], now=AFTER)

    assert TourTick.objects.count() == 1


def test_the_first_page_ticks_whatever_was_done(client, station, people):
    opened(client, Step.SELL)
    sells(station, people, AFTER)
    lets_a_bus_in(station, people, AFTER)

    shown = client.get("/demo/").context["itinerary"]

    assert [line.step for line in shown.lines if line.is_done] == [Step.SELL, Step.BUS]
    assert (shown.done, shown.current.step, shown.proposed.step) == (2, Step.SELL, Step.MOVE)


def test_the_last_open_step_is_proposed_wherever_one_is(people, tour):
    for step in Step:
        if step != Step.SIGN:
            TourTick.objects.create(tour=tour, step=step, ticked_at=NOW)
    services.open_step(tour=tour, step=Step.REPORT, now=NOW)

    shown = itinerary(tour)

    assert (shown.done, shown.following.step) == (9, Step.SIGN)


def test_a_tour_at_its_end_proposes_nothing(client, people):
    opened(client, Step.REPORT)
    tour = Tour.objects.get()
    TourTick.objects.bulk_create(
        [TourTick(tour=tour, step=step, ticked_at=NOW) for step in Step], ignore_conflicts=True
    )

    shown = client.get("/demo/").context["itinerary"]

    assert (shown.done, shown.proposed) == (10, None)
    assert "All ten steps are done" in client.get(reverse("demo:strip"), {"lang": "en"}).content.decode()


def test_leaving_the_tour_takes_the_cookie_away(client, people):
    opened(client, Step.SELL)

    answer = client.post(reverse("demo:stop_tour"))

    assert (answer["Location"], client.cookies[COOKIE].value) == ("/demo/", "")
    assert 'class="dm-strip"' in client.get("/sell/").content.decode()


@pytest.mark.parametrize("token", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "\x00", "9" * 5000])
def test_a_cookie_that_is_not_ours_is_no_tour(token):
    assert tour_by(token) is None


def test_two_visitors_have_two_tours(people, station):
    one, two = Client(), Client()
    opened(one, Step.SELL)
    opened(two, Step.MOVE)
    sells(station, people, AFTER)

    one.get("/demo/")
    two.get("/demo/")

    # What a clerk sells is sold for everybody who watches: both tours began before it.
    assert sorted(TourTick.objects.values_list("tour__step", "step")) == [("move", "sell"), ("sell", "sell")]
