"""A ticket for another departure: the difference moves, the books show both tickets whole."""

import pytest
import time_machine

from fees.models import Payment
from station.enums import Role
from station.errors import ApprovesOwn
from tests.factories import OperatorFactory, StationFactory, at, staff_of
from tests.factories_ticketing import claimed, declare_fares, priced_departure, sell
from tests.ticketing.money import RefundPolicyFactory, counter, held_for, in_drawer, refund, second_person, void
from ticketing import selectors, services
from ticketing.errors import (
    ExchangeTooLate,
    NoSuchTicket,
    NotEnoughSeats,
    NotOnSale,
    NotYourStation,
    ReasonMissing,
    SaleClosed,
    SameDeparture,
    SeatTaken,
    TicketElsewhere,
    TicketOver,
    VoidTooLate,
)
from ticketing.models import Refund, Sale, Ticket
from ticketing.rules import Buyer
from ticketing.services import Approval, Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    """At 14:00, 100.000 đ."""
    return priced_departure(stops=3)


@pytest.fixture
def till(departure):
    return counter(departure)


@pytest.fixture
def ticket(departure, till):
    return sell(departure, "A1", till=till, buyer=Buyer(phone="0912345678")).tickets.get()


def another(departure, fare=100_000, **facts):
    """At 16:00, of another operator."""
    facts = {"operator": OperatorFactory(), "planned_at": at("16:00"), **facts}
    return priced_departure(route=departure.route, fare=fare, **facts)


def exchange(ticket, till, to, hhmm="10:00", *, seat="", **facts):
    return services.exchange_ticket(
        code=ticket.code, wanted=Wanted(to.pk, seat), till_id=till.pk, idempotency_key=f"x-{ticket.pk}-{to.pk}",
        by=till.clerk, now=at(hhmm), **facts,
    )  # fmt: skip


def out_and_in():
    """(kind, amount) of what the exchange booked."""
    return list(Payment.objects.order_by("pk").values_list("kind", "amount"))[1:]


@pytest.mark.parametrize(("fare", "drawer"), [(120_000, 620_000), (100_000, 600_000), (70_000, 570_000)])
def test_the_difference_is_paid_or_given_back(departure, till, ticket, fare, drawer):
    evening = another(departure, fare)

    done = exchange(ticket, till, evening, seat="B2")

    ticket.refresh_from_db()
    assert (ticket.state, done.replacement.seat_label, done.replacement.fare) == ("exchanged", "B2", fare)
    assert (in_drawer(till), held_for(departure), held_for(evening)) == (drawer, 0, fare)
    assert out_and_in() == [("sale", fare), ("refund", -100_000)]


def test_the_old_seat_is_free_and_the_new_one_taken(departure, till, ticket):
    evening = another(departure)

    exchange(ticket, till, evening, seat="B2")

    assert (claimed(departure), claimed(evening)) == ([], [(4, 0), (4, 1)])


def test_the_two_tickets_point_at_each_other_and_keep_the_buyer(departure, till, ticket):
    new = exchange(ticket, till, another(departure)).replacement

    assert (selectors.exchanged_from(new), selectors.refund_of(ticket).replacement) == (ticket, new)
    assert new.sale.buyer_phone == "0912345678"


def test_the_best_seat_is_given_when_none_is_asked_for(departure, till, ticket):
    assert exchange(ticket, till, another(departure)).replacement.seat_label == "A1"


def test_a_difference_by_transfer_leaves_the_drawer_alone(departure, till, ticket):
    exchange(ticket, till, another(departure, 120_000), method="transfer", reference="FT-7")

    assert in_drawer(till) == 600_000
    assert Sale.objects.latest("pk").payment.reference == "FT-7"


def test_the_whole_drawer_may_be_less_than_the_old_ticket(departure):
    poor = counter(departure, opening_float=0)
    ticket = sell(departure, "A2").tickets.get()

    exchange(ticket, poor, another(departure, 100_000))

    assert in_drawer(poor) == 0


def test_late_it_takes_a_second_person(departure, till, ticket):
    evening, lead = another(departure), second_person(departure)

    with pytest.raises(ExchangeTooLate):
        exchange(ticket, till, evening, "13:30")
    done = exchange(ticket, till, evening, "13:30", approval=Approval(lead, "kẹt xe"))

    assert (done.approved_by, done.note, done.replacement.departure) == (lead, "kẹt xe", evening)


