"""One figure: its name and goal stand in the contract, its value is what was seen."""

import json
import os
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


def load() -> str:
    """How many programs wanted a processor in the last minute, ours among them."""
    return f"{os.getloadavg()[0]:.1f}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a list of items was worked through, one after the other."""

    count: int
    rate: float  # items a second by the clock on the wall
    cpu: float  # milliseconds of this process's CPU for each: what a busy machine does not change

    def of(self, what: str) -> str:
        return f"{self.count} {what}; {self.cpu:.1f} ms CPU each, load {load()}"


def pace_of(work: Callable[[int], object], items: Iterable[int]) -> Pace:
    """Work through *items*; the first one, which loads what the process keeps, is not counted."""
    first, *others = items
    work(first)
    begun, burnt = time.perf_counter(), time.process_time()
    for item in others:
        work(item)
    seconds, burnt = time.perf_counter() - begun, time.process_time() - burnt
    return Pace(len(others), len(others) / seconds, 1000 * burnt / len(others))


def at_least(name: str, value: float, goal: float, unit: str, detail: str) -> Figure:
    return Figure(name, round(value, 1), unit, f"≥ {goal:g}", value >= goal, detail)


def at_most(name: str, value: float, goal: float, unit: str, detail: str) -> Figure:
    return Figure(name, round(value, 1), unit, f"≤ {goal:g}", value <= goal, detail)
