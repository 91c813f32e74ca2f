"""Bến xe Bắc Giang at its real size: routes and numbers from the published catalogue, everything else invented.

How 248 departures a day come out of it: the 122 usable routes of BX120 with published trips run 7 429 trips a month;
divided by 30 days that is 247.63, so 248 a day. A route of t trips gets t // 30 daily slots, and one more slot for
the remainder that runs on days of the month. Those days are dealt out so that every day of the month has the same
248 departures and each remainder runs as nearly in proportion as that allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import cycle, islice
from random import Random
from statistics import median_low

from demo.rules.fleet import make_crews, make_vehicle
from demo.rules.network import at_minute
from demo.rules.people import driver
from demo.rules.specs import FarStation, Fleet, OperatorSpec, RouteSpec, SlotKey, SlotSpec, slot_key
from station.rules.catalogue import PublishedRoute
from station.rules.tax_codes import check_digit

STATION = "BX120"
OPERATORS = 40
_DAYS_OF_A_MONTH = 30
_LONGEST_MONTH = 31
_FIRST_MINUTE = 4 * 60 + 30
_LAST_MINUTE = 19 * 60
_GRID = 5  # departures are on whole five minutes
_USUAL_INTERVAL = 30
_USUAL_KM = 180  # where neither the route nor a sibling has a credible distance
_NO_CHECK_DIGIT = 10
_LONG_KM = 300
_SHORT_KM = 120


@dataclass(frozen=True, slots=True)
class MonthlySlots:
    """How a month's trips of one route become slots: so many every day, and one on some days of the month."""

    daily: int
    some_days: frozenset[int]

    @property
    def count(self) -> int:
        return self.daily + bool(self.some_days)


def operated_routes(routes: Sequence[PublishedRoute]) -> list[PublishedRoute]:
    """The catalogue's routes that start at BX120 and run."""
    return [route for route in routes if route.origin.ref == STATION and route.trips_operated]


