"""Who is in the yard, and which coach the guard means."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from station.enums import VisitState
from station.models import Departure, Station, YardVisit
from station.rules import plates
from station.selectors.departures import awaited

MAX_SUGGESTIONS = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A coach that the typed digits may mean: one in the yard (it would leave) or one that is expected."""

    plate: str
    visit: YardVisit | None
    departure: Departure | None


def vehicles_in_yard(station: Station) -> QuerySet[YardVisit]:
    """Open visits with coach, operator, departure and bay; the longest stay first."""
    rows = YardVisit.objects.filter(station=station, state=VisitState.IN_YARD)
    return with_departure(rows).order_by("entered_at", "pk")


def with_departure(rows: QuerySet[YardVisit]) -> QuerySet[YardVisit]:
    return rows.select_related(
        "station", "vehicle__operator", "departure__route", "departure__operator", "departure__bay_booking__bay"
    )


def visit_of_plate(station: Station, plate: str) -> YardVisit | None:
    """The open visit of *plate*, however it was typed, at *station*."""
    return vehicles_in_yard(station).filter(plate=plates.normalise(plate)).first()


def open_visit_of_departure(departure: Departure) -> YardVisit | None:
    """The coach that stands in the yard for *departure*."""
    return vehicles_in_yard(departure.station).filter(departure=departure).first()


def suggestions(station: Station, typed: str, now: datetime) -> list[Suggestion]:
    """Coaches whose plate ends as *typed*: first those in the yard, then those expected today, by time."""
    end = plates.normalise(typed)
    if not end:
        return []
    inside = list(vehicles_in_yard(station).filter(plate__endswith=end)[:MAX_SUGGESTIONS])
    found = [Suggestion(visit.plate, visit, visit.departure) for visit in inside]
    known = {visit.plate for visit in inside}
    for departure in _expected(station, now).filter(vehicle__plate__endswith=end):
        if departure.vehicle and departure.vehicle.plate not in known:
            known.add(departure.vehicle.plate)
            found.append(Suggestion(departure.vehicle.plate, None, departure))
    return found[:MAX_SUGGESTIONS]


def _expected(station: Station, now: datetime) -> QuerySet[Departure]:
    return awaited(station, now).filter(vehicle__isnull=False)
