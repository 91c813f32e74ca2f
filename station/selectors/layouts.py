"""Layouts of coaches and boats, and the grid one is drawn on."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from station.models import Seat, SeatMap


@dataclass(frozen=True)
class Spot:
    """One spot of a deck: the seat there, or none; `place` names it in a form."""

    place: str
    seat: Seat | None


def layouts() -> QuerySet[SeatMap]:
    return SeatMap.objects.annotate(size=Count("seats")).order_by("decks", "size", "code")


def grid_of(seat_map: SeatMap) -> dict[int, list[list[Spot]]]:
    """The rows of each deck with every spot, seat or not, as wide and as long as the deck is."""
    seats = list(Seat.objects.filter(seat_map=seat_map).order_by("ordinal"))
    there = {(seat.deck, seat.row, seat.column): seat for seat in seats}
    width = max((seat.column for seat in seats), default=0)
    decks = {}
    for deck in sorted({seat.deck for seat in seats}):
        last = max(seat.row for seat in seats if seat.deck == deck)
        decks[deck] = [
            [Spot(f"{deck}-{row}-{column}", there.get((deck, row, column))) for column in range(1, width + 1)]
            for row in range(1, last + 1)
        ]
    return decks