def test_a_second_person_says_why_and_is_somebody_else(departure):
    lead = second_person(departure)
    till = counter(departure, clerk=lead)
    ticket = sell(departure, "A2", till=till).tickets.get()

    with pytest.raises(ApprovesOwn):
        exchange(ticket, till, another(departure), "13:30", approval=Approval(lead, "quen"))
    with pytest.raises(ReasonMissing):
        exchange(ticket, till, another(departure), "13:30", approval=Approval(second_person(departure), " "))


def test_a_rule_of_the_operator_keeps_it_open_longer(departure, till, ticket):
    RefundPolicyFactory(minutes_before=10, percent=10)

    assert exchange(ticket, till, another(departure), "13:50").amount == 100_000


def test_who_paid_for_a_departure_that_does_not_run_goes_with_another(departure, till, ticket, now):
    departure.become("cancelled", by=None, now=now)

    done = exchange(ticket, till, another(departure), "15:00")

    assert (done.reason, done.replacement.state) == ("cancelled", "sold")


def test_the_new_ticket_is_given_back_by_the_rule_but_never_void(departure, till, ticket):
    new = exchange(ticket, till, another(departure)).replacement

    with pytest.raises(VoidTooLate):
        void(till, new, now=at("10:01"))

    assert refund(new, till, now=at("10:01")).amount == 90_000


# --- what is refused leaves everything as it was --------------------------------------------------------------------


def test_a_taken_seat_changes_nothing(departure, till, ticket):
    evening = another(departure)
    sell(evening, "B2")

    with pytest.raises(SeatTaken):
        exchange(ticket, till, evening, seat="B2")

    ticket.refresh_from_db()
    assert (ticket.state, in_drawer(till), len(claimed(departure))) == ("sold", 600_000, 2)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [({"is_on_sale": False}, NotOnSale), ({"planned_at": at("09:59")}, SaleClosed), ({"seats": 0}, NotEnoughSeats)],
)
def test_a_departure_that_cannot_be_sold_cannot_be_exchanged_to(departure, till, ticket, facts, refusal):
    with pytest.raises(refusal):
        exchange(ticket, till, another(departure, **facts))

    assert (Refund.objects.count(), Ticket.objects.count()) == (0, 1)


def test_a_departure_of_another_station_is_refused(departure, till, ticket):
    with pytest.raises(NotYourStation):
        exchange(ticket, till, priced_departure())


def test_the_same_departure_is_no_exchange(departure, till, ticket):
    with pytest.raises(SameDeparture):
        exchange(ticket, till, departure)


@pytest.mark.parametrize("state", ["boarded", "refunded", "void", "no_show"])
def test_a_ticket_that_is_over_is_not_exchanged(departure, till, ticket, state, now):
    ticket.become(state, by=None, now=now)

    with pytest.raises(TicketOver):
        exchange(ticket, till, another(departure))


def test_a_ticket_is_exchanged_once(departure, till, ticket):
    exchange(ticket, till, another(departure))

    with pytest.raises(TicketOver):
        exchange(ticket, till, another(departure, planned_at=at("17:00")))


def test_tickets_of_nowhere_and_of_elsewhere_are_refused(departure, till):
    elsewhere = sell(priced_departure(), "A1").tickets.get()

    with pytest.raises(TicketElsewhere):
        exchange(elsewhere, till, another(departure))
    with pytest.raises(NoSuchTicket):
        exchange(Ticket(code="1" * 18), till, departure)


# --- the page and the machine ---------------------------------------------------------------------------------------


@pytest.fixture
def visit(till, client_of):
    browser = client_of(till.clerk)

    def at_time(hhmm, ticket, data=None, **query):
        path = f"/tickets/{ticket.code}/exchange/"
        with time_machine.travel(at(hhmm), tick=False):
            return browser.get(path, query) if data is None else browser.post(path, data)

    return at_time


