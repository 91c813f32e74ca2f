"""Which seats are free on which legs, and which of them to offer first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from station.models import Departure, Seat
from station.models.written_once import asked_often
from ticketing.errors import NoSeatMap
from ticketing.models import Hold, SeatBlock, SeatClaim

# A seat, and what keeps it: a hold, a block, or (neither) a sale.
_Claim = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class SeatPlace:
    """One seat as the map shows it: free, sold, held (by another counter), mine (held for this one) or blocked."""

    seat: Seat
    state: str
    block: SeatBlock | None = None

    @property
    def label(self) -> str:
        return self.seat.label

    @property
    def is_choosable(self) -> bool:
        return self.state in {"free", "mine"}


def live_claims(now: datetime) -> QuerySet[SeatClaim]:
    """Claims that keep a seat at *now*: sold, or held and not yet expired."""
    return SeatClaim.objects.filter(Q(expires_at=None) | Q(expires_at__gte=now))


def seats_of(departure: Departure) -> list[Seat]:
    """The passenger seats, front to rear, of the map of *departure* or of its vehicle. Raises NoSeatMap."""
    map_id = departure.seat_map_id or (departure.vehicle.seat_map_id if departure.vehicle else None)
    if map_id is None:
        raise NoSeatMap(departure=str(departure))
    return _seats(map_id)


@asked_often
def _seats(map_id: int) -> QuerySet[Seat]:
    return Seat.objects.filter(seat_map_id=map_id).order_by("ordinal")


def labels_of(hold: Hold) -> list[str]:
    """The seats that *hold* keeps, front to rear."""
    kept = set(SeatClaim.objects.filter(hold=hold).order_by("seat").values_list("seat", flat=True))
    return [seat.label for seat in seats_of(hold.departure) if seat.ordinal in kept]


def taken_seats(departure: Departure, legs: range, now: datetime, *, except_hold: int | None = None) -> set[int]:
    """Ordinals of the seats that are sold or held on any of *legs*; seats of one's own hold do not count."""
    claims = _claims(departure.pk, legs.start, legs.stop, now)
    return {seat for seat, hold, _block in claims if hold is None or hold != except_hold}


@asked_often
def _claims(departure_id: int, first: int, end: int, now: datetime) -> "QuerySet[SeatClaim, _Claim]":
    rows = live_claims(now).filter(departure=departure_id, leg__gte=first, leg__lt=end)
    return rows.order_by("seat").values_list("seat", "hold_id", "block_id")


def free_seats(departure: Departure, legs: range, now: datetime) -> list[Seat]:
    """Seats free on every one of *legs*, front to rear."""
    taken = taken_seats(departure, legs, now)
    return [seat for seat in seats_of(departure) if seat.ordinal not in taken]


def seat_plan(departure: Departure, legs: range, now: datetime, *, hold_id: int | None = None) -> list[SeatPlace]:
    """Every seat with its state on *legs*, front to rear, lower deck first."""
    states: dict[int, str] = {}
    for seat, holder, block in _claims(departure.pk, legs.start, legs.stop, now):
        if block is not None:
            states[seat] = "blocked"
        else:
            # One sold leg makes the whole stretch sold, whatever is held on the others.
            states[seat] = "sold" if holder is None else states.get(seat, "mine" if holder == hold_id else "held")
    blocks = blocks_on(departure) if "blocked" in states.values() else {}
    return [SeatPlace(seat, states.get(seat.ordinal, "free"), blocks.get(seat.ordinal)) for seat in seats_of(departure)]


def blocks_on(departure: Departure) -> dict[int, SeatBlock]:
    """What keeps seats of *departure* off sale now, by ordinal."""
    rows = SeatBlock.objects.filter(departure=departure, lifted_at=None).select_related("by")
    return {row.seat: row for row in rows.order_by("seat")}


def proposed_seats(free: Sequence[Seat], count: int) -> list[Seat]:
    """The best *count* of *free*: together, towards the front, priority seats last; fewer when there are not enough."""
    ordinary = [seat for seat in free if not seat.is_priority]
    if len(ordinary) < count:
        priority = [seat for seat in free if seat.is_priority]
        return [*ordinary, *priority][:count]
    windows = (ordinary[start : start + count] for start in range(len(ordinary) - count + 1))
    return min(windows, key=_spread, default=[])


def _spread(seats: Collection[Seat]) -> tuple[int, int]:
    """How far apart: rows (a deck counts as many), then columns. Of equals `min` takes the first, nearest the front."""
    rows = [seat.deck * 100 + seat.row for seat in seats]
    return (_span(rows), _span(seat.column for seat in seats) if len(set(rows)) == 1 else 0)


def _span(numbers: Iterable[int]) -> int:
    known = list(numbers)
    return max(known) - min(known) if known else 0
