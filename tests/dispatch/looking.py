"""The desk of a station as a test reads it."""

from datetime import timedelta

from dispatch.selectors import Wanted, desk_of
from station.models import Departure
from tests.factories import NOW
from tests.factories_dispatch import ready_departure

SOON = NOW + timedelta(minutes=60)


def due(**how) -> Departure:
    """Leaves in an hour."""
    return ready_departure(**({"planned_at": SOON} | how))


def desk(departure: Departure, typed: str = "", now=NOW, at: str = ""):
    return desk_of([departure.station], departure.station, Wanted(typed, at), now)


def shown(departure: Departure, now=NOW) -> list[str]:
    return [coach.plate for coach in desk(departure, now=now).coaches]


def row(departure: Departure, now=NOW):
    return next(coach for coach in desk(departure, now=now).coaches if coach.departure == departure)


def words(departure: Departure, now=NOW) -> list[tuple[str, str]]:
    return [(problem.tone, problem.text) for problem in row(departure, now).problems]