def test_the_page_lists_where_it_can_go_and_what_that_costs(departure, ticket, visit):
    evening, late = another(departure, 120_000), another(departure, 70_000, planned_at=at("17:00"))
    another(departure, is_on_sale=False)

    shown = visit("10:00", ticket, departure=evening.pk).context

    rows = [(row.offer.departure, row.difference) for row in shown["exchanges"]]
    assert rows == [(evening, 20_000), (late, -30_000)]
    assert (shown["chosen"].offer.departure, shown["by_two"]) == (evening, False)
    assert [seat.label for seat in shown["seats"]] == ["A1", "A2", "B1", "B2"]


def test_who_gets_on_further_down_the_road_gets_on_there_again(departure, till, visit):
    middle = departure.route.stops.get(position=1)
    half = sell(departure, "B1", till=till, from_stop_id=middle.pk).tickets.get()
    evening = another(departure)

    visit("10:00", half, {"idempotency_key": "a", "departure": evening.pk, "seat": "B2"})

    new = Refund.objects.get().replacement
    assert (new.from_stop, new.fare, claimed(evening)) == (middle, 50_000, [(4, 1)])


def test_a_press_exchanges_and_opens_the_new_ticket(departure, till, ticket, visit):
    evening = another(departure, 120_000)
    form = {"idempotency_key": "a", "departure": evening.pk, "seat": "B1"}

    answers = [visit("10:00", ticket, form) for _ in range(2)]

    new = Refund.objects.get().replacement
    assert [answer["Location"] for answer in answers] == [f"/tickets/{new.code}/"] * 2
    assert (new.seat_label, in_drawer(till)) == ("B1", 620_000)


def test_late_two_people_press(departure, till, ticket, visit):
    evening, lead = another(departure), second_person(departure)
    form = {"departure": evening.pk, "seat": "B1"}
    two = {"note": "kẹt xe", "username": lead.username, "password": "demo"}

    alone = visit("13:30", ticket, {"idempotency_key": "a", **form})
    wrong = visit("13:30", ticket, {"idempotency_key": "b", **form, **two, "password": "no"})
    done = visit("13:30", ticket, {"idempotency_key": "c", **form, **two})

    assert [one.status_code for one in (alone, wrong, done)] == [422, 422, 302]
    assert Refund.objects.get().approved_by == lead


@pytest.mark.parametrize("departure_id", ["", "0", "x", "999999999999999999999"])
def test_a_departure_that_is_not_on_the_list_is_refused(ticket, visit, departure_id):
    answer = visit("10:00", ticket, {"idempotency_key": "a", "departure": departure_id, "seat": "A1"})

    assert (answer.status_code, Refund.objects.count()) == (422, 0)
    assert visit("10:00", ticket, departure=departure_id).status_code == 200


def test_a_ticket_that_is_over_has_nowhere_to_go(departure, till, ticket, visit):
    refund(ticket, till)
    another(departure)

    assert visit("10:00", ticket).context["exchanges"] == []


def test_exchanging_is_a_right_at_the_station(departure, ticket, client_of):
    path = f"/tickets/{ticket.code}/exchange/"
    guard, stranger = staff_of(departure.station, Role.GUARD), staff_of(StationFactory(), Role.TICKET_CLERK)

    assert [client_of(one).get(path).status_code for one in (guard, stranger)] == [403, 404]


def test_a_machine_exchanges_once(departure, till, ticket, api_of):
    evening = another(departure, 120_000)
    body = {"departure": evening.pk, "seat": "B1"}

    def post(key, **changes):
        with time_machine.travel(at("10:00"), tick=False):
            path = f"/api/v1/tickets/{ticket.code}/exchange/"
            return api_of(till.clerk).post(path, {**body, **changes}, headers={"Idempotency-Key": key})

    first, again, other, bad = post("k"), post("k"), post("l"), post("m", departure="x")

    new = first.json()["replacement"]
    assert (first.status_code, first.json()["difference"], new["seat"], new["fare"]) == (200, 20_000, "B1", 120_000)
    assert again.json() == first.json()
    assert (other.json()["code"], bad.status_code) == ("ticket_over", 400)
    assert in_drawer(till) == 620_000


def test_fares_that_nobody_declared_are_no_way_to_go(departure, ticket, visit):
    bare = another(departure)
    bare.operator.fares.all().delete()

    shown = visit("10:00", ticket)
    declare_fares(bare, 80_000)

    assert shown.context["exchanges"] == []
    assert [row.difference for row in visit("10:00", ticket).context["exchanges"]] == [-20_000]
