"""Who sells and what there is to sell: clerks of Hoà Bình with open tills, and coaches of 45 seats."""

from copy import copy
from datetime import timedelta
from itertools import cycle, islice
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from rest_framework.authtoken.models import Token

from fees.services import open_till
from station import clock
from station.models import Departure, Membership, SeatMap, Station, User
from ticketing.selectors.offers import on_sale

STATION = "HB01"
PASSWORD = "demo"
LAYOUT = "S45"
SEATS = 45
_LEAVES_IN = timedelta(hours=3)


def clerks(wanted: int) -> list[User]:
    """New people like banve1, each with an open till."""
    station, now = Station.objects.get(code=STATION), clock.now()
    memberships = list(Membership.objects.filter(user__username="banve1").order_by("pk"))
    password = make_password(PASSWORD)
    people = [
        User.objects.create(username=f"bench-{uuid4().hex[:8]}", full_name="Bán Vé", password=password)
        for _ in range(wanted)
    ]
    Membership.objects.bulk_create(_of(person, one) for person in people for one in memberships)
    for person in people:
        open_till(station=station, clerk=person, counter_id=None, opening_float=0, now=now)
    return people


def tokens(wanted: int) -> list[str]:
    return [Token.objects.create(user=person).key for person in clerks(wanted)]


def _of(person: User, known: Membership) -> Membership:
    row = copy(known)
    row.pk, row.user, row._state.adding = None, person, True
    return row


def coaches(wanted: int) -> list[int]:
    """New departures of today's operators and routes, nobody on board yet."""
    now = clock.now()
    layout = SeatMap.objects.get(code=LAYOUT)
    known = [one for one in on_sale(Station.objects.get(code=STATION), now) if one.route.sale_days_ahead is None]
    rows = []
    for number, model in enumerate(islice(cycle(known), wanted)):
        row = copy(model)
        row.pk, row.slot, row._state.adding = None, None, True
        row.seat_map, row.state = layout, "planned"
        row.order_issued_at = row.exit_confirmed_at = row.expected_at = None
        row.planned_at = (now + _LEAVES_IN + timedelta(minutes=number)).replace(second=0, microsecond=0)
        row.service_on = clock.local_day(row.planned_at)
        rows.append(row)
    return [row.pk for row in Departure.objects.bulk_create(rows)]
