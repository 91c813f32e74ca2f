"""Entering the facts a station runs on: each is checked whole before it is written.

Raises ValidationError, which says what is wrong. Master data keeps its own history (django-pghistory), so nothing
is journalled here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from station.enums import Direction, DocumentKind
from station.models import (
    Bay,
    Contract,
    Counter,
    Document,
    Driver,
    Membership,
    Notice,
    Operator,
    Route,
    RouteStop,
    Seat,
    SeatMap,
    ServiceSlot,
    ShiftTemplate,
    Station,
    User,
    Vehicle,
)
from station.rules import plates
from station.rules.seat_maps import Layout
from station.rules.vietnamese import search_key

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class StopLine:
    """One stop of a route as it is entered; the first is the origin."""

    name: str
    km: int
    minutes: int
    station: Station | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of a vehicle or a driver as it is entered; `valid_until` is exclusive."""

    kind: DocumentKind
    number: str
    valid_from: date
    valid_until: date | None


def enter(row: Row) -> Row:
    """Check *row* whole, constraints included, and write it."""
    row.full_clean()
    row.save()
    return row


def enter_all(rows: Sequence[Row]) -> list[Row]:
    """Many new rows of one kind, all or none: each is checked by itself here, and against the others by the database.

    A file of a thousand rows would else ask the database several questions for each of them.
    """
    for row in rows:
        # That a row points to something that is there is also a thing the database knows.
        row.clean_fields(exclude=[field.name for field in row._meta.concrete_fields if field.is_relation])
        row.clean()
    if not rows:
        return []
    try:
        with transaction.atomic():
            return type(rows[0])._default_manager.bulk_create(rows)
    except IntegrityError as refusal:
        raise _in_words(rows, refusal) from refusal


def _in_words(rows: Sequence[Model], refusal: IntegrityError) -> ValidationError:
    """Which row of *rows* the database refused, found by asking it about one after another."""
    for row in rows:
        try:
            with transaction.atomic():
                row.full_clean()
        except ValidationError as error:
            return error
    # None is wrong by itself: two of them are the same.
    return ValidationError(str(refusal).splitlines()[0])


def register_station(station: Station) -> Station:
    station.search_key = search_key(station.name)
    return enter(station)


def register_bays(station: Station, bays: Iterable[tuple[str, str, str]]) -> list[Bay]:
    """Bays as (code, kind, area), in the order of the board."""
    return enter_all(
        [
            Bay(station=station, code=code, kind=kind, area=area, position=position)
            for position, (code, kind, area) in enumerate(bays, start=1)
        ]
    )


def register_counter(station: Station, code: str, name: str) -> Counter:
    return enter(Counter(station=station, code=code, name=name))


def register_shift_template(station: Station, name: str, starts_at: time, ends_at: time) -> ShiftTemplate:
    return enter(ShiftTemplate(station=station, name=name, starts_at=starts_at, ends_at=ends_at))


def register_operator(operator: Operator) -> Operator:
    operator.search_key = search_key(f"{operator.code} {operator.name}")
    return enter(operator)


def agree_contract(contract: Contract) -> Contract:
    return enter(contract)


@transaction.atomic
def register_seat_map(layout: Layout) -> SeatMap:
    """A layout becomes a map with its seats; it is never edited afterwards."""
    seat_map = enter(SeatMap(code=layout.code, name=layout.name, decks=layout.decks))
    Seat.objects.bulk_create(
        Seat(
            seat_map=seat_map, ordinal=cell.ordinal, label=cell.label, kind=cell.kind,
            deck=cell.deck, row=cell.row, column=cell.column, is_priority=cell.is_priority,
        )
        for cell in layout.cells
    )  # fmt: skip
    return seat_map


def register_vehicle(vehicle: Vehicle, papers: Sequence[Paper] = ()) -> Vehicle:
    return register_vehicles([(vehicle, papers)])[0]