def share_month(trips: Sequence[int]) -> list[MonthlySlots]:
    """Slots for routes of *trips* a month each, the same number of departures on every day."""
    per_day = (sum(trips) * 2 + _DAYS_OF_A_MONTH) // (2 * _DAYS_OF_A_MONTH)
    daily = [count // _DAYS_OF_A_MONTH for count in trips]
    days = _deal_days([count % _DAYS_OF_A_MONTH for count in trips], per_day - sum(daily))
    return [MonthlySlots(count, some) for count, some in zip(daily, days, strict=True)]


def _deal_days(remainders: Sequence[int], per_day: int) -> list[frozenset[int]]:
    """For each day the *per_day* routes that are most behind their share (weighted turns, whole numbers only)."""
    total = sum(remainders)
    credit = [0] * len(remainders)
    days: list[set[int]] = [set() for _ in remainders]
    for day in range(1, _LONGEST_MONTH + 1):
        credit = [had + rest * per_day for had, rest in zip(credit, remainders, strict=True)]
        able = [number for number, rest in enumerate(remainders) if rest]
        for number in sorted(able, key=lambda number: (-credit[number], number))[:per_day]:
            credit[number] -= total
            days[number].add(day)
    return [frozenset(some) for some in days]


def spread_times(count: int, interval: int | None, turn: int) -> list[time]:
    """*count* departures over the day, no nearer than *interval* minutes where the day is long enough; *turn* moves
    the first one, so that routes do not all leave at once."""
    window = _LAST_MINUTE - _FIRST_MINUTE
    step = window // count // _GRID * _GRID
    step = max(step, min(interval or _USUAL_INTERVAL, window // count))
    slack = window - step * (count - 1)
    # The golden section fills a stretch evenly, however many turns there are.
    start = _FIRST_MINUTE + turn * 618 % 1000 * slack // 1000 // _GRID * _GRID
    return [at_minute(start + step * number) for number in range(count)]


def operators() -> tuple[OperatorSpec, ...]:
    codes = _tax_codes(549_901_000, OPERATORS)
    return tuple(_operator(number, code) for number, code in enumerate(codes, start=1))


def _operator(number: int, tax_code: str) -> OperatorSpec:
    form, kind = ("HTX", "htx") if number % 2 else ("Công ty TNHH", "company")
    return OperatorSpec(
        code=f"BG{number:02}",
        name=f"{form} Vận tải Mẫu {number:02}",
        short_name=f"Mẫu {number:02}",
        kind=kind,
        tax_code=tax_code,
        address=f"Số {number}, phường Bắc Giang, tỉnh Bắc Ninh",
        phone=f"0204300{number:04}",
        signs_electronically=number <= OPERATORS // 4,
        sells_tickets=number <= OPERATORS * 3 // 4,
        is_bus=False,
    )


def _tax_codes(first: int, count: int) -> list[str]:
    numbers = (f"{first + offset:09}" for offset in range(count * 2))
    valid = (f"{nine}{digit}" for nine in numbers if (digit := check_digit(nine)) != _NO_CHECK_DIGIT)
    return list(islice(valid, count))


def routes(catalogue: Sequence[PublishedRoute]) -> tuple[RouteSpec, ...]:
    """What BX120 runs: the routes of *catalogue* that run, with slots, operators, coaches' classes and fares."""
    running = operated_routes(catalogue)
    shares = share_month([route.trips_operated or 0 for route in running])
    turn = cycle(f"BG{number:02}" for number in range(1, OPERATORS + 1))
    return tuple(
        _route(route, share, number, _distance(route, catalogue), [next(turn) for _ in range(_companies(share))])
        for number, (route, share) in enumerate(zip(running, shares, strict=True))
    )


def _companies(share: MonthlySlots) -> int:
    """A busy route has several operators."""
    return min(1 + share.count // 5, 4)


def _route(route: PublishedRoute, share: MonthlySlots, number: int, km: int, companies: Sequence[str]) -> RouteSpec:
    times = spread_times(share.count, route.min_interval_minutes, number)
    days = [frozenset[int]()] * share.daily + [share.some_days] * bool(share.some_days)
    slots = zip(times, cycle(companies), days, strict=False)
    far = route.destination
    return RouteSpec(
        station=STATION,
        code=route.code,
        name=route.name,
        kind=route.kind,
        destination=FarStation(far.ref, far.name, far.province),
        km=km,
        minutes=20 + km * 60 // 45,
        fare=_fare(km),
        layout=_layout(km, number),
        stops=(),
        slots=tuple(SlotSpec(at, company, some) for at, company, some in slots),
    )


def _distance(route: PublishedRoute, catalogue: Sequence[PublishedRoute]) -> int:
    """The published distance, or that of other ways to the same station."""
    if route.distance_km is not None:
        return route.distance_km
    same = [
        each.distance_km
        for each in catalogue
        if each.distance_km is not None and {each.origin, each.destination} == {route.origin, route.destination}
    ]
    return median_low(same) if same else _USUAL_KM


def _fare(km: int) -> int:
    """Invented: 900 đ a kilometre, 600 from the 300th on, in whole 5 000 đ."""
    amount = min(km, _LONG_KM) * 900 + max(km - _LONG_KM, 0) * 600
    return max(-(-amount // 5000) * 5000, 30_000)


def _layout(km: int, number: int) -> str:
    if km >= _LONG_KM:
        return "B40"
    return "S29" if km < _SHORT_KM or number % 3 else "S45"


def fleet(specs: Sequence[RouteSpec], *, today: date, seed: int = 98) -> Fleet:
    """Coaches and drivers for every slot: on a short route a coach runs several times a day."""
    chance = Random(seed)
    slots = [(route, slot_key(route, slot)) for route in specs for slot in route.slots]
    vehicles = [
        make_vehicle(
            f"98B{1100 + number:05}", kind="coach", operator=operator, layout=layout, today=today, chance=chance
        )
        for number, (layout, operator) in enumerate(_coaches(slots), start=1)
    ]
    drivers = [
        driver(
            5000 + number, operator=vehicle.operator, layout=vehicle.layout, is_old_licence=chance.random() * 10 < 6,
            is_expired=False, today=today, chance=chance,
        )
        for number, vehicle in enumerate(vehicles, start=1)
    ]  # fmt: skip
    ordered = sorted(slots, key=lambda pair: pair[1][2])
    return Fleet(tuple(vehicles), tuple(drivers), make_crews(ordered, vehicles, drivers))


def _coaches(slots: Sequence[tuple[RouteSpec, SlotKey]]) -> list[tuple[str, str]]:
    """(layout, operator) of each coach: two short runs, or one long one, for each coach a day."""
    places: list[tuple[str, str]] = []
    groups = sorted({(route.layout, key[3]) for route, key in slots})
    for layout, operator in groups:
        runs = [route.km for route, key in slots if (route.layout, key[3]) == (layout, operator)]
        halves = sum(1 if km < _SHORT_KM else 2 for km in runs)
        places += [(layout, operator)] * -(-halves // 2)
    return places
