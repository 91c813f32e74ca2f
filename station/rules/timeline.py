"""A day's bookings of one bay as cells of a table row: time runs in equal steps, a cell spans some of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One booking: what it is for, from when until when."""

    key: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """*span* steps that belong to the booking *key*, or to nobody."""

    span: int
    key: int | None = None


def cells(bars: Iterable[Bar], *, starts_at: datetime, ends_at: datetime) -> list[Cell]:
    """The row from *starts_at* until before *ends_at*: bars cut at its ends, gaps between them as empty cells.

    Bars of one bay do not overlap (a constraint says so); where rounding to steps makes them touch, the later one
    gives way, and one without room left is not shown.
    """
    length = steps(starts_at, ends_at)
    row: list[Cell] = []
    reached = 0
    for bar in sorted(bars, key=lambda bar: bar.starts_at):
        first = max(steps(starts_at, bar.starts_at), reached)
        last = min(-steps(bar.ends_at, starts_at), length)
        if last <= first:
            continue
        if first > reached:
            row.append(Cell(first - reached))
        row.append(Cell(last - first, bar.key))
        reached = last
    if reached < length:
        row.append(Cell(length - reached))
    return row


def steps(since: datetime, until: datetime) -> int:
    """Whole steps between two moments, rounded down (negative when *until* comes first)."""
    return (until - since) // STEP
