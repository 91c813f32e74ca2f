"""The public departure board: what is next, and from which bay. Seats are nobody's business there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from station.enums import DepartureState, VisitState
from station.models import Departure, Station, YardVisit
from station.selectors.departures import coaches
from ticketing.selectors.offers import bay_of, with_facts
from ticketing.selectors.stretches import stops_along

SHOWN_AHEAD = timedelta(hours=6)
STAYS_AFTER = timedelta(minutes=10)  # a departed or cancelled coach stays that long, so that nobody misses the news
SOON = timedelta(minutes=10)


@dataclass(frozen=True)
class BoardRow:
    """One line of the board; `state` names its word, mark and colour in the template."""

    departure: Departure
    place: str
    bay: str
    state: str
    late_minutes: int


def board_rows(station: Station, now: datetime) -> list[BoardRow]:
    """Coaches around *now*, soonest first; four queries however many. City buses come and go without it."""
    around = Departure.objects.filter(
        station=station, planned_at__gte=now - timedelta(hours=2), planned_at__lt=now + SHOWN_AHEAD
    )
    rows = [row for row in with_facts(coaches(around)).order_by("planned_at", "pk") if _is_shown(row, now)]
    ids = [row.pk for row in rows]
    inside = YardVisit.objects.filter(departure_id__in=ids, state=VisitState.IN_YARD).order_by("pk")
    here: set[int | None] = set(inside.values_list("departure_id", flat=True))
    return [_row(row, here, now) for row in rows]


def board_row(departure: Departure, now: datetime) -> BoardRow:
    """*departure* as the board would show it, also when it is far off or over."""
    inside = YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD)
    return _row(departure, {departure.pk} if inside.exists() else set(), now)


def _is_shown(departure: Departure, now: datetime) -> bool:
    if departure.is_live:
        return True
    since = departure.departed_at or departure.planned_at
    return departure.state != DepartureState.ARRIVED and since > now - STAYS_AFTER


def _row(departure: Departure, here: set[int | None], now: datetime) -> BoardRow:
    until = max(now, departure.leaves_at)
    late = max(int((until - departure.planned_at).total_seconds() // 60), 0) if departure.is_live else 0
    stops = stops_along(departure)
    place = stops[-1].name if stops else departure.route.name
    state = _state(departure, is_here=departure.pk in here, late=late, now=now)
    return BoardRow(departure, place, bay_of(departure), state, late)


def _state(departure: Departure, *, is_here: bool, late: int, now: datetime) -> str:
    if not departure.is_live:
        return str(departure.state)
    if late:
        return "late"
    if departure.state != DepartureState.BOARDING and not is_here:
        return "on_time"
    return "departing" if departure.planned_at - now <= SOON else "boarding"