@transaction.atomic
def register_vehicles(fleet: Iterable[tuple[Vehicle, Sequence[Paper]]]) -> list[Vehicle]:
    """Vehicles with their papers, all or none."""
    entries = list(fleet)
    for vehicle, _papers in entries:
        vehicle.plate = plates.normalise(vehicle.plate)
    vehicles = enter_all([vehicle for vehicle, _papers in entries])
    enter_all([_document(paper, vehicle=vehicle) for vehicle, papers in entries for paper in papers])
    return vehicles


def register_driver(driver: Driver, papers: Sequence[Paper] = ()) -> Driver:
    return register_drivers([(driver, papers)])[0]


@transaction.atomic
def register_drivers(crew: Iterable[tuple[Driver, Sequence[Paper]]]) -> list[Driver]:
    """Drivers with their papers, all or none."""
    entries = list(crew)
    for driver, _papers in entries:
        driver.search_key = search_key(driver.full_name)
    drivers = enter_all([driver for driver, _papers in entries])
    enter_all([_document(paper, driver=driver) for driver, papers in entries for paper in papers])
    return drivers


@transaction.atomic
def register_route(route: Route, stops: Sequence[StopLine]) -> Route:
    """A route with its stops in order, at least origin and destination unless it is a bus line without fares."""
    route.search_key = route_search_key(route)
    enter(route)
    register_stops(route, stops)
    return route


def route_search_key(route: Route) -> str:
    """Both codes and the name: what `selectors.routes.routes_matching` looks into."""
    return search_key(f"{route.code} {route.code_old} {route.name}")


@transaction.atomic
def register_stops(route: Route, stops: Sequence[StopLine]) -> None:
    """The stops of a route that has none, from origin to destination; they are never renumbered afterwards."""
    enter_all(
        [
            RouteStop(
                route=route, position=position, name=stop.name, station=stop.station,
                km=stop.km, minutes=stop.minutes, search_key=search_key(stop.name),
            )
            for position, stop in enumerate(stops)
        ]
    )  # fmt: skip


def complete_route(route: Route, *, distance_km: int, duration_minutes: int) -> Route:
    """Enter what the published catalogue does not say, or says wrongly."""
    route.distance_km, route.duration_minutes = distance_km, duration_minutes
    return enter(route)


def register_notice(notice: Notice) -> Notice:
    return enter(notice)


def register_slots(
    notice: Notice, station: Station, times: Iterable[time], *, seat_map: SeatMap | None, valid_from: date
) -> list[ServiceSlot]:
    """Daily slots of one notice from *station*, out of it along the route or back."""
    return [
        register_slot(notice, station, departs_at, seat_map=seat_map, valid_from=valid_from) for departs_at in times
    ]


def register_slot(
    notice: Notice,
    station: Station,
    departs_at: time,
    *,
    seat_map: SeatMap | None,
    valid_from: date,
    days_of_month: Iterable[int] = (),
) -> ServiceSlot:
    """One slot from *station*, out of it along the route or back; without *days_of_month* it runs every day."""
    direction = Direction.OUT if notice.route.origin_id == station.pk else Direction.BACK
    slot = ServiceSlot(
        notice=notice, station=station, direction=direction, departs_at=departs_at,
        days_of_month=sorted(days_of_month), valid_from=valid_from, seat_map=seat_map,
    )  # fmt: skip
    return enter(slot)


@transaction.atomic
def register_person(user: User, *, password: str, places: Iterable[tuple[Station, str]], now: datetime) -> User:
    """A person with a log-in, and the roles held at stations from *now* on."""
    user.set_password(password)
    enter(user)
    for station, role in places:
        enter(Membership(user=user, station=station, role=role, valid_from=now))
    return user


def _document(paper: Paper, *, vehicle: Vehicle | None = None, driver: Driver | None = None) -> Document:
    return Document(
        kind=paper.kind, vehicle=vehicle, driver=driver, number=paper.number,
        valid_from=paper.valid_from, valid_until=paper.valid_until,
    )  # fmt: skip
