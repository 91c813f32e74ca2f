"""Arithmetic of a chart, on plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 860, 220
LEFT, TOP, BASE = 44, 16, 190
_GAP_SHARE = 5  # one fifth of a bar's room stays empty
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of an SVG chart; `middle` is where its label stands."""

    label: str
    value: int
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the chart at `value`."""

    value: int
    y: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: Sequence[Bar]
    lines: Sequence[Line]


def bar_chart(values: Sequence[tuple[str, int]]) -> Chart:
    """Bars over a baseline, with at most five lines at round values."""
    step = _step(max((value for _, value in values), default=0))
    top = step * max(1, -(-max((value for _, value in values), default=0) // step))
    room = (WIDTH - LEFT) // max(1, len(values))
    gap = room // _GAP_SHARE
    bars = []
    for place, (label, value) in enumerate(values):
        height = round((BASE - TOP) * value / top)
        x = LEFT + room * place + gap // 2
        bars.append(Bar(label, value, x=x, y=BASE - height, width=room - gap, height=height))
    lines = [Line(value, BASE - round((BASE - TOP) * value / top)) for value in range(0, top + 1, step)]
    return Chart(bars, lines)


def _step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that needs at most four steps."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale * 4 >= most:
                return step * scale
        scale *= 10


def percent(part: int, whole: int) -> Decimal | None:
    """None of nothing."""
    return Decimal(100 * part) / whole if whole else None


def percent_change(new: int, old: int) -> Decimal | None:
    return percent(new - old, old)
