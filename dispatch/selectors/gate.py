"""What the guard sees: who was meant, may it pass, who passed lately."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from dispatch.enums import LegState
from dispatch.models import OrderLeg
from dispatch.rules import Finding, blocks
from dispatch.selectors.clearing import clearance, places_of
from dispatch.selectors.orders import departure_of, live_leg, order_by_token
from station.enums import RouteKind
from station.models import Departure, Station, YardVisit
from station.rules import plates
from station.selectors import departures as departure_selectors
from station.selectors import yard
from station.selectors.yard import Suggestion
from ticketing.selectors import passengers_of

MOVEMENTS_SHOWN = 8
# What a scanner types when it reads the QR code of an order.
_SCANNED = re.compile(r"/verify/(?P<token>[0-9a-fA-F-]{32,36})")


class Answer(StrEnum):
    """What the gate may do with this coach right now."""

    ENTER = "enter"
    LEAVE = "leave"
    LEAVE_EMPTY = "leave_empty"
    CONFIRM = "confirm"  # everything is there but the station's confirmation
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One coach at the gate, and what may happen to it."""

    answer: Answer
    plate: str
    visit: YardVisit | None
    departure: Departure | None
    leg: OrderLeg | None
    findings: list[Finding]
    places: int
    sold: int

    @property
    def passengers(self) -> int:
        """As confirmed, else as many as hold a ticket."""
        return self.leg.passengers if self.leg and self.leg.passengers is not None else self.sold


def typed_plate(typed: str) -> str:
    """What was meant by what was typed or scanned: the plate on a scanned order, else the text itself."""
    scanned = _SCANNED.search(typed)
    order = order_by_token(scanned["token"]) if scanned else None
    if order is None:
        return typed.strip()
    vehicle = departure_of(order).vehicle
    return vehicle.plate if vehicle else str(order.contents["vehicle"]["plate"])


def coaches_like(station: Station, typed: str, now: datetime) -> list[Suggestion]:
    """Coaches the guard may mean, the likeliest first; a whole plate that nobody knows is one too."""
    wanted = typed_plate(typed)
    found = yard.suggestions(station, wanted, now)
    if not found and plates.is_plate(wanted):
        return [Suggestion(plates.normalise(wanted), None, None)]
    return found


def verdict_on(coach: Suggestion, now: datetime) -> Verdict:
    """May this coach pass, in the direction it has not passed yet?"""
    departure = _whole(coach.departure)
    if coach.visit is None:
        return _verdict(Answer.ENTER, coach, departure, [])
    if departure is None or not departure.is_live:
        return _verdict(Answer.LEAVE_EMPTY, coach, None, [])
    found = clearance(departure, now)
    answer = Answer.LEAVE if is_confirmed(departure) else Answer.CONFIRM
    return _verdict(Answer.HOLD if blocks(found) else answer, coach, departure, found)


def is_confirmed(departure: Departure) -> bool:
    """Did the station confirm that it may run? City buses and boats need no confirmation."""
    if not RouteKind(departure.route.kind).runs_on_order:
        return True
    leg = live_leg(departure)
    return leg is not None and leg.state == LegState.CONFIRMED


def sold_tickets(departure: Departure) -> int:
    """Passengers with a ticket of this station, children on a lap among them; no more than the coach may carry."""
    return min(passengers_of(departure), places_of(departure))


def last_movements(station: Station) -> QuerySet[YardVisit]:
    """Who came in or went out last, at its latest passage."""
    rows = YardVisit.objects.filter(station=station).select_related(
        "departure__route__origin", "departure__route__destination"
    )
    return rows.annotate(passed_at=Coalesce("left_at", "entered_at")).order_by("-passed_at", "-pk")[:MOVEMENTS_SHOWN]


def _whole(departure: Departure | None) -> Departure | None:
    if departure is None:
        return None
    rows = departure_selectors.with_names(Departure.objects.filter(pk=departure.pk))
    return rows.select_related("seat_map", "vehicle__seat_map", "second_driver").order_by("pk").first()


def _verdict(answer: Answer, coach: Suggestion, departure: Departure | None, found: list[Finding]) -> Verdict:
    return Verdict(
        answer=answer,
        plate=coach.plate,
        visit=coach.visit,
        departure=departure,
        leg=live_leg(departure) if departure else None,
        findings=found,
        places=places_of(departure) if departure else 0,
        sold=sold_tickets(departure) if departure else 0,
    )
