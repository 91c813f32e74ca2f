"""One ticket and several hands: it is given back once, and its seat is sold once."""

import pytest

from fees.models import Payment
from tests.factories import NOW, at
from tests.factories_ticketing import claimed, priced_departure, sell, till_at
from tests.ticketing.money import counter, in_drawer
from ticketing import services
from ticketing.models import Refund

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def departure():
    return priced_departure(stops=3)


@pytest.fixture
def ticket(departure):
    return sell(departure, "A1").tickets.get()


def refunder(ticket):
    """A counter of its own, ready to give *ticket* back."""
    till = counter(ticket.departure)

    def refund():
        services.refund_ticket(code=ticket.code, till_id=till.pk, by=till.clerk, now=NOW)
        return "refunded"

    return refund


def seller(departure, label):
    till = till_at(departure.station)

    def do():
        sell(departure, label, till=till)
        return "sold"

    return do


def money_out():
    return list(Payment.objects.filter(kind="refund").values_list("amount", flat=True))


def test_two_counters_give_a_ticket_back_once(race, meet_after_reading, ticket):
    counters = refunder(ticket), refunder(ticket)
    meet_after_reading("ticketing.selectors.refund_offer")

    assert race(*counters) == ["TicketOver", "refunded"]
    assert money_out() == [-90_000]


def test_without_the_lock_the_constraint_still_gives_it_back_once(race, meet_after_reading, no_lock, ticket):
    """The control: both have read the ticket as sold before either pays."""
    counters = refunder(ticket), refunder(ticket)
    meet_after_reading("ticketing.selectors.refund_offer")

    assert race(*counters) == ["IntegrityError", "refunded"]
    assert (money_out(), Refund.objects.count()) == ([-90_000], 1)


def test_a_void_and_a_refund_cannot_both_pay(race, meet_after_reading, departure):
    till = counter(departure)
    ticket = sell(departure, "A1", till=till).tickets.get()

    def void():
        services.void_tickets(codes=[ticket.code], till_id=till.pk, by=till.clerk, now=NOW)
        return "void"

    assert race(void, refunder(ticket)) in (["TicketOver", "refunded"], ["TicketOver", "void"])
    assert len(money_out()) == 1


def test_twenty_hands_and_one_ticket(race, ticket):
    counters = [refunder(ticket) for _ in range(20)]

    assert race(*counters) == ["TicketOver"] * 19 + ["refunded"]
    assert money_out() == [-90_000]


def test_a_seat_given_back_is_sold_once_more(race, departure, ticket):
    refunder(ticket)()

    assert race(seller(departure, "A1"), seller(departure, "A1")) == ["SeatTaken", "sold"]
    assert claimed(departure) == [(1, 0), (1, 1)]


def test_two_clerks_who_void_several_tickets_in_opposite_order_never_deadlock(race, departure):
    till = counter(departure)
    codes = [one.code for one in sell(departure, "A1", "A2", "B1", till=till).tickets.order_by("seat")]

    def voider(order):
        def void():
            services.void_tickets(codes=order, till_id=till.pk, by=till.clerk, now=NOW)
            return "void"

        return void

    assert race(voider(codes), voider(codes[::-1])) == ["TicketOver", "void"]
    assert in_drawer(till) == 500_000


def test_a_till_that_closes_meanwhile_pays_out_or_refuses(race, departure, ticket):
    from fees import services as fees
    from tests.factories_fees import notes

    till = counter(departure)

    def close():
        fees.close_till(till_id=till.pk, counts=notes(500_000), reason="đếm trước", by=till.clerk, now=NOW)
        return "closed"

    def refund():
        services.refund_ticket(code=ticket.code, till_id=till.pk, by=till.clerk, now=NOW)
        return "refunded"

    outcome = race(close, refund)
    till.refresh_from_db()
    assert outcome in (["TillClosed", "closed"], ["closed", "refunded"])
    assert till.closing.expected_cash == 500_000 + sum(money_out())


# --- the door -------------------------------------------------------------------------------------------------------


def boarder(ticket):
    by = till_at(ticket.departure.station).clerk

    def board():
        services.board_ticket(code=ticket.code, by=by, now=NOW)
        return "boarded"

    return board


