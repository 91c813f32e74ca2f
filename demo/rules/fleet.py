"""Invented coaches, buses and drivers: enough of each class for every slot of the day, papers as they are in life.

Everything follows from a seed and from *today*, so that two machines show the same demonstration on the same day.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import cycle, islice
from random import Random

from demo.rules.people import driver
from demo.rules.specs import Crew, DocumentSpec, DriverSpec, Fleet, RouteSpec, SlotKey, VehicleSpec, slot_key

COACHES = {"S29": 60, "S16": 30, "S45": 12, "B40": 8}
BUSES = 30
DRIVERS = 160
EXPIRED_DOCUMENTS = 6
EXPIRING_DOCUMENTS = 10
EXPIRED_LICENCES = 5
_OLD_LICENCE_PERCENT = 60
_OLD_PLATES = 12
_OTHER_SERIES = 4
# In the book of inspection the driver's seat counts; a bed counts as a bed.
_FEE_PLACES = {"S16": (16, 0), "S29": (29, 0), "S35": (35, 0), "S45": (45, 0), "B40": (0, 40), "": (40, 0)}
_FEE_PLACES |= {"T24": (24, 0), "T40": (40, 0)}
_AT_THE_BAY = 45
_PLAYED_BEFORE = 35  # days
_BUS_BLOCKS = 7  # buses that run one line in turn
# The coach of the story in the domain notes: OP01 to Mỹ Đình, 06:55.
_STORY = ("HB01", "2829.0113.A", time(6, 55), "OP01")
_STORY_PLATE = "28B01005"


def hoa_binh_fleet(routes: Sequence[RouteSpec], *, today: date, seed: int = 28) -> Fleet:
    """About 110 coaches, 30 buses and 160 drivers; a coach of its own for every coach slot."""
    chance = Random(seed)
    slots = [(route, slot_key(route, slot)) for route in routes for slot in route.slots]
    coach_slots = [(route, key) for route, key in slots if route.kind != "bus"]
    places = _coach_places([(route.layout, key[3]) for route, key in coach_slots])
    plates = _plates(len(places), story=_place_of_story(coach_slots))
    coaches = [
        make_vehicle(plate, kind="coach", operator=operator, layout=layout, today=today, chance=chance)
        for plate, (layout, operator) in zip(plates, places, strict=True)
    ]
    bus_operators = sorted({key[3] for route, key in slots if route.kind == "bus"})
    buses = [
        make_vehicle(f"28B{500 + number:05}", kind="bus", operator=operator, layout="", today=today, chance=chance)
        for number, operator in enumerate(islice(cycle(bus_operators), BUSES), start=1)
    ]
    vehicles = _with_bad_papers([*coaches, *buses], today, chance)
    drivers = _drivers(vehicles, today, chance)
    return Fleet(tuple(vehicles), tuple(drivers), make_crews(slots, vehicles, drivers))


def _coach_places(slots: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(layout, operator) of each coach: one for each slot, the rest of each class dealt out in turn."""
    places = list(slots)
    operators = sorted({operator for _, operator in slots})
    turn = cycle(operators)
    for layout, count in COACHES.items():
        there = sum(place[0] == layout for place in slots)
        places += [(layout, next(turn)) for _ in range(count - there)]
    return places


def _place_of_story(slots: list[tuple[RouteSpec, SlotKey]]) -> int:
    return [key for _, key in slots].index(_STORY)


def _plates(count: int, *, story: int) -> list[str]:
    """28B-001.01 and on; the last ones with the older four digits or another series."""
    plates = [f"28B{100 + number:05}" for number in range(1, count + 1)]
    for back in range(1, _OLD_PLATES + 1):
        plates[-back] = f"28B{1200 + back * 7}"
    for back in range(_OLD_PLATES + 1, _OLD_PLATES + _OTHER_SERIES + 1):
        plates[-back] = f"28F{back * 11:05}"
    plates[story] = _STORY_PLATE
    return plates


def make_vehicle(plate: str, *, kind: str, operator: str, layout: str, today: date, chance: Random) -> VehicleSpec:
    first_used_on = today - timedelta(days=chance.randrange(300, 13 * 365))
    seats, beds = _FEE_PLACES[layout]
    return VehicleSpec(
        plate=plate, kind=kind, operator=operator, layout=layout, fee_seats=seats, fee_beds=beds,
        first_used_on=first_used_on, documents=_vehicle_papers(plate, first_used_on, today, chance),
    )  # fmt: skip


def _vehicle_papers(plate: str, first_used_on: date, today: date, chance: Random) -> tuple[DocumentSpec, ...]:
    def paper(kind: str, prefix: str, days: int) -> DocumentSpec:
        # Each has begun before the month that may be played before today.
        until = today + timedelta(days=chance.randrange(65, days - _PLAYED_BEFORE))
        return DocumentSpec(kind, f"{prefix}-{plate[3:]}", until - timedelta(days=days), until)

    return (
        DocumentSpec("registration", f"DK-{plate}", first_used_on, None),
        paper("inspection", "KD", 182),
        paper("insurance", "BH", 365),
        paper("badge", "PH", 7 * 365),
    )


