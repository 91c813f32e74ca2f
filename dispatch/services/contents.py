"""What an order says, taken down when it is drawn up: later changes of master data do not reach it."""

from datetime import datetime

from dispatch.enums import OrderSource
from dispatch.models import DispatchOrder
from station import clock
from station.models import Departure, Driver, User


def contents_of(departure: Departure, order: DispatchOrder, by: User | None, now: datetime) -> dict[str, object]:
    """Every box of the paper form (TT 12/2020 PL 6) that is filled before the run."""
    route, vehicle = departure.route, departure.vehicle
    if vehicle is None or departure.driver is None:
        raise ValueError("an order needs a vehicle and a driver")
    return {
        "number": order.number,
        "source": order.source,
        "form_version": order.form_version,
        "paper": _paper(order, by, now),
        "operator": {
            "name": departure.operator.name,
            "tax_code": departure.operator.tax_code,
            "phone": departure.operator.phone,
            "address": departure.operator.address,
        },
        "issued": {"place": departure.station.province_current, "on": clock.local_day(now).isoformat()},
        "valid": {"from": order.valid_from.isoformat(), "until": order.valid_until.isoformat()},
        "drivers": [_driver(driver) for driver in (departure.driver, departure.second_driver) if driver],
        "vehicle": {
            "plate": vehicle.plate,
            "seats": vehicle.fee_seats,
            "beds": vehicle.fee_beds,
            "type": vehicle.brand or (departure.seat_map.name if departure.seat_map else ""),
        },
        "route": {
            "code": route.code,
            "code_old": route.code_old,
            "name": route.name,
            "kind": route.kind,
            "origin": route.origin.name,
            "destination": route.destination.name,
            "itinerary": route.itinerary,
        },
        "legs": [_leg(departure)],
    }


def _paper(order: DispatchOrder, by: User | None, now: datetime) -> dict[str, str] | None:
    """Whose hand copied which sheet, and when (Law on E-transactions Art. 12: conversion of a paper)."""
    if order.source != OrderSource.PAPER:
        return None
    at = clock.local(now).isoformat(timespec="seconds")
    return {"number": order.paper_number, "entered_by": by.full_name if by else "", "entered_at": at}


def _driver(driver: Driver) -> dict[str, str]:
    return {"name": driver.full_name, "licence_class": driver.licence_class}


def _leg(departure: Departure) -> dict[str, str]:
    ends = [departure.route.origin.name, departure.route.destination.name]
    far = next((name for name in ends if name != departure.station.name), ends[-1])
    return {
        "direction": departure.direction,
        "from": departure.station.name,
        "to": far,
        "planned_at": clock.local(departure.planned_at).isoformat(),
    }
