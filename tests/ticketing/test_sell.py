"""The counter over HTTP: what each Enter does, with and without htmx."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from station.enums import Role
from tests.factories import FarStationFactory, RouteFactory, StationFactory, staff_of
from tests.factories_ticketing import hold, priced_departure, sell, till_at
from ticketing import rules
from ticketing.models import Hold, Sale, Ticket

pytestmark = pytest.mark.django_db
URL = "/sell/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def departure():
    route = RouteFactory(origin=StationFactory(), destination=FarStationFactory(name="Mỹ Đình"), stops=3)
    return priced_departure(route=route, fare=75_000)


@pytest.fixture
def till(departure):
    return till_at(departure.station)


@pytest.fixture
def clerk(till, client_of):
    return client_of(till.clerk)


@pytest.fixture
def press(clerk, now):
    """`press("3*2", seconds=5)`: Enter with that line on the screen as it then is, *seconds* after nine o'clock."""

    def enter(line="", *, seconds=0.0, **more):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            screen = clerk.get(URL, {"n": more.get("n", 1)}).context
            return clerk.post(URL, {**fields_of(screen), "line": line, **more}, headers=HTMX)

    return enter


def fields_of(context):
    """What the form on the screen would send."""
    desk = context["desk"]
    kept = desk.hold
    return {
        "to": desk.to,
        "departure": desk.offer.departure.pk,
        "from_stop": desk.offer.stretch.from_stop.pk,
        "to_stop": desk.offer.stretch.to_stop.pk,
        "n": desk.count,
        "seat": desk.chosen,
        "proposed": "" if desk.is_picked else ",".join(desk.chosen),
        "hold": kept.pk if kept else "",
        "idempotency_key": f"hold-{kept.pk}" if kept else "",
    }


def seats_sold():
    return list(Ticket.objects.order_by("seat").values_list("seat_label", flat=True))


def test_two_enters_sell_one_ticket(press):
    held = press()
    sold = press(seconds=5)

    assert (held.status_code, sold.status_code) == (200, 200)
    assert seats_sold() == ["A1"]
    code = Ticket.objects.get().code
    assert json.loads(sold["HX-Trigger-After-Settle"]) == {"sold": {"print": f"/tickets/{code}/paper/"}}


def test_the_first_enter_only_keeps_the_seats(press):
    screen = press("*2")

    assert screen.context["desk"].chosen == ["A1", "A2"]
    assert (Hold.objects.count(), Sale.objects.count()) == (1, 0)


def test_a_number_after_that_is_the_cash_that_was_given(press):
    press()

    screen = press("500", seconds=5)

    assert Sale.objects.get().payment.received == 500_000
    assert screen.context["desk"].last_sale.sale.payment.change == 425_000


def test_too_little_cash_is_said_and_the_seats_stay(press):
    press()

    refused = press("50", seconds=5)

    assert refused.status_code == 422
    assert refused.context["refusal"].code == "cash_too_little"
    assert refused.context["desk"].chosen == ["A1"]
    assert Sale.objects.count() == 0


def test_a_second_enter_within_a_quarter_of_a_second_confirms_nothing(press):
    press()

    refused = press(seconds=0.2)

    assert refused.context["refusal"].code == "too_quick"
    assert Sale.objects.count() == 0
    assert press(seconds=0.3).status_code == 200
    assert Sale.objects.count() == 1


def test_the_same_form_sent_twice_sells_once(press, clerk, now):
    press()
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        form = {**fields_of(clerk.get(URL).context), "line": ""}
        clerk.post(URL, form, headers=HTMX)
        again = clerk.post(URL, form, headers=HTMX)

    assert again.status_code == 200
    assert Sale.objects.count() == 1


def test_a_seat_picked_by_hand_is_the_one_that_is_kept(press):
    screen = press(seat=["B2"])

    assert screen.context["desk"].chosen == ["B2"]


def test_a_proposed_seat_that_was_just_taken_becomes_the_next_best(press, clerk, departure, now):
    with time_machine.travel(now, tick=False):
        form = fields_of(clerk.get(URL).context)
        hold(departure, "A1")
        screen = clerk.post(URL, form, headers=HTMX)

    assert screen.status_code == 200
    assert screen.context["desk"].chosen == ["A2"]


