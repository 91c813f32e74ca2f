"""Two hundred clerks at one coach: the web programs are real, and so is the load from outside."""

from datetime import timedelta

import pytest
from rest_framework.authtoken.models import Token

from bench.running import run_outside
from reports.selectors.invariants import breaches, invariants
from station import clock
from tests.factories_ticketing import priced_departure, till_at
from tests.journeys.day import running_copy
from ticketing.models import Sale, SeatClaim

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CLERKS = 200
SEATS = 45
# On a quiet machine 5 s are the goal (make bench, sale.race.sold); beside the rest of the suite it only must not hang.
SOON = 60.0


@pytest.fixture
def coach():
    return priced_departure(seats=SEATS, planned_at=clock.now() + timedelta(hours=2))


def test_two_hundred_clerks_fill_one_coach_and_everybody_else_is_told_why(coach, subprocess_env, tmp_path):
    """Half of them name a seat, half take any: shared and exclusive locks of one departure meet."""
    labels = [seat.label for seat in coach.seat_map.seats.order_by("ordinal")]
    tills = [till_at(coach.station) for _ in range(CLERKS)]
    wishes = [{"seats": [labels[n // 2 % SEATS]]} if n % 2 else {"count": 1} for n in range(CLERKS)]
    clients = [
        {"token": Token.objects.create(user=till.clerk).key, "bodies": [{"departure": coach.pk, **wish}]}
        for till, wish in zip(tills, wishes, strict=True)
    ]

    with running_copy(subprocess_env, tmp_path, ["web"]) as copy:
        port = int(copy.address.rpartition(":")[2])
        seen = run_outside("bench.load", {"port": port, "path": "/api/v1/sales/", "seconds": None, "clients": clients})

    codes = {code: seen["codes"].get(code, 0) for code in ("seat_taken", "not_enough_seats")}
    assert seen["statuses"] == {"201": SEATS, "409": CLERKS - SEATS}
    assert sum(codes.values()) == CLERKS - SEATS, seen["codes"]
    assert seen["seconds"] < SOON
    assert (Sale.objects.count(), SeatClaim.objects.count()) == (SEATS, SEATS)
    assert [one.id for one in invariants(["S1", "M2", "L1", "L6"]) if breaches(one, clock.now())] == []
