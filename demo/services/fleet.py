"""Vehicles and drivers of the demonstration, with their papers."""

from collections.abc import Iterable

from demo.rules.specs import DocumentSpec, DriverSpec, Fleet, VehicleSpec
from demo.services.network import Operators, Usual
from station.enums import DocumentKind
from station.models import Driver, SeatMap, Vehicle
from station.services.master_data import Paper, register_drivers, register_vehicles


def register_fleet(fleet: Fleet, operators: Operators, maps: dict[str, SeatMap]) -> Usual:
    """Vehicles and drivers, and who of them runs which slot as a rule."""
    entered = register_vehicles((_vehicle(spec, operators, maps), _papers(spec.documents)) for spec in fleet.vehicles)
    vehicles = {vehicle.plate: vehicle for vehicle in entered}
    people = register_drivers((_driver(spec, operators), _papers(spec.documents)) for spec in fleet.drivers)
    drivers = {person.id_number: person for person in people}
    return {key: (vehicles[crew.plate], drivers[crew.driver_id]) for key, crew in fleet.crews.items()}


def _vehicle(spec: VehicleSpec, operators: Operators, maps: dict[str, SeatMap]) -> Vehicle:
    return Vehicle(
        plate=spec.plate, kind=spec.kind, operator=operators[spec.operator], seat_map=maps.get(spec.layout),
        fee_seats=spec.fee_seats, fee_beds=spec.fee_beds, first_used_on=spec.first_used_on,
    )  # fmt: skip


def _driver(spec: DriverSpec, operators: Operators) -> Driver:
    return Driver(
        full_name=spec.full_name, operator=operators[spec.operator], birth_on=spec.birth_on,
        id_number=spec.id_number, phone=spec.phone, licence_class=spec.licence_class,
        licence_regime=spec.licence_regime,
    )  # fmt: skip


def _papers(specs: Iterable[DocumentSpec]) -> list[Paper]:
    return [Paper(DocumentKind(spec.kind), spec.number, spec.valid_from, spec.valid_until) for spec in specs]