def test_a_picked_seat_that_was_just_taken_is_refused_and_another_proposed(press, clerk, departure, now):
    with time_machine.travel(now, tick=False):
        form = {**fields_of(clerk.get(URL).context), "seat": ["B2"]}
        hold(departure, "B2")
        screen = clerk.post(URL, form, headers=HTMX)

    assert screen.status_code == 422
    assert screen.context["refusal"].facts == {"seats": "B2"}
    assert screen.context["desk"].chosen == ["A1"]


def test_letters_and_seats_in_the_line(press, departure):
    screen = press("md.B1")

    assert screen.context["desk"].hold.departure == departure
    assert screen.context["desk"].chosen == ["B1"]


def test_a_stop_in_the_middle_is_sold_by_its_name(press, departure):
    press("Điểm dừng 1")
    press(seconds=5)

    assert Ticket.objects.get().to_stop == departure.route.stops.get(position=1)


@pytest.mark.parametrize(
    ("line", "code"), [("zzz", "no_such_place"), ("***", "not_understood"), (".Z9", "no_such_seat")]
)
def test_what_cannot_be_is_said_and_nothing_is_lost(press, line, code):
    refused = press(line)

    assert (refused.status_code, refused.context["refusal"].code) == (422, code)
    assert refused.context["line"] == line
    assert refused.context["desk"].offer is not None


def test_a_scanned_ticket_opens(press, departure):
    code = sell(departure, "B2").tickets.get().code

    assert press(code)["HX-Redirect"] == f"/tickets/{code}/"


def test_letting_go_frees_the_seats(press):
    press()

    screen = press(seconds=5, release="1")

    assert Hold.objects.count() == 0
    assert screen.context["desk"].hold is None


def test_what_is_kept_stays_on_the_screen_when_its_time_has_come(press, departure, now):
    soon = priced_departure(route=departure.route, planned_at=now + timedelta(minutes=1))
    press()

    refused = press(seconds=61)

    desk = refused.context["desk"]
    assert (refused.status_code, refused.context["refusal"].code) == (422, "sale_closed")
    assert (desk.offer.departure, desk.chosen, Sale.objects.count()) == (soon, ["A1"], 0)
    assert press(seconds=62, release="1").context["desk"].offer.departure == departure


STANDS = '<div id="departures" data-same></div>'


def test_a_list_that_stands_on_the_screen_is_not_sent_again(clerk, departure, now):
    listed = f"0900 {departure.pk} my dinh"
    priced_departure(route=departure.route, planned_at=departure.planned_at + timedelta(hours=1))

    with time_machine.travel(now, tick=False):
        same = clerk.get(URL, {"listed": listed}, headers=HTMX)
        kept = clerk.post(URL, {"listed": listed, "line": "1"}, headers=HTMX)
        moved = clerk.get(URL, {"listed": listed, "line": "/1430"}, headers=HTMX)
        news = clerk.get(URL, {"listed": ""}, headers=HTMX)
        whole = clerk.get(URL, {"listed": listed})

    screens = [same, kept, moved, news, whole]
    assert [screen.content.decode().count(STANDS) for screen in screens] == [1, 1, 1, 0, 0]
    assert [len(screen.context["desk"].days) for screen in screens] == [0, 0, 0, 1, 1]


def test_the_list_of_another_place_or_with_another_departure_marked_is_sent(clerk, departure, now):
    later = priced_departure(route=departure.route, planned_at=departure.planned_at + timedelta(hours=1))
    elsewhere = RouteFactory(origin=departure.station, destination=FarStationFactory(name="Sơn La"), stops=2)
    priced_departure(route=elsewhere)
    listed = f"0900 {departure.pk} my dinh"

    with time_machine.travel(now, tick=False):
        marked = clerk.get(URL, {"listed": listed, "to": "my dinh", "departure": later.pk}, headers=HTMX)
        place = clerk.get(URL, {"listed": listed, "line": "sonla"}, headers=HTMX)

    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        a_minute_later = clerk.get(URL, {"listed": listed, "to": "my dinh"}, headers=HTMX)

    assert [len(screen.context["desk"].days) for screen in (marked, place, a_minute_later)] == [1, 1, 1]


