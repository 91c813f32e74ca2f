"""What load_demo asks the services for, as values."""

from dataclasses import dataclass
from datetime import date, time

from station.rules.catalogue import station_code


@dataclass(frozen=True, slots=True)
class FarStation:
    """The other end of a route; the same code as the catalogue's import would give it."""

    ref: str
    name: str
    province: str
    kind: str = "coach"  # or port

    @property
    def code(self) -> str:
        return station_code(self.ref, self.name, self.province)


@dataclass(frozen=True, slots=True)
class StopSpec:
    """A place between the ends of a route, counted from the station that sells."""

    name: str
    km: int
    minutes: int


@dataclass(frozen=True, slots=True)
class SlotSpec:
    departs_at: time
    operator: str
    days_of_month: frozenset[int] = frozenset()  # empty = every day


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """A route as one of our stations runs it, with its slots there."""

    station: str
    code: str
    name: str
    kind: str
    destination: FarStation
    km: int
    minutes: int
    fare: int  # đồng, from end to end
    layout: str  # empty for a bus
    stops: tuple[StopSpec, ...]  # between the ends
    slots: tuple[SlotSpec, ...]

    @property
    def operators(self) -> list[str]:
        return sorted({slot.operator for slot in self.slots})


@dataclass(frozen=True, slots=True)
class OperatorSpec:
    code: str
    name: str
    short_name: str
    kind: str
    tax_code: str
    address: str
    phone: str
    signs_electronically: bool
    sells_tickets: bool  # by the station, in commission
    is_bus: bool


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    kind: str
    number: str
    valid_from: date
    valid_until: date | None  # exclusive


@dataclass(frozen=True, slots=True)
class VehicleSpec:
    plate: str
    kind: str
    operator: str
    layout: str  # empty for a bus
    fee_seats: int
    fee_beds: int
    first_used_on: date
    documents: tuple[DocumentSpec, ...]


@dataclass(frozen=True, slots=True)
class DriverSpec:
    full_name: str
    operator: str
    birth_on: date
    id_number: str
    phone: str
    licence_class: str
    licence_regime: str
    documents: tuple[DocumentSpec, ...]


@dataclass(frozen=True, slots=True)
class Crew:
    """Which coach and which driver run one slot of today."""

    plate: str
    driver_id: str


# A slot of the demonstration: station, route code, time, operator.
SlotKey = tuple[str, str, time, str]


@dataclass(frozen=True, slots=True)
class Fleet:
    vehicles: tuple[VehicleSpec, ...]
    drivers: tuple[DriverSpec, ...]
    crews: dict[SlotKey, Crew]


def slot_key(route: RouteSpec, slot: SlotSpec) -> SlotKey:
    return route.station, route.code, slot.departs_at, slot.operator