def mover(ticket, seat):
    by = till_at(ticket.departure.station).clerk

    def move():
        services.change_seat(code=ticket.code, seat=seat, by=by, now=NOW)
        return "moved"

    return move


def test_a_ticket_is_given_back_or_on_board_never_both(race, ticket):
    outcome = race(refunder(ticket), boarder(ticket))

    ticket.refresh_from_db()
    assert (outcome, ticket.state, money_out()) in (
        (["TicketOver", "boarded"], "boarded", []),
        (["TicketOver", "refunded"], "refunded", [-90_000]),
    )


def test_two_doors_let_one_ticket_on_once(race, meet_after_reading, ticket):
    doors = boarder(ticket), boarder(ticket)
    meet_after_reading("ticketing.selectors.boarding_refusal")

    assert race(*doors) == ["AlreadyBoarded", "boarded"]


def test_without_the_lock_the_state_still_moves_once(race, meet_after_reading, no_lock, ticket):
    """The control: both doors have read the ticket as sold."""
    doors = boarder(ticket), boarder(ticket)
    meet_after_reading("ticketing.selectors.boarding_refusal")

    assert race(*doors) == ["StaleState", "boarded"]


def test_a_seat_is_sold_or_moved_to_never_both(race, meet_after_reading, departure, ticket):
    hands = mover(ticket, "B2"), seller(departure, "B2")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*hands) in (["SeatTaken", "sold"], ["SeatTaken", "moved"])
    assert len(claimed(departure)) in (2, 4)


def test_without_the_lock_the_claims_still_give_a_seat_to_one(race, meet_after_reading, no_lock, departure, ticket):
    """The control: both have read the seat as free."""
    hands = mover(ticket, "B2"), seller(departure, "B2")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*hands) in (["SeatTaken", "sold"], ["SeatTaken", "moved"])


def test_two_passengers_who_want_each_others_seat_never_deadlock(race, departure, ticket):
    other = sell(departure, "A2").tickets.get()

    assert race(mover(ticket, "A2"), mover(other, "A1")) == ["SeatTaken", "SeatTaken"]


# --- exchanges ------------------------------------------------------------------------------------------------------


def exchanger(ticket, to, seat="", float_=500_000):
    till = counter(ticket.departure, opening_float=float_)

    def exchange():
        services.exchange_ticket(
            code=ticket.code, wanted=services.Wanted(to.pk, seat), till_id=till.pk,
            idempotency_key=f"exchange-{till.pk}", by=till.clerk, now=NOW,
        )  # fmt: skip
        return "exchanged"

    return exchange


@pytest.fixture
def evening(departure):
    return priced_departure(route=departure.route, planned_at=at("16:00"))


def test_a_wanted_seat_is_sold_or_exchanged_for_never_both(race, meet_after_reading, evening, ticket):
    hands = exchanger(ticket, evening, "A1"), seller(evening, "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    outcome = race(*hands)

    ticket.refresh_from_db()
    assert (outcome, ticket.state) in ((["SeatTaken", "exchanged"], "exchanged"), (["SeatTaken", "sold"], "sold"))
    assert claimed(evening) == [(1, 0), (1, 1)]


def test_without_the_lock_the_claims_give_the_wanted_seat_to_one(
    race, meet_after_reading, no_lock, evening, ticket
):  # fmt: skip
    """The control: both have read the seat as free."""
    hands = exchanger(ticket, evening, "A1"), seller(evening, "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*hands) in (["SeatTaken", "exchanged"], ["SeatTaken", "sold"])


def test_a_ticket_is_exchanged_or_given_back_never_both(race, evening, ticket):
    outcome = race(exchanger(ticket, evening), refunder(ticket))

    assert outcome in (["TicketOver", "exchanged"], ["TicketOver", "refunded"])
    assert (Refund.objects.count(), len(money_out())) == (1, 1)


def test_exchanges_that_cross_never_deadlock(race, departure, evening):
    one, other = sell(departure, "A1").tickets.get(), sell(evening, "A1").tickets.get()

    assert race(exchanger(one, evening), exchanger(other, departure)) == ["exchanged", "exchanged"]
    assert (len(claimed(departure)), len(claimed(evening))) == (2, 2)
