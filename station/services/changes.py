"""A departure that does not run, or runs later. Private to dispatch, which knows what else hangs on it; every function
here is called with the departure locked."""

from datetime import datetime

from station.clock import local
from station.enums import DepartureState, VisitState
from station.models import BayBooking, Departure, User, YardVisit
from station.models.journal import record
from station.services.departures import tell_boards


def mark_cancelled(departure: Departure, *, reason: str, by: User, now: datetime) -> None:
    """It does not run: its bay is free, and a coach that stands in the yard for it serves none."""
    BayBooking.objects.filter(departure=departure, is_live=True).update(is_live=False)
    YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD).update(departure=None)
    departure.become(DepartureState.CANCELLED, by=by, now=now, reason=reason)
    tell_boards([departure.station], now=now)


def announce(departure: Departure, *, expected_at: datetime, reason: str, by: User, now: datetime) -> None:
    """It is to leave at *expected_at*; at its planned time again when that is not later."""
    before = departure.leaves_at
    departure.expected_at = expected_at if expected_at > departure.planned_at else None
    departure.save(update_fields=["expected_at"])
    facts = {"from": f"{local(before):%H:%M}", "to": f"{local(departure.leaves_at):%H:%M}", "reason": reason}
    record(
        action="departure_announced", obj=departure.journal_name, station_id=departure.station_id, by=by, now=now,
        facts=facts,
    )  # fmt: skip
    tell_boards([departure.station], now=now)
