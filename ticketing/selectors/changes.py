"""The work list of a departure that does not run as its tickets say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from station.errors import DepartureNotOpen, DomainError
from station.models import Departure, Seat, Station
from ticketing.enums import DisruptionKind, TicketState
from ticketing.errors import NoSuchSeat, NotAffected, SeatTaken, TicketOver
from ticketing.models import Affected, Disruption, Ticket
from ticketing.selectors.offers import with_facts
from ticketing.selectors.seats import free_seats, seats_of, taken_seats

SHOWN_FOR = timedelta(days=2)
_RIDING = (TicketState.SOLD, TicketState.BOARDED)
# A displaced passenger is work until they sit, ride elsewhere or have their money; the others until they were told.
_IS_OPEN = Q(ticket__state=TicketState.DISPLACED) | Q(told_at=None, ticket__state__in=_RIDING)


@dataclass(frozen=True, slots=True)
class Work:
    """One passenger of a disruption, and where they could sit."""

    row: Affected
    seats: Sequence[Seat]

    @property
    def is_displaced(self) -> bool:
        return self.row.ticket.state == TicketState.DISPLACED

    @property
    def is_open(self) -> bool:
        waits = self.row.told_at is None and self.row.ticket.state in _RIDING
        return waits or self.is_displaced


@dataclass(frozen=True, slots=True)
class WorkList:
    """One disruption with its passengers: first who has no seat, then who is to be told, then who is done."""

    disruption: Disruption
    works: Sequence[Work]

    @property
    def still_open(self) -> int:
        return sum(work.is_open for work in self.works)


def work_lists(departure: Departure, now: datetime) -> list[WorkList]:
    """Newest first."""
    rows = Disruption.objects.filter(departure=departure).select_related("into__route", "from_map", "to_map", "by")
    return [_work_list(row, now) for row in rows.order_by("-at", "-pk")]


def _work_list(disruption: Disruption, now: datetime) -> WorkList:
    rows = disruption.affected.select_related(
        "told_by", "ticket__sale", "ticket__from_stop", "ticket__to_stop", "ticket__departure__route"
    )
    found = list(rows.order_by("ticket__seat", "pk"))
    seats = _places(disruption, found, now)
    works = [Work(row, seats.get((row.ticket.first_leg, row.ticket.end_leg), ())) for row in found]
    return WorkList(disruption, sorted(works, key=lambda work: (not work.is_displaced, not work.is_open)))


def _places(
    disruption: Disruption, rows: Iterable[Affected], now: datetime
) -> Mapping[tuple[int, int], Sequence[Seat]]:  # fmt: skip
    """Free seats of the coach that runs, by the legs that displaced passengers ride."""
    spans = {
        (row.ticket.first_leg, row.ticket.end_leg) for row in rows if row.ticket.state == TicketState.DISPLACED
    }  # fmt: skip
    if not spans or disruption.kind == DisruptionKind.CANCELLED:
        return {}
    target_id = disruption.into_id or disruption.departure_id
    target = with_facts(Departure.objects.filter(pk=target_id)).get()
    if not target.is_live:
        return {}
    return {span: free_seats(target, range(*span), now) for span in sorted(spans)}


def disruptions_of(station: Station, now: datetime) -> QuerySet[Disruption]:
    """What happened at *station* lately, with how many passengers are still to be seen to; newest first."""
    rows = Disruption.objects.filter(departure__station=station, at__gte=now - SHOWN_FOR)
    rows = rows.select_related("departure__route", "departure__operator", "into__route", "by")
    still = Affected.objects.filter(_IS_OPEN, disruption=OuterRef("pk"))
    counted = rows.annotate(passengers=Count("affected"), has_work=Exists(still))
    return counted.order_by("-has_work", "-at", "-pk")


def affected_row(affected_id: int) -> Affected:
    """Raises NotAffected."""
    row = Affected.objects.select_related("disruption__departure__station").filter(pk=affected_id).order_by("pk")
    found = row.first()
    if found is None:
        raise NotAffected
    return found


def seat_kinds(tickets: Sequence[Ticket]) -> dict[int, str]:
    """By ticket: the kind of the seat it was sold for."""
    maps = {ticket.seat_map_id for ticket in tickets}
    rows = Seat.objects.filter(seat_map__in=maps).order_by("pk").values_list("seat_map_id", "ordinal", "kind")
    kinds = {(map_id, ordinal): kind for map_id, ordinal, kind in rows}
    return {ticket.pk: kinds[ticket.seat_map_id, ticket.seat] for ticket in tickets}


def reseat_refusal(ticket: Ticket, target: Departure) -> DomainError | None:
    """Why the holder of *ticket* is given no seat on *target*."""
    if ticket.state != TicketState.DISPLACED:
        return TicketOver(ticket=ticket.code, state=ticket.get_state_display())
    if not target.is_live:
        return DepartureNotOpen(departure=str(target), state=target.get_state_display())
    return None


def free_place(departure: Departure, label: str, legs: range, now: datetime) -> Seat:
    """The seat *label*, free on *legs*. Raises NoSuchSeat, SeatTaken."""
    wanted = label.strip().upper()
    seat = next((one for one in seats_of(departure) if one.label.upper() == wanted), None)
    if seat is None:
        raise NoSuchSeat(seats=wanted)
    if seat.ordinal in taken_seats(departure, legs, now):
        raise SeatTaken(seats=seat.label)
    return seat


def may_be_refused(ticket: Ticket) -> bool:
    """The holder was put on another coach and has not agreed yet: they may have their money back (L35 Art. 59(3))."""
    moved = Affected.objects.filter(ticket=ticket, told_at=None).exclude(disruption__kind=DisruptionKind.LATE)
    return moved.exists()