def join(*fleets: Fleet) -> Fleet:
    """Several fleets as one."""
    return Fleet(
        vehicles=tuple(vehicle for fleet in fleets for vehicle in fleet.vehicles),
        drivers=tuple(driver for fleet in fleets for driver in fleet.drivers),
        crews={key: crew for fleet in fleets for key, crew in fleet.crews.items()},
    )


def _with_bad_papers(vehicles: list[VehicleSpec], today: date, chance: Random) -> list[VehicleSpec]:
    """Six coaches with a paper that has run out, ten with one that will within 15 days; never the two operators of
    the electronic day, whose story goes well."""
    ordinary = [
        number for number, each in enumerate(vehicles) if each.kind == "coach" and each.operator not in {"OP01", "OP02"}
    ]
    unlucky = chance.sample(ordinary, EXPIRED_DOCUMENTS + EXPIRING_DOCUMENTS)
    changed = list(vehicles)
    for turn, number in enumerate(unlucky):
        is_expired = turn < EXPIRED_DOCUMENTS
        days = -chance.randrange(1, 30) if is_expired else chance.randrange(1, 16)
        changed[number] = _ending(vehicles[number], 1 + turn % 3, today + timedelta(days=days))
    return changed


def _ending(vehicle: VehicleSpec, which: int, until: date) -> VehicleSpec:
    papers = list(vehicle.documents)
    old = papers[which]
    valid_from = min(old.valid_from, until - timedelta(days=180))
    papers[which] = DocumentSpec(old.kind, old.number, valid_from, until)
    return VehicleSpec(
        vehicle.plate, vehicle.kind, vehicle.operator, vehicle.layout, vehicle.fee_seats, vehicle.fee_beds,
        vehicle.first_used_on, tuple(papers),
    )  # fmt: skip


def _drivers(vehicles: Sequence[VehicleSpec], today: date, chance: Random) -> list[DriverSpec]:
    """One for each vehicle in turn, the rest as second men of those with the longest routes first."""
    sleepers = [vehicle for vehicle in vehicles if vehicle.layout == "B40"]
    homes = [*vehicles, *islice(cycle([*sleepers, *vehicles]), DRIVERS - len(vehicles))]
    kinds = _shuffled(DRIVERS * _OLD_LICENCE_PERCENT // 100, DRIVERS, chance)
    good = [number for number, home in enumerate(homes) if home.operator not in {"OP01", "OP02"}]
    expired = set(chance.sample(good, EXPIRED_LICENCES))
    return [
        driver(
            number + 1, operator=home.operator, layout=home.layout, is_old_licence=is_old,
            is_expired=number in expired, today=today, chance=chance,
        )
        for number, (home, is_old) in enumerate(zip(homes, kinds, strict=True))
    ]  # fmt: skip


def _shuffled(yes: int, count: int, chance: Random) -> list[bool]:
    kinds = [number < yes for number in range(count)]
    chance.shuffle(kinds)
    return kinds


def make_crews(
    slots: list[tuple[RouteSpec, SlotKey]], vehicles: Sequence[VehicleSpec], drivers: Sequence[DriverSpec]
) -> dict[SlotKey, Crew]:
    """A coach of the operator's right class that has not run yet, else one that is back; buses take turns."""
    pairs = list(zip(vehicles, drivers, strict=False))
    pools: dict[tuple[str, str], deque[tuple[VehicleSpec, DriverSpec]]] = {}
    busy: dict[str, list[tuple[int, int]]] = defaultdict(list)
    crews: dict[SlotKey, Crew] = {}
    for route, key in slots:
        group = (key[3], route.layout)
        if group not in pools:
            mine = [pair for pair in pairs if (pair[0].operator, pair[0].layout) == group]
            pools[group] = deque(mine[: _BUS_BLOCKS * 2] if route.kind == "bus" else mine)
        run = _run(route, key)
        vehicle, man = _next_free(pools[group], busy, run)
        busy[vehicle.plate].append(run)
        crews[key] = Crew(vehicle.plate, man.id_number)
    return crews


def _run(route: RouteSpec, key: SlotKey) -> tuple[int, int]:
    """Minutes of the day in which a coach is taken by one slot: at its bay, on the road and back."""
    departs = key[2].hour * 60 + key[2].minute
    return departs - _AT_THE_BAY, departs + 2 * route.minutes


def _next_free(
    pool: deque[tuple[VehicleSpec, DriverSpec]], busy: dict[str, list[tuple[int, int]]], run: tuple[int, int]
) -> tuple[VehicleSpec, DriverSpec]:
    """The next of *pool* that nothing keeps during *run*; the next at all when everything is on the road."""
    for _turn in range(len(pool)):
        vehicle = pool[0][0]
        pool.rotate(-1)
        if all(end <= run[0] or run[1] <= start for start, end in busy[vehicle.plate]):
            return pool[-1]
    pool.rotate(-1)
    return pool[-1]
