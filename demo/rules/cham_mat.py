"""The second station, Chăm Mát: four bus lines of its own beside its six coaches."""

from datetime import date
from itertools import cycle, islice
from random import Random

from demo.rules.data import load
from demo.rules.fleet import make_crews, make_vehicle
from demo.rules.network import bus_line, clock, spread
from demo.rules.people import driver
from demo.rules.specs import Fleet, RouteSpec, slot_key

STATION = "HB02"
BUSES = 16
_FIRST_DRIVER = 201
_FIRST_PLATE = 601


def bus_lines() -> tuple[RouteSpec, ...]:
    """Spread over the day, the busy lines every half hour."""
    network = load("network")
    buses = network["cham_mat_buses"]
    first, last = clock(buses["first"]), clock(buses["last"])
    return tuple(
        bus_line(
            row, spread(first, last, row["departures"]), network["bus_fare"], station=STATION, station_name="Chăm Mát"
        )
        for row in buses["lines"]
    )


def bus_fleet(*, today: date, seed: int = 2) -> Fleet:
    """Sixteen buses of the two bus operators, each with its driver; they run the lines in turn."""
    chance = Random(seed)
    slots = [(line, slot_key(line, slot)) for line in bus_lines() for slot in line.slots]
    slots.sort(key=lambda pair: pair[1][2])
    owners = islice(cycle(sorted({key[3] for _, key in slots})), BUSES)
    buses = [
        make_vehicle(
            f"28B{_FIRST_PLATE + number:05}", kind="bus", operator=owner, layout="", today=today, chance=chance
        )
        for number, owner in enumerate(owners)
    ]
    drivers = [
        driver(
            _FIRST_DRIVER + number, operator=bus.operator, layout="", is_old_licence=number % 2 == 0, is_expired=False,
            today=today, chance=chance,
        )
        for number, bus in enumerate(buses)
    ]  # fmt: skip
    return Fleet(tuple(buses), tuple(drivers), make_crews(slots, buses, drivers))
