"""One departure of a played day: tickets, the coach's way through the yard, its papers and its money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from demo.rules.script_people import Shifts
from demo.rules.script_steps import Fact, Kind, Step

_ON_ORDER = frozenset({"inter", "intra"})
BUYERS = (
    "Nguyễn Thị Hoài", "Bùi Văn Tiến", "Đinh Thị Nga", "Hà Văn Luyến", "Quách Thị Thơm", "Trần Minh Đức", "Lê Thị Vân",
    "Phạm Quốc Huy", "Bạch Thị Hiền", "Xa Văn Thức",
)  # fmt: skip
_GROUPS = ((1, 50), (2, 32), (3, 11), (4, 7))
_LATE_PERCENT = 8


class Held(StrEnum):
    """How far a planted coach gets: somebody in front of the screen takes it from there."""

    NO = ""
    AT_THE_GATE = "gate"  # it does not come
    AT_THE_CHECK = "check"  # it is in and waits to be checked
    AT_THE_TILL = "till"  # checked, at its bay, not paid


@dataclass(frozen=True, slots=True)
class Run:
    """What a script must know of one departure."""

    departure: int
    planned_at: datetime
    kind: str  # inter, intra, bus, boat
    plate: str
    operator: str
    places: int
    stops: int  # after the first; tickets go to any of them
    is_on_sale: bool
    signer: str  # who signs electronically; empty: a paper sheet
    is_fit: bool = True  # papers and licence hold until it arrives
    pays_now: bool = True  # not by the month
    held: Held = Held.NO

    @property
    def needs_order(self) -> bool:
        return self.kind in _ON_ORDER


@dataclass(slots=True)
class _Day:
    """What a run's steps are made with."""

    run: Run
    shifts: Shifts
    chance: Random

    def step(self, kind: Kind, at: datetime, who: str, number: int = 0, **facts: Fact) -> Step:
        key = f"{kind}:{self.run.departure}" + (f":{number}" if number else "")
        return Step(at.replace(microsecond=0), kind, who, key, self.run.departure, facts)

    def minutes(self, least: int, most: int) -> timedelta:
        return timedelta(seconds=self.chance.randint(least * 60, most * 60))

    def seconds(self, least: int, most: int) -> timedelta:
        return timedelta(seconds=self.chance.randint(least, most))

    def happens(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent


def run_steps(run: Run, shifts: Shifts, chance: Random, *, tickets: int) -> list[Step]:
    """Everything that happens around one departure, by time."""
    day = _Day(run, shifts, chance)
    if run.kind == "bus":
        return list(_bus(day))
    sales = list(_sales(day, tickets)) if run.is_on_sale and run.is_fit else []
    sold = sum(int(step.facts["count"]) for step in sales)
    return [*sales, *(_coach(day, sold) if run.needs_order else _boat(day))]


def _bus(day: _Day) -> Iterator[Step]:
    """In and out in one tap each."""
    planned = day.run.planned_at
    comes = planned - day.minutes(4, 9)
    guard = day.shifts.team_at(planned).guard
    yield day.step(Kind.ENTER, comes, guard, plate=day.run.plate, passengers=-1)
    goes = Kind.LET_OUT if day.run.is_fit else Kind.LEAVE_EMPTY
    yield day.step(goes, planned + day.seconds(0, 150), guard)


def _sales(day: _Day, tickets: int) -> Iterator[Step]:
    """Groups of one to four until the coach is as full as its luck; most come in the last hour."""
    run, chance = day.run, day.chance
    wanted = run.places * chance.randint(42, 88) * tickets // 100 // 100
    number = sold = 0
    while sold < wanted:
        number += 1
        count = min(chance.choices(*zip(*_GROUPS, strict=True))[0], wanted - sold)
        before = timedelta(seconds=round(chance.triangular(4 * 60, 90 * 60, 28 * 60)))
        at = day.shifts.at_a_till(run.planned_at - before)
        who = chance.choice(day.shifts.team_at(at).sellers)
        facts = _sale_facts(day, count)
        if at < run.planned_at - timedelta(minutes=2):
            yield day.step(Kind.SELL, at, who, number, **facts)
        sold += count


def _sale_facts(day: _Day, count: int) -> dict[str, Fact]:
    chance = day.chance
    is_transfer = day.happens(22)
    is_named = day.happens(15)
    # Most go to the end; the others get off on the way.
    to_stop = chance.randint(1, day.run.stops) if day.run.stops > 1 and day.happens(30) else 0
    return {
        "count": count,
        "to_stop": 0 if to_stop == day.run.stops else to_stop,
        "method": "transfer" if is_transfer else "cash",
        "note": 0 if is_transfer else chance.choice((0, 0, 100_000, 500_000)),
        "reference": f"FT{chance.randrange(10**9, 10**10)}" if is_transfer else "",
        "buyer": chance.choice(BUYERS) if is_named else "",
        "phone": f"09{chance.randrange(10**7, 10**8)}" if is_named else "",
    }


def _coach(day: _Day, sold: int) -> Iterator[Step]:
    """The desk's five steps: in, checked, paid, confirmed, out."""
    run, chance = day.run, day.chance
    if run.signer:
        yield day.step(Kind.SIGN, run.planned_at - day.minutes(42, 65), run.signer)
    if run.held == Held.AT_THE_GATE:
        return
    is_late = day.happens(_LATE_PERCENT) and not run.held
    enters = run.planned_at + (day.minutes(-4, 9) if is_late else -day.minutes(24, 38))
    brings = chance.randint(0, max(run.places * 2 // 3, 1))
    yield _enter(day, enters, brings)
    if run.held == Held.AT_THE_CHECK:
        return
    checked = enters + day.minutes(4, 9)
    yield _check(day, checked)
    if not run.is_fit:
        gone = checked + day.minutes(25, 50)
        yield day.step(Kind.LEAVE_EMPTY, gone, day.shifts.team_at(gone).guard)
    elif run.held != Held.AT_THE_TILL:
        walk_on = chance.randint(0, 3) if sold else chance.randint(run.places // 4, run.places * 3 // 4)
        yield from _goes(day, checked, min(sold + walk_on, run.places))


def _enter(day: _Day, at: datetime, brings: int) -> Step:
    guard = day.shifts.team_at(at).guard
    return day.step(Kind.ENTER, at, guard, plate=day.run.plate, passengers=brings)


def _check(day: _Day, at: datetime) -> Step:
    run, on = day.run, day.run.planned_at.date()
    dispatcher = day.shifts.team_at(at).dispatcher
    paper = "" if run.signer else sheet_number(run, on)
    last = on + timedelta(days=day.chance.choice((0, 0, 2, 6)))
    return day.step(
        Kind.CHECK, at, dispatcher, paper=paper, photo=True, first=on.isoformat(), last=last.isoformat(),
        is_refused=not run.is_fit,
    )  # fmt: skip


def sheet_number(run: Run, on: date) -> str:
    """The number printed on a paper sheet; an operator's sheets all differ."""
    return f"{on:%y%m%d}-{run.departure % 10_000:04}"


def _goes(day: _Day, checked: datetime, passengers: int) -> Iterator[Step]:
    """Paid, confirmed and let out, each after the other, on time or a few minutes late."""
    run, shifts = day.run, day.shifts
    paid = checked + day.minutes(1, 6)
    if run.pays_now:
        paid = shifts.at_a_till(paid)
        yield _pay(day, paid)
    confirmed = max(paid + day.seconds(30, 180), run.planned_at - day.minutes(1, 7))
    yield day.step(Kind.CONFIRM, confirmed, shifts.team_at(confirmed).dispatcher, passengers=passengers)
    gone = max(confirmed + day.seconds(40, 150), run.planned_at + day.minutes(0, 4))
    yield day.step(Kind.LET_OUT, gone, shifts.team_at(gone).guard)


def _pay(day: _Day, at: datetime) -> Step:
    is_transfer = day.happens(25)
    reference = f"FT{day.chance.randrange(10**9, 10**10)}" if is_transfer else ""
    method = "transfer" if is_transfer else "cash"
    return day.step(Kind.PAY, at, day.shifts.team_at(at).cashier, method=method, reference=reference)


def _boat(day: _Day) -> Iterator[Step]:
    """A boat makes fast, pays and casts off; it runs on no order."""
    run = day.run
    if run.held == Held.AT_THE_GATE:
        return
    enters = run.planned_at - day.minutes(18, 30)
    yield _enter(day, enters, day.chance.randint(0, run.places // 2))
    paid = day.shifts.at_a_till(enters + day.minutes(3, 8))
    if run.pays_now and run.is_fit:
        yield _pay(day, paid)
    goes = Kind.LET_OUT if run.is_fit else Kind.LEAVE_EMPTY
    gone = max(paid + day.minutes(1, 3), run.planned_at + day.minutes(0, 3))
    yield day.step(goes, gone, day.shifts.team_at(gone).guard)
