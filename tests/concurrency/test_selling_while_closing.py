"""A clerk sells from two windows while the shift lead closes the till: each sale is in the count or refused."""

import threading

import pytest
from django.db import DatabaseError, connections

from fees import selectors
from fees import services as fees
from fees.models import Payment, TillClosing
from station.enums import TillState
from station.errors import DomainError
from station.models import Till
from tests.factories import NOW
from tests.factories_fees import notes, till_of
from tests.factories_ticketing import priced_departure, sell
from ticketing.models import Sale, SeatClaim

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 1.0
FARE = 100_000


def outcome_of(work, word):
    try:
        work()
    except (DomainError, DatabaseError) as refusal:
        return type(refusal).__name__
    return word


@pytest.fixture
def close_while_selling(monkeypatch):
    """`close_while_selling(till, departure, "A1", "A2")`: each seat is sold in a window of its own, just after the
    closing has read the drawer."""
    read = selectors.drawer_balance

    def meet(till, departure, *seats):
        outcomes = []

        def window(seat):
            outcomes.append(outcome_of(lambda: sell(departure, seat, till=till, idempotency_key=f"k-{seat}"), "sold"))
            connections.close_all()

        threads = [threading.Thread(target=window, args=[seat], daemon=True) for seat in seats]

        def read_and_let_sell(of_till):
            expected = read(of_till)
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE / len(threads))
            return expected

        monkeypatch.setattr("fees.selectors.drawer_balance", read_and_let_sell)
        outcomes.append(outcome_of(lambda: close(till), "closed"))
        for thread in threads:
            thread.join(10)
        return sorted(outcomes)

    return meet


def close(till):
    fees.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=NOW)


def test_sales_that_come_while_the_till_closes_wait_and_are_refused(close_while_selling):
    departure = priced_departure()
    till = till_of(departure.station)

    assert close_while_selling(till, departure, "A1", "A2") == ["TillClosed", "TillClosed", "closed"]
    assert (Sale.objects.count(), SeatClaim.objects.count(), Payment.objects.count()) == (0, 0, 0)


def test_without_the_lock_the_sale_slips_in_and_the_closing_is_refused(close_while_selling, no_lock):
    """Proves that the test above really meets: the count no longer bears the sale out, and the database says so."""
    departure = priced_departure()
    till = till_of(departure.station)

    assert close_while_selling(till, departure, "A1") == ["IntegrityError", "sold"]
    assert Till.objects.get().state == TillState.OPEN


def test_whenever_the_till_closes_its_count_holds_what_was_sold(race):
    """Nothing is arranged here: two windows sell one seat after the other, and the closing falls somewhere between."""
    departure = priced_departure(seats=24)
    till = till_of(departure.station)
    labels = [seat.label for seat in departure.seat_map.seats.order_by("ordinal")]
    first_sold = threading.Event()
    answers = []

    def window(seats):
        def sell_them():
            for seat in seats:
                done = outcome_of(
                    lambda seat=seat: sell(departure, seat, till=till, idempotency_key=f"k-{seat}"), "sold"
                )
                answers.append(done)
                first_sold.set()
            return "done"

        return sell_them

    def close_between():
        first_sold.wait(10)
        fees.close_till(till_id=till.pk, counts=notes(500_000), reason="giữa chừng", by=till.clerk, now=NOW)
        return "closed"

    assert race(window(labels[::2]), window(labels[1::2]), close_between) == ["closed", "done", "done"]

    closing, sold = TillClosing.objects.get(), Sale.objects.count()
    assert sorted(answers) == ["TillClosed"] * (24 - sold) + ["sold"] * sold
    assert (closing.expected_cash, closing.taken) == (500_000 + sold * FARE, sold * FARE)
    assert SeatClaim.objects.count() == sold