def test_a_departure_that_is_sold_no_more_is_not_replaced_in_silence(clerk, departure, now):
    soon = priced_departure(route=departure.route, planned_at=now + timedelta(minutes=1))
    asked = {"to": "my dinh", "departure": soon.pk}

    with time_machine.travel(now, tick=False):
        before = clerk.get(URL, asked, headers=HTMX)
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        after = clerk.get(URL, asked, headers=HTMX)

    assert (before.context["desk"].offer.departure, before.context["refusal"]) == (soon, None)
    assert (after.context["desk"].offer.departure, after.context["refusal"].code) == (departure, "departure_gone")


def test_the_digits_are_redrawn_by_themselves(clerk, departure, now):
    with time_machine.travel(now, tick=False):
        page = clerk.get(f"{URL}digits/", {"to": "my dinh"})
        sale = clerk.get(URL, headers=HTMX)

    assert [row.digit.key for row in page.context["digits"]] == ["my dinh"]
    assert page.content.decode().count('data-place="my dinh" aria-current="true"') == 1
    assert (sale.context["digits"], sale.content.decode().count("data-place=")) == (None, 0)


def test_without_javascript_each_step_is_a_page(clerk, departure, now):
    with time_machine.travel(now, tick=False):
        kept = clerk.post(URL, {"line": "1"})
    with time_machine.travel(now + timedelta(seconds=3), tick=False):
        form = fields_of(clerk.get(URL).context)
        sold = clerk.post(URL, form)

    assert (kept.status_code, kept.url) == (302, URL)
    assert (sold.status_code, sold.url) == (302, URL)
    assert seats_sold() == ["A1"]


def test_typing_shows_what_enter_would_do(clerk, now, departure):
    with time_machine.travel(now, tick=False):
        screen = clerk.get(URL, {"line": "md*3"}, headers=HTMX)
        half_typed = clerk.get(URL, {"line": "md*"}, headers=HTMX)

    assert screen.context["desk"].total == 225_000
    assert half_typed.status_code == 200
    assert Hold.objects.count() == 0


def test_without_a_till_the_page_says_so_and_sells_nothing(client_of, departure, now):
    clerk = client_of(staff_of(departure.station, Role.TICKET_CLERK))
    with time_machine.travel(now, tick=False):
        page = clerk.get(URL)
        refused = clerk.post(URL, {"line": ""})

    assert reverse("fees:till") in page.content.decode()
    assert refused.context["refusal"].code == "till_not_open"


def test_only_a_counter_sells(client_of, departure):
    guard = client_of(staff_of(departure.station, Role.GUARD))

    assert guard.get(URL).status_code == 403
    assert guard.post(URL, {"line": ""}).status_code == 403


def test_a_station_without_departures_shows_an_empty_screen(client_of, now):
    till = till_at(StationFactory())
    with time_machine.travel(now, tick=False):
        page = client_of(till.clerk).get(URL)
        refused = client_of(till.clerk).post(URL, {"line": ""})

    assert page.status_code == 200
    assert refused.context["refusal"].code == "nothing_on_sale"


def test_codes_on_screen_are_real(press):
    press()
    press(seconds=5)

    assert rules.is_ticket_code(Ticket.objects.get().code)


def test_a_departure_that_closed_meanwhile_is_refused_never_replaced_by_the_next(press, clerk, departure, now):
    later = priced_departure(route=departure.route, station=departure.station, planned_at=now + timedelta(hours=6))
    with time_machine.travel(now, tick=False):
        shown = fields_of(clerk.get(URL, {"departure": departure.pk}).context)
    departure.state = "cancelled"
    departure.save()

    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        screen = clerk.post(URL, {**shown, "line": ""}, headers=HTMX)

    assert (screen.status_code, screen.context["refusal"].code) == (422, "departure_gone")
    assert (screen.context["desk"].offer.departure, Hold.objects.count()) == (later, 0)


def test_a_form_with_anothers_hold_or_no_real_departure_is_refused_in_words(clerk, departure, now):
    theirs = hold(departure, "A1")
    form = {"idempotency_key": "k1", "hold": theirs.pk, "seat": "A1"}

    with time_machine.travel(now + timedelta(seconds=3), tick=False):
        answers = [
            clerk.post(URL, {**form, "departure": departure.pk}),
            clerk.post(URL, {**form, "departure": 999_999}),
        ]

    assert [(answer.status_code, answer.context["refusal"].code) for answer in answers] == [(422, "hold_gone")] * 2
    assert Sale.objects.count() == 0
