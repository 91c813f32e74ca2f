"""The day's departures: planned from slots, given a vehicle, told how far they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from station.clock import STATION_TIME, local, local_day
from station.enums import DepartureState, Milestone, RouteKind, VisitState
from station.errors import DepartureNotOpen, NoBay, NotInYard, TooEarlyToBoard, WrongDriver, WrongVehicle
from station.models import BayBooking, Departure, Driver, ServiceSlot, Station, User, Vehicle, YardVisit
from station.models.journal import record
from station.models.locks import lock
from station.rules import plates
from station.selectors import departures as selectors
from station.selectors.bays import occupation_of
from station.services import outbox

DAYS_AHEAD = 2
_REACHED_AT = {Milestone.ORDER_ISSUED: "order_issued_at", Milestone.EXIT_CONFIRMED: "exit_confirmed_at"}


_CREW = ("vehicle", "driver", "seat_map")


@dataclass(frozen=True, slots=True)
class Crew:
    """Who runs a departure, as primary keys; the driver may not be known yet."""

    vehicle_id: int
    driver_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """How many departures a plan made, and how many were there before."""

    created: int
    kept: int


@transaction.atomic
def plan_day(*, station: Station, day: date, now: datetime, sold_ahead: int = 0) -> PlanOutcome:
    """Make the departures of *day* from the slots that run on it; a second run makes nothing.

    With *sold_ahead* only those of routes that are sold at least so many days before.
    """
    running = selectors.slots_running_on(station, day)
    slots = [slot for slot in running if (slot.notice.route.sale_days_ahead or 0) >= sold_ahead]
    there = selectors.planned_slots(slots, day)
    missing = [slot for slot in slots if slot.pk not in there]
    sold = selectors.operators_sold_on(station, day)
    # Another planner may be at it: the unique slot and day decides, row by row.
    Departure.objects.bulk_create([_departure_of(slot, day, sold) for slot in missing], ignore_conflicts=True)
    if missing:
        facts = {"day": day, "created": len(missing)}
        record(action="day_planned", obj=f"station:{station.pk}", station_id=station.pk, by=None, now=now, facts=facts)
        tell_boards([station], now=now)
    return PlanOutcome(created=len(missing), kept=len(there))


@transaction.atomic
def unplan(*, station: Station, slots: Collection[int], since: datetime, by: User | None, now: datetime) -> int:
    """A timetable changed: take out what was planned for *slots* (ids) from *since* on and nobody touched; how many.

    Whoever has a ticket, an order or a coach in the yard keeps its departure.
    """
    planned = Departure.objects.filter(station=station, slot__in=slots, planned_at__gte=since)
    locked = [departure.pk for departure in lock(selectors.untouched(planned))]
    # Once more under the lock: somebody may have sold a seat meanwhile.
    still = selectors.untouched(Departure.objects.filter(pk__in=locked))
    gone = list(still.order_by("pk").values_list("pk", flat=True))
    if gone:
        BayBooking.objects.filter(departure__in=gone).delete()
        Departure.objects.filter(pk__in=gone).delete()
        facts = {"since": since, "departures": gone}
        name = f"station:{station.pk}"
        record(action="departures_unplanned", obj=name, station_id=station.pk, by=by, now=now, facts=facts)
        tell_boards([station], now=now)
    return len(gone)


def plan_ahead(*, now: datetime) -> None:
    """Today and tomorrow at every station of ours, each day in a transaction of its own; and further ahead what is
    sold earlier."""
    for station in Station.objects.filter(is_ours=True).order_by("pk"):
        for days in range(max(DAYS_AHEAD, selectors.days_sold_ahead(station) + 1)):
            day = local_day(now) + timedelta(days=days)
            plan_day(station=station, day=day, now=now, sold_ahead=days if days >= DAYS_AHEAD else 0)


def _departure_of(slot: ServiceSlot, day: date, sold: frozenset[int]) -> Departure:
    notice = slot.notice
    return Departure(
        station_id=slot.station_id,
        slot=slot,
        route=notice.route,
        direction=slot.direction,
        operator_id=notice.operator_id,
        service_on=day,
        planned_at=datetime.combine(day, slot.departs_at, STATION_TIME),
        seat_map_id=slot.seat_map_id,
        is_on_sale=notice.operator_id in sold and notice.route.kind != RouteKind.BUS,
    )


@transaction.atomic
def assign_vehicle(
    *, departure_id: int, vehicle_id: int, driver_id: int | None, by: User | None, now: datetime
) -> Departure:
    """Name the coach, and the driver if known, of one departure; a coach already in the yard is found there.

    The departure keeps the seat map it has: tickets may have been sold by it. Raises DepartureNotOpen, WrongVehicle,
    WrongDriver.
    """
    departure = locked_live(departure_id)
    vehicle = Vehicle.objects.select_related("operator").get(pk=vehicle_id)
    driver = Driver.objects.select_related("operator").get(pk=driver_id) if driver_id else None
    before = departure.vehicle
    _name_crew(departure, vehicle, driver)
    departure.save(update_fields=_CREW)
    _join_visit(departure, vehicle)
    facts = {"from": before.plate if before else "", "to": vehicle.plate, "driver": driver.pk if driver else None}
    record(
        action="vehicle_assigned", obj=departure.journal_name, station_id=departure.station_id, by=by, now=now,
        facts=facts,
    )  # fmt: skip
    tell_boards([departure.station], now=now)
    return departure


@transaction.atomic
def assign_vehicles(*, station: Station, crews: Mapping[int, Crew], by: User | None, now: datetime) -> None:
    """The roster of *station*: coach and driver of many departures (by primary key) at once, all or none.

    It is one entry of the journal. Raises DepartureNotOpen, WrongVehicle, WrongDriver.
    """
    rows = Departure.objects.select_related("operator", "vehicle").filter(pk__in=crews, station=station)
    departures = list(lock(rows))
    vehicles = Vehicle.objects.select_related("operator").in_bulk([crew.vehicle_id for crew in crews.values()])
    drivers = Driver.objects.select_related("operator").in_bulk(
        [crew.driver_id for crew in crews.values() if crew.driver_id]
    )
    for departure in departures:
        _refuse_over(departure)
        crew = crews[departure.pk]
        _name_crew(departure, vehicles[crew.vehicle_id], drivers[crew.driver_id] if crew.driver_id else None)
    Departure.objects.bulk_update(departures, _CREW)
    for departure in _met_by_coaches_inside(station, departures):
        if departure.vehicle:
            _join_visit(departure, departure.vehicle)
    facts = {"crews": {departure.pk: [departure.vehicle_id, departure.driver_id] for departure in departures}}
    record(action="crews_assigned", obj=f"station:{station.pk}", station_id=station.pk, by=by, now=now, facts=facts)
    tell_boards([station], now=now)


def _name_crew(departure: Departure, vehicle: Vehicle, driver: Driver | None) -> None:
    if vehicle.operator_id != departure.operator_id or not vehicle.is_active:
        raise WrongVehicle(plate=plates.display(vehicle.plate), operator=vehicle.operator.short_name)
    if driver and driver.operator_id != departure.operator_id:
        raise WrongDriver(driver=driver.full_name, operator=driver.operator.short_name)
    departure.vehicle, departure.driver = vehicle, driver or departure.driver
    departure.seat_map_id = departure.seat_map_id or vehicle.seat_map_id


def _met_by_coaches_inside(station: Station, departures: Iterable[Departure]) -> list[Departure]:
    """Those of *departures* for which a coach stands in the yard, or whose coach does."""
    inside = YardVisit.objects.filter(station=station, state=VisitState.IN_YARD)
    served, here = set(), set()
    for departure_id, plate in inside.order_by("pk").values_list("departure_id", "plate"):
        served.add(departure_id)
        here.add(plate)
    return [row for row in departures if row.pk in served or (row.vehicle and row.vehicle.plate in here)]


def _join_visit(departure: Departure, vehicle: Vehicle) -> None:
    """The coach in the yard serves the departure it was named for; the coach it replaces serves none."""
    inside = YardVisit.objects.filter(station_id=departure.station_id, state=VisitState.IN_YARD)
    visits = list(lock(inside.filter(departure=departure) | inside.filter(plate=vehicle.plate, departure=None)))
    for visit in sorted(visits, key=lambda row: row.plate == vehicle.plate):
        visit.departure = departure if visit.plate == vehicle.plate else None
        visit.save(update_fields=["departure"])


@transaction.atomic
def open_for_boarding(*, departure_id: int, by: User, now: datetime) -> Departure:
    """Passengers may board: the coach is in the yard and its time in the bay has begun.

    Raises DepartureNotOpen, NotInYard, NoBay, TooEarlyToBoard.
    """
    departure = locked_live(departure_id)
    booking = BayBooking.objects.select_related("bay").filter(departure=departure, is_live=True).order_by("pk").first()
    if not YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD).exists():
        raise NotInYard(plate=plates.display(departure.vehicle.plate) if departure.vehicle else str(departure))
    if booking is None:
        raise NoBay(departure=str(departure))
    start, _ = occupation_of(departure)
    if now < start:
        raise TooEarlyToBoard(bay=booking.bay.code, start=f"{local(start):%H:%M}")
    departure.become(DepartureState.BOARDING, by=by, now=now)
    tell_boards([departure.station], now=now)
    return departure


def reach(departure: Departure, milestone: Milestone, *, by: User | None, now: datetime) -> None:
    """An upper app tells how far a departure is; the first time counts. Call it with the departure locked."""
    field = _REACHED_AT[milestone]
    if getattr(departure, field) is not None:
        return
    setattr(departure, field, now)
    departure.save(update_fields=[field])
    record(action=f"departure_{milestone}", obj=departure.journal_name, station_id=departure.station_id, by=by, now=now)
    tell_boards([departure.station], now=now)


def take_back(departure: Departure, milestone: Milestone, *, by: User | None, now: datetime) -> None:
    """What an upper app told does not hold any more. Call it with the departure locked."""
    field = _REACHED_AT[milestone]
    if getattr(departure, field) is None:
        return
    setattr(departure, field, None)
    departure.save(update_fields=[field])
    record(
        action=f"departure_{milestone}_taken_back", obj=departure.journal_name, station_id=departure.station_id,
        by=by, now=now,
    )  # fmt: skip
    tell_boards([departure.station], now=now)


def mark_departed(departure: Departure, *, by: User, now: datetime) -> None:
    """It left; its bay is free again. Private to dispatch, which knows whether it may; call it with the lock."""
    BayBooking.objects.filter(departure=departure, is_live=True).update(is_live=False)
    departure.become(DepartureState.DEPARTED, by=by, now=now, departed_at=now)
    tell_boards([departure.station], now=now)


def locked_live(departure_id: int) -> Departure:
    """The departure, locked; raises DepartureNotOpen unless it is still to leave."""
    rows = Departure.objects.select_related("station", "route", "operator", "vehicle")
    departure = lock(rows.filter(pk=departure_id)).get()
    _refuse_over(departure)
    return departure


def _refuse_over(departure: Departure) -> None:
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())


def tell_boards(stations: Iterable[Station], *, now: datetime) -> None:
    """Open bay boards and public boards of *stations* fetch again."""
    for station in stations:
        outbox.push(f"bays-{station.code}", now=now)
        outbox.push(f"board-{station.code}", now=now)
