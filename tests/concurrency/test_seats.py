"""One seat and many counters, over real connections. The primary key of the claims decides; each test of a refusal
has a control that takes the checks away."""

from datetime import timedelta

import pytest
from django.db import connection

from fees.enums import Method
from tests.factories import NOW
from tests.factories_ticketing import claimed, hold, priced_departure, till_at
from ticketing import services
from ticketing.enums import BlockKind
from ticketing.models import Hold, SeatClaim, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
COUNTERS = 20


@pytest.fixture
def departure():
    return priced_departure(stops=3)


@pytest.fixture
def stops(departure):
    return list(departure.route.stops.order_by("position"))


def seller(departure, *labels, from_stop=None, to_stop=None, **facts):
    """A counter of its own, ready to sell: call it to do it."""
    till = till_at(departure.station)

    def sell():
        services.sell_tickets(
            departure_id=departure.pk, seats=labels or None, till_id=till.pk, method=Method.CASH,
            from_stop_id=from_stop and from_stop.pk, to_stop_id=to_stop and to_stop.pk,
            idempotency_key=f"race-{till.pk}", by=till.clerk, now=NOW, **facts,
        )  # fmt: skip
        return "sold"

    return sell


def holder(departure, *labels, **facts):
    till = till_at(departure.station)

    def keep():
        hold(departure, *labels, till=till, **facts)
        return "held"

    return keep


def test_two_counters_cannot_sell_one_seat(race, meet_after_reading, departure):
    """Both have read the seat as free before either takes it."""
    counters = seller(departure, "A1"), seller(departure, "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*counters) == ["SeatTaken", "sold"]
    assert Ticket.objects.count() == 1


def test_not_even_without_any_lock(race, meet_after_reading, no_lock, departure):
    counters = seller(departure, "A1"), seller(departure, "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*counters) == ["SeatTaken", "sold"]


def test_without_the_counting_the_primary_key_still_refuses(race, departure):
    """The control: rows put in as anybody might, past every check of the service."""
    held = [hold(departure, label) for label in ("A1", "A2")]
    SeatClaim.objects.all().delete()

    def insert(one):
        def claim():
            until = NOW + timedelta(minutes=2)
            SeatClaim.objects.create(departure=departure, seat=1, leg=0, hold=one, expires_at=until)
            return "claimed"

        return claim

    assert race(*(insert(one) for one in held)) == ["IntegrityError", "claimed"]


def test_stretches_that_share_a_leg_cannot_both_be_sold(race, meet_after_reading, departure, stops):
    whole, half = seller(departure, "A1"), seller(departure, "A1", from_stop=stops[1], to_stop=stops[2])
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(whole, half) == ["SeatTaken", "sold"]


def test_stretches_without_a_common_leg_are_both_sold(race, meet_after_reading, departure, stops):
    first = seller(departure, "A1", to_stop=stops[1])
    second = seller(departure, "A1", from_stop=stops[1], to_stop=stops[2])
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(first, second) == ["sold", "sold"]
    assert claimed(departure) == [(1, 0), (1, 1)]


def test_a_hold_and_a_sale_cannot_both_have_the_seat(race, meet_after_reading, departure):
    counters = seller(departure, "A1"), holder(departure, "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    outcomes = race(*counters)

    assert outcomes in (["SeatTaken", "sold"], ["SeatTaken", "held"])


def test_two_seats_in_opposite_order_never_deadlock(race, meet_after_reading, departure):
    counters = seller(departure, "A1", "B2"), seller(departure, "B2", "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*counters) == ["SeatTaken", "sold"]


def test_twenty_counters_and_one_seat(race, departure):
    counters = [seller(departure, "A1") for _ in range(COUNTERS)]

    assert race(*counters) == ["SeatTaken"] * (COUNTERS - 1) + ["sold"]


def test_twenty_counters_sell_out_a_coach_that_is_asked_for_by_number(race, departure):
    """The best seat is proposed under the lock: nobody is refused while there is a seat."""
    counters = [seller(departure, count=1) for _ in range(COUNTERS)]

    assert race(*counters) == ["NotEnoughSeats"] * (COUNTERS - 4) + ["sold"] * 4


def test_an_expired_hold_is_taken_over_by_one(race, meet_after_reading, departure):
    hold(departure, "A1", now=NOW - timedelta(minutes=5))
    counters = seller(departure, "A1"), seller(departure, "A1")
    meet_after_reading("ticketing.selectors.taken_seats")

    assert race(*counters) == ["SeatTaken", "sold"]
    assert SeatClaim.objects.filter(hold=None).count() == 2


def test_a_live_hold_is_not_taken_over(race, departure):
    hold(departure, "A1", now=NOW - timedelta(seconds=119))

    assert race(seller(departure, "A1")) == ["SeatTaken"]
    assert Hold.objects.count() == 1


def test_selling_waits_for_whoever_changes_the_departure(race, departure):
    """The shared lock is real: a departure cancelled in another transaction is not sold meanwhile."""
    from django.db import transaction

    from station.models import Departure
    from station.models.locks import lock

    order = []
    counter = seller(departure, "A1")

    def cancel():
        with transaction.atomic():
            row = lock(Departure.objects.filter(pk=departure.pk)).get()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")
            row.become("cancelled", by=None, now=NOW)
            order.append("cancelled")
        return "cancelled"

    def sell_a_little_later():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        return counter()

    assert race(cancel, sell_a_little_later) == ["SaleClosed", "cancelled"]
    assert claimed(departure) == []


def test_a_seat_is_sold_or_blocked_never_both(race, meet_after_reading, departure):
    clerk = till_at(departure.station).clerk

    def block():
        services.block_seats(
            departure_id=departure.pk, seats=["A1"], kind=BlockKind.BROKEN, reason="hỏng", by=clerk, now=NOW
        )
        return "blocked"

    meet_after_reading("ticketing.selectors.taken_seats")

    outcomes = race(seller(departure, "A1"), block)

    assert outcomes in (["SeatBlocked", "blocked"], ["SeatTaken", "sold"])


def test_without_the_lock_the_key_of_the_claims_decides(race, meet_after_reading, no_lock, departure):
    clerk = till_at(departure.station).clerk

    def block():
        services.block_seats(
            departure_id=departure.pk, seats=["A1"], kind=BlockKind.BROKEN, reason="hỏng", by=clerk, now=NOW
        )
        return "blocked"

    meet_after_reading("ticketing.selectors.taken_seats")

    outcomes = race(seller(departure, "A1"), block)

    assert outcomes in (["SeatTaken", "blocked"], ["SeatTaken", "sold"])
