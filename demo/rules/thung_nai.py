"""The port Thung Nai on the lake: five boat routes with 15 departures a day, four invented operators, 12 boats."""

from datetime import date
from random import Random
from typing import Any

from demo.rules.data import load
from demo.rules.fleet import make_crews, make_vehicle
from demo.rules.network import clock, legal_kind, short_name, stops_between
from demo.rules.people import captain
from demo.rules.specs import DocumentSpec, FarStation, Fleet, OperatorSpec, RouteSpec, SlotSpec, VehicleSpec, slot_key

STATION = "HB03"
_FIRST_CAPTAIN = 301
# What was registered before the provinces were merged keeps its letters; the newest bear today's.
_OLD_REGISTER = 9
_BUILT_SINCE = date(2025, 7, 1)


def operators() -> tuple[OperatorSpec, ...]:
    return tuple(_operator(number, row) for number, row in enumerate(load("thung_nai")["operators"], start=1))


def _operator(number: int, row: dict[str, Any]) -> OperatorSpec:
    return OperatorSpec(
        code=row["code"],
        name=row["name"],
        short_name=short_name(row["name"]),
        kind=legal_kind(row["kind"]),
        tax_code=row["tax_code"],
        address=f"Số {number}, xã Thung Nai, tỉnh Phú Thọ",
        phone=f"0218303{number:04}",
        signs_electronically=False,
        sells_tickets=True,
        is_bus=False,
    )


def routes() -> tuple[RouteSpec, ...]:
    return tuple(_route(row) for row in load("thung_nai")["routes"])


def _route(row: dict[str, Any]) -> RouteSpec:
    return RouteSpec(
        station=STATION,
        code=row["code"],
        name=f"Thung Nai – {row['name']}",
        kind="boat",
        destination=FarStation("", row["pier"], "Hoà Bình", kind="port"),
        km=row["km"],
        minutes=row["minutes"],
        fare=row["fare"],
        layout=row["layout"],
        stops=stops_between(row["stops"], row["km"], row["minutes"]),
        slots=tuple(SlotSpec(clock(text), operator) for text, operator in row["slots"]),
    )


def fleet(*, today: date, seed: int = 3) -> Fleet:
    """Twelve boats, each with its captain; a boat is back before it leaves again."""
    chance = Random(seed)
    places = [(operator, layout) for operator, layout, count in load("thung_nai")["boats"] for _ in range(count)]
    boats = [_boat(number, *place, today, chance) for number, place in enumerate(places, start=1)]
    captains = [
        captain(_FIRST_CAPTAIN + number, operator=boat.operator, today=today, chance=chance)
        for number, boat in enumerate(boats)
    ]
    slots = [(route, slot_key(route, slot)) for route in routes() for slot in route.slots]
    slots.sort(key=lambda pair: pair[1][2])
    return Fleet(tuple(boats), tuple(captains), make_crews(slots, boats, captains))


def _boat(number: int, operator: str, layout: str, today: date, chance: Random) -> VehicleSpec:
    is_old = number <= _OLD_REGISTER
    plate = f"HB{300 + 17 * number:04}" if is_old else f"PT{4000 + 13 * number:04}"
    boat = make_vehicle(plate, kind="boat", operator=operator, layout=layout, today=today, chance=chance)
    first_used_on = boat.first_used_on if is_old else max(boat.first_used_on, min(_BUILT_SINCE, today))
    # A boat has a register, an inspection and an insurance; route badges are for the road.
    papers = [paper for paper in boat.documents if paper.kind != "badge"]
    papers[0] = DocumentSpec("registration", f"DK-{plate}", first_used_on, None)
    return VehicleSpec(
        plate=plate, kind=boat.kind, operator=operator, layout=layout, fee_seats=boat.fee_seats, fee_beds=0,
        first_used_on=first_used_on, documents=tuple(papers),
    )  # fmt: skip
