"""One figure: its name and goal stand in the contract, its value is what was seen."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    goal: str
    ok: bool
    detail: str

    def show(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def rate_of(work: Callable[[int], object], items: Iterable[int]) -> tuple[float, int]:
    """How many of *items* a second *work* gets through, one after the other, and how many there were."""
    items = list(items)
    begun = time.perf_counter()
    for item in items:
        work(item)
    return len(items) / (time.perf_counter() - begun), len(items)


def at_least(name: str, value: float, goal: float, unit: str, detail: str) -> Figure:
    return Figure(name, round(value, 1), unit, f"≥ {goal:g}", value >= goal, detail)
