"""Vehicles and drivers of the demonstration, with their papers."""

from collections.abc import Iterable

from demo.rules.specs import DocumentSpec, DriverSpec, Fleet, VehicleSpec
from demo.services.network import Operators
from station.enums import DocumentKind
from station.models import Driver, SeatMap, Vehicle
from station.services.master_data import Paper, register_driver, register_vehicle


def register_fleet(fleet: Fleet, operators: Operators, maps: dict[str, SeatMap]) -> None:
    for vehicle in fleet.vehicles:
        _vehicle(vehicle, operators, maps)
    for driver in fleet.drivers:
        _driver(driver, operators)


def _vehicle(spec: VehicleSpec, operators: Operators, maps: dict[str, SeatMap]) -> None:
    register_vehicle(
        Vehicle(
            plate=spec.plate, kind=spec.kind, operator=operators[spec.operator], seat_map=maps.get(spec.layout),
            fee_seats=spec.fee_seats, fee_beds=spec.fee_beds, first_used_on=spec.first_used_on,
        ),
        _papers(spec.documents),
    )  # fmt: skip


def _driver(spec: DriverSpec, operators: Operators) -> None:
    register_driver(
        Driver(
            full_name=spec.full_name, operator=operators[spec.operator], birth_on=spec.birth_on,
            id_number=spec.id_number, phone=spec.phone, licence_class=spec.licence_class,
            licence_regime=spec.licence_regime,
        ),
        _papers(spec.documents),
    )  # fmt: skip


def _papers(specs: Iterable[DocumentSpec]) -> list[Paper]:
    return [Paper(DocumentKind(spec.kind), spec.number, spec.valid_from, spec.valid_until) for spec in specs]
