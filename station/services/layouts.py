"""A new layout is a copy of one that is known, with seats switched on and off."""

from collections.abc import Collection
from typing import cast

from django.db import transaction

from station.errors import LayoutEmpty, LayoutKnown
from station.models import Seat, SeatMap
from station.rules.seat_maps import Kind, Place, arranged
from station.selectors.layouts import grid_of
from station.services.master_data import register_seat_map


@transaction.atomic
def copy_layout(
    *, template: SeatMap, code: str, name: str, seats: Collection[str], priority: Collection[str]
) -> SeatMap:
    """*seats* and *priority* name spots of the template's grid (`1-2-3`: deck, row, column); others do not count.

    The template stays as it is: tickets were sold on it. Raises LayoutKnown, LayoutEmpty.
    """
    if SeatMap.objects.filter(code=code).exists():
        raise LayoutKnown(code=code)
    spots = {spot.place for rows in grid_of(template).values() for row in rows for spot in row}
    chosen = [_place(word) for word in seats if word in spots]
    if not chosen:
        raise LayoutEmpty
    kind = Seat.objects.filter(seat_map=template).order_by("ordinal").values_list("kind", flat=True)[0]
    kept = {_place(word) for word in priority if word in spots}
    return register_seat_map(arranged(code, name, cast("Kind", kind), chosen, kept))


def _place(word: str) -> Place:
    deck, row, column = (int(part) for part in word.split("-"))
    return deck, row, column
