"""Who was not on board when the gate opened."""

import pytest

from dispatch import services
from station.models import YardVisit
from tests.factories_dispatch import confirmed, dispatcher_of
from tests.factories_ticketing import declare_fares, sell
from ticketing import services as ticketing

pytestmark = pytest.mark.django_db


def test_the_gate_opens_and_who_was_not_scanned_did_not_come(now):
    departure = confirmed().departure
    departure.is_on_sale = True
    departure.save()
    declare_fares(departure)
    came, missing = sell(departure, count=2).tickets.order_by("seat")
    by = dispatcher_of(departure.station)
    ticketing.board_ticket(code=came.code, departure_id=departure.pk, by=by, now=now)

    services.let_out(visit_id=YardVisit.objects.get(departure=departure).pk, by=by, now=now)

    came.refresh_from_db()
    missing.refresh_from_db()
    assert (came.state, missing.state) == ("boarded", "no_show")
