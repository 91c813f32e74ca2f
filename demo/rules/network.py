"""Hoà Bình at its own scale: 35 operators, 21 coach routes with 80 departures a day, four bus lines with 220."""

from datetime import time
from typing import Any

from demo.rules.data import load
from demo.rules.specs import FarStation, OperatorSpec, RouteSpec, SlotSpec, StopSpec

_KINDS = {"HTX": "htx", "company": "company"}
_LEGAL_FORMS = ("Công ty TNHH ", "Công ty CP ", "HTX ")
_TRADES = (
    "Dịch vụ vận tải ", "Vận tải thủy ", "Vận tải ", "Du lịch ", "Xe khách ", "Xe buýt ", "Tàu khách ", "Tàu du lịch ",
    "Du thuyền ",
)  # fmt: skip
_DISTRICTS = (
    "phường Hoà Bình", "xã Đà Bắc", "xã Lương Sơn", "xã Kim Bôi", "xã Cao Phong", "xã Tân Lạc", "xã Mai Châu",
    "xã Lạc Sơn", "xã Yên Thuỷ", "xã Lạc Thuỷ",
)  # fmt: skip
_MINUTES_PER_HOUR = 60


def operators() -> tuple[OperatorSpec, ...]:
    rows = load("hoa_binh")["operators"]
    return tuple(_operator(number, row) for number, row in enumerate(rows, start=1))


def coach_routes() -> tuple[RouteSpec, ...]:
    """From Trung tâm Hoà Bình, 80 slots."""
    more = {row["key"]: row for row in load("network")["routes"]}
    return tuple(_coach_route(row, more[row["key"]]) for row in load("hoa_binh")["routes"])


def bus_lines() -> tuple[RouteSpec, ...]:
    """From Trung tâm Hoà Bình, 55 slots a line from 05:30 to 18:30."""
    network = load("network")
    times = spread(clock(network["bus_first"]), clock(network["bus_last"]), network["bus_departures"])
    return tuple(
        bus_line(row, times, network["bus_fare"], station="HB01", station_name="Trung tâm Hoà Bình")
        for row in network["bus_lines"]
    )


def second_station_routes() -> tuple[RouteSpec, ...]:
    """From Chăm Mát, six slots."""
    return tuple(_second_station_route(row) for row in load("network")["cham_mat"])


def hoa_binh_routes() -> tuple[RouteSpec, ...]:
    return coach_routes() + second_station_routes() + bus_lines()


def clock(text: str) -> time:
    return time.fromisoformat(text)


def spread(first: time, last: time, count: int) -> list[time]:
    """*count* times from *first* to *last*, both included, as evenly as whole minutes allow."""
    start, end = _minutes(first), _minutes(last)
    return [at_minute(start + (end - start) * number // (count - 1)) for number in range(count)]


def at_minute(minute: int) -> time:
    return time(minute // _MINUTES_PER_HOUR, minute % _MINUTES_PER_HOUR)


def _minutes(at: time) -> int:
    return at.hour * _MINUTES_PER_HOUR + at.minute


def _operator(number: int, row: dict[str, Any]) -> OperatorSpec:
    return OperatorSpec(
        code=row["code"],
        name=row["name"],
        short_name=short_name(row["name"]),
        kind=legal_kind(row["kind"]),
        tax_code=row["tax_code"],
        address=f"Số {number}, {_DISTRICTS[number % len(_DISTRICTS)]}, tỉnh Phú Thọ",
        phone=f"0218300{number:04}",
        signs_electronically=row["e_sign"],
        sells_tickets=row["ticket_delegated"],
        is_bus=row["bus"],
    )


def legal_kind(word: str) -> str:
    return _KINDS[word]


def short_name(name: str) -> str:
    """Without legal form and trade: `HTX Vận tải Sông Bờ` → `Sông Bờ`."""
    for words in (_LEGAL_FORMS, _TRADES):
        name = next((name.removeprefix(word) for word in words if name.startswith(word)), name)
    return name


def stops_between(rows: list[dict[str, Any]], km: int, minutes: int) -> tuple[StopSpec, ...]:
    return tuple(StopSpec(row["name"], row["km"], row["km"] * minutes // km) for row in rows)


def _coach_route(row: dict[str, Any], more: dict[str, Any]) -> RouteSpec:
    pairs = zip(row["slots"], more["operators"], strict=True)
    return RouteSpec(
        station="HB01",
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        destination=FarStation(more["ref"], more["destination"], more["province"]),
        km=row["km"],
        minutes=row["minutes"],
        fare=row["fare"],
        layout=row["vehicle_class"],
        stops=stops_between(more["stops"], row["km"], row["minutes"]),
        slots=tuple(SlotSpec(clock(text), operator) for text, operator in pairs),
    )


def _second_station_route(row: dict[str, Any]) -> RouteSpec:
    return RouteSpec(
        station="HB02",
        code=row["code"],
        name=f"Chăm Mát – {row['name']}",
        kind="intra",
        destination=FarStation(row["ref"], row["name"], row["province"]),
        km=row["km"],
        minutes=row["minutes"],
        fare=row["fare"],
        layout=row["vehicle_class"],
        stops=stops_between(row["stops"], row["km"], row["minutes"]),
        slots=tuple(SlotSpec(clock(text), row["operator"]) for text in row["slots"]),
    )


def bus_line(row: dict[str, Any], times: list[time], fare: int, *, station: str, station_name: str) -> RouteSpec:
    return RouteSpec(
        station=station,
        code=row["code"],
        name=f"{station_name} – {row['destination']} ({row['code']})",
        kind="bus",
        destination=FarStation("", f"Điểm cuối buýt {row['destination']}", "Hoà Bình"),
        km=row["km"],
        minutes=row["minutes"],
        fare=fare,
        layout="",
        stops=stops_between(row["stops"], row["km"], row["minutes"]),
        slots=tuple(SlotSpec(at, row["operator"]) for at in times),
    )
