"""What a sale and a hold check before they take seats: the departure, the stretch, the seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from station.models import Departure, Seat, Till
from station.models.locks import lock, share_lock
from station.models.written_once import asked_often
from ticketing import selectors
from ticketing.errors import (
    NoSuchSeat,
    NotEnoughSeats,
    NothingChosen,
    NothingOnSale,
    NotYourStation,
    SeatBlocked,
    SeatTaken,
)
from ticketing.selectors import Stretch

MOST_SEATS = 20


@dataclass(frozen=True)
class Choice:
    """Seats of one departure on one stretch, checked and ready to be claimed."""

    departure: Departure
    stretch: Stretch
    seats: Sequence[Seat]


@dataclass(frozen=True)
class Wish:
    """What the customer asks for: seats by label, or just how many; no stop means from here, to the end."""

    departure_id: int
    seats: Sequence[str] | None = None
    count: int = 1
    from_stop_id: int | None = None
    to_stop_id: int | None = None


def choose(wish: Wish, *, till: Till, now: datetime, own_hold: int | None = None) -> Choice:
    """Lock the departure, then check everything about *wish*."""
    departure = locked_departure(wish)
    if departure.station_id != till.station_id:
        raise NotYourStation(departure=str(departure), station=str(departure.station))
    stretch = selectors.stretch_of(departure, wish.from_stop_id, wish.to_stop_id)
    if refusal := selectors.sale_refusal(departure, stretch, now):
        raise refusal
    return Choice(departure, stretch, _seats(wish, departure, stretch, now=now, own_hold=own_hold))


def locked_departure(wish: Wish) -> Departure:
    """The departure, locked as strongly as *wish* needs.

    Seats by label: shared. The primary key of the claims says who was first, and the lock only keeps the departure
    from being cancelled or given another coach meanwhile. So many counters sell one coach side by side.
    Seats by number: exclusive. The seats proposed under the lock are still free when they are claimed, and the last
    seats of a coach do not fail at two counters that were both offered the same. Raises NothingOnSale for no departure.
    """
    if wish.seats:
        share_lock(Departure, wish.departure_id)
        found = selectors.departures_numbered(wish.departure_id)
    else:
        found = _locked_departures(wish.departure_id)
    if not found:
        raise NothingOnSale
    return found[0]


@asked_often
def _locked_departures(departure_id: int) -> QuerySet[Departure]:
    return lock(selectors.joined(Departure.objects.filter(pk=departure_id)))


def _seats(wish: Wish, departure: Departure, stretch: Stretch, *, now: datetime, own_hold: int | None) -> list[Seat]:
    wanted = len(wish.seats) if wish.seats else wish.count
    if not 1 <= wanted <= MOST_SEATS:
        raise NothingChosen(most=MOST_SEATS)
    seats = selectors.seats_of(departure)
    taken = selectors.taken_seats(departure, stretch.legs, now, except_hold=own_hold)
    if wish.seats:
        return named_seats(departure, wish.seats, seats, taken)
    free = [seat for seat in seats if seat.ordinal not in taken]
    if len(free) < wanted:
        raise NotEnoughSeats(departure=str(departure), free=len(free), wanted=wanted)
    return selectors.proposed_seats(free, wanted)


def named_seats(departure: Departure, labels: Sequence[str], seats: Sequence[Seat], taken: set[int]) -> list[Seat]:
    """The seats of *labels*, by ordinal. Raises NoSuchSeat, SeatTaken, SeatBlocked."""
    by_label = {seat.label.upper(): seat for seat in seats}
    wanted = list(dict.fromkeys(label.strip().upper() for label in labels))
    if unknown := [label for label in wanted if label not in by_label]:
        raise NoSuchSeat(seats=", ".join(unknown))
    chosen = sorted((by_label[label] for label in wanted), key=lambda seat: seat.ordinal)
    if lost := [seat for seat in chosen if seat.ordinal in taken]:
        blocks = selectors.blocks_on(departure)
        if blocked := [blocks[seat.ordinal] for seat in lost if seat.ordinal in blocks]:
            why = f"{blocked[0].get_kind_display()}, {blocked[0].reason}"
            raise SeatBlocked(seats=", ".join(block.seat_label for block in blocked), reason=why)
        raise SeatTaken(seats=", ".join(seat.label for seat in lost))
    return chosen
