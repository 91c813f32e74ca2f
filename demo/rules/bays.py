"""Bays for a day, first come first served: enough to start from; a dispatcher moves what he wants."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """A departure that needs a bay from *start* until before *end*; *area* is where its passengers look for it."""

    departure: int
    start: datetime
    end: datetime
    area: str


@dataclass(frozen=True, slots=True)
class Place:
    bay: int
    area: str


def share_out(
    stays: Iterable[Stay], places: Sequence[Place], held: Iterable[tuple[int, datetime, datetime]] = ()
) -> dict[int, int]:
    """Bay by departure; *held* are bays that are kept already, from when until when. A departure that finds none free
    stays without."""
    kept: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for bay, start, end in held:
        kept[bay].append((start, end))
    shared: dict[int, int] = {}
    for stay in sorted(stays, key=lambda each: (each.start, each.departure)):
        free = [place for place in places if _is_free(kept[place.bay], stay)]
        at_home = [place for place in free if place.area == stay.area]
        # The one used least: a late coach then meets nobody.
        if chosen := min(at_home or free, key=lambda place: len(kept[place.bay]), default=None):
            shared[stay.departure] = chosen.bay
            kept[chosen.bay].append((stay.start, stay.end))
    return shared


def _is_free(kept: Iterable[tuple[datetime, datetime]], stay: Stay) -> bool:
    return all(end <= stay.start or stay.end <= start for start, end in kept)


_NORTH_WEST = frozenset({"Sơn La", "Điện Biên", "Lai Châu"})
_TO_HANOI = frozenset({"Hà Nội"})


def area_of(kind: str, province: str) -> str:
    """In which area of Trung tâm Hoà Bình a route's coaches stand."""
    if kind == "intra" or province in _NORTH_WEST:
        return "Tây Bắc & nội tỉnh"
    return "Hà Nội & phía Đông" if province in _TO_HANOI else "Liên tỉnh khác"
