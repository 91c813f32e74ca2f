from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories_ticketing import claimed, hold, priced_departure, sell, till_at
from ticketing import selectors, services
from ticketing.errors import HoldGone, SeatTaken
from ticketing.models import Hold, SeatClaim

pytestmark = pytest.mark.django_db


def test_a_hold_keeps_its_seats_for_two_minutes(now):
    departure = priced_departure()

    kept = hold(departure, "A1", "B2")

    assert kept.expires_at == now + timedelta(seconds=120)
    assert claimed(departure) == [(1, 0), (4, 0)]


def test_a_till_keeps_one_customer_at_a_time(now):
    departure, other = priced_departure(), priced_departure()
    till = till_at(departure.station)
    other.station = departure.station
    other.save()
    hold(departure, "A1", till=till)

    hold(other, "B1", till=till)

    assert claimed(departure) == []
    assert claimed(other) == [(3, 0)]
    assert Hold.objects.count() == 1


def test_the_moment_of_expiry_still_belongs_to_the_holder(now):
    departure = priced_departure()
    hold(departure, "A1", now=now - timedelta(seconds=120))

    with pytest.raises(SeatTaken):
        hold(departure, "A1", now=now)


def test_a_slow_clerk_still_sells_what_nobody_took(now):
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till, now=now - timedelta(minutes=10))

    sale = sell(departure, "A1", till=till, hold_id=kept.pk, now=now)

    assert sale.tickets.get().seat_label == "A1"


def test_a_sale_remembers_since_when_its_seats_were_kept(now):
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till)
    services.extend_hold(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=now + timedelta(seconds=5))

    sale = sell(departure, "A1", till=till, hold_id=kept.pk, now=now + timedelta(seconds=8))

    assert (sale.held_at, sale.sold_at) == (now, now + timedelta(seconds=8))


def test_seats_that_are_kept_anew_are_kept_since_then(now):
    departure = priced_departure()
    till = till_at(departure.station)
    hold(departure, "A1", till=till)
    kept = hold(departure, "A2", till=till, now=now + timedelta(seconds=20))

    sale = sell(departure, "A2", till=till, hold_id=kept.pk, now=now + timedelta(seconds=23))

    assert sale.held_at == now + timedelta(seconds=20)


def test_a_sale_at_once_was_never_kept():
    assert sell(priced_departure(), "A1").held_at is None


def test_a_hold_can_be_extended_while_it_lives(now):
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till)
    later = now + timedelta(seconds=100)

    services.extend_hold(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=later)

    assert SeatClaim.objects.get().expires_at == later + timedelta(seconds=120)
    with pytest.raises(HoldGone):
        services.extend_hold(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=now + timedelta(hours=1))


def test_a_hold_that_lost_its_seats_cannot_be_extended(now):
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till, now=now - timedelta(minutes=3))
    sell(departure, "A1", now=now)

    with pytest.raises(HoldGone):
        services.extend_hold(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=now)


def test_release_lets_the_next_counter_have_the_seats(now):
    departure = priced_departure()
    till = till_at(departure.station)
    hold(departure, "A1", till=till)

    freed = services.release_hold(till_id=till.pk, by=till.clerk, now=now)

    assert freed == 1
    assert hold(departure, "A1").till != till


def test_seats_are_proposed_together_and_towards_the_front(now):
    departure = priced_departure(seats=8)
    sell(departure, "A2", "C1")

    kept = [claim.seat for claim in hold(departure, count=2).claims.order_by("seat")]

    assert kept == [3, 4]


def test_priority_seats_are_proposed_last(now):
    departure = priced_departure(seats=4)
    free = selectors.free_seats(departure, range(1), now)
    for seat in free[:2]:
        seat.is_priority = True

    assert [seat.label for seat in selectors.proposed_seats(free, 1)] == ["B1"]
    assert [seat.label for seat in selectors.proposed_seats(free, 3)] == ["B1", "B2", "A1"]
    assert selectors.proposed_seats([], 1) == []


def test_extending_after_release_is_refused(now):
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till)
    services.release_hold(till_id=till.pk, by=till.clerk, now=now)

    with pytest.raises(HoldGone):
        services.extend_hold(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=now)


def locks_of(work):
    """Which of the two tables of a hold *work* locks or writes first, and which after."""
    with CaptureQueriesContext(connection) as done:
        work()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        prepared = dict(cursor.fetchall())
    words = [(query["sql"], query["sql"].split(maxsplit=2)) for query in done.captured_queries]
    said = [prepared[parts[1]].split(" AS ", 1)[1] if parts[0] == "EXECUTE" else sql for sql, parts in words]
    holds = next(n for n, sql in enumerate(said) if "ticketing_hold" in sql and "FOR NO KEY UPDATE" in sql)
    claims = next(
        n
        for n, sql in enumerate(said)
        if "ticketing_seatclaim" in sql and sql.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}
    )
    return ["hold", "claims"] if holds < claims else ["claims", "hold"]


def test_a_hold_is_locked_before_its_claims_by_whoever_extends_sells_or_drops_it(now):
    """Else the Enter of a sale and the key that extends the hold wait for each other."""
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till)
    mine = {"till_id": till.pk, "by": till.clerk, "now": now}

    extending = locks_of(lambda: services.extend_hold(hold_id=kept.pk, **mine))
    selling = locks_of(lambda: sell(departure, "A1", till=till, hold_id=kept.pk))
    hold(departure, "A2", till=till)
    dropping = locks_of(lambda: services.release_hold(**mine))

    assert [extending, selling, dropping] == [["hold", "claims"]] * 3
