"""Who stands in which bay, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from station.enums import BayKind
from station.models import Bay, BayBooking, Departure, Station
from station.rules.bays import occupation
from station.selectors.departures import coaches, with_names


@dataclass(frozen=True, slots=True)
class BayBoard:
    """Coaches of one day with their bays, and the bays they may stand in."""

    bays: list[Bay]
    departures: list[Departure]


def board(station: Station, day: date, until: datetime | None = None) -> BayBoard:
    """The coaches of *day*, and of the night that follows those that leave before *until*."""
    theirs = Q(service_on=day)
    if until:
        theirs |= Q(service_on=day + timedelta(days=1), planned_at__lt=until)
    rows = with_names(Departure.objects.filter(theirs, station=station)).order_by("planned_at", "pk")
    return BayBoard(bays=list(boarding_bays(station)), departures=list(coaches(rows)))


def occupation_of(departure: Departure) -> tuple[datetime, datetime]:
    """When *departure* needs a bay, by the customs of its station."""
    station = departure.station
    return occupation(
        departure.planned_at, lead_minutes=station.boarding_lead_minutes, tail_minutes=station.boarding_tail_minutes
    )


def boarding_bays(station: Station) -> QuerySet[Bay]:
    """Boarding bays in the order of the board, also those out of use."""
    return Bay.objects.filter(station=station, kind=BayKind.BOARDING).order_by("position", "pk")


def bookings_between(bay: Bay, start: datetime, end: datetime) -> list[BayBooking]:
    """Live bookings of *bay* that touch the time from *start* until before *end*, by time."""
    rows = BayBooking.objects.filter(bay=bay, is_live=True, period__overlap=(start, end))
    return list(rows.select_related("departure__vehicle", "departure__route").order_by("period", "pk"))
