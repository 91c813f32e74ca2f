"""The days of the demonstration: departures from the slots, a coach and a driver for each, bays and orders."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import transaction

from demo.rules.bays import Place, Stay, area_of, share_out
from demo.rules.specs import Fleet
from dispatch.services.drawing import draw_up_orders
from station import clock
from station.enums import DepartureState, Role
from station.models import Departure, Driver, Station, User, Vehicle
from station.selectors.bays import boarding_bays, occupation_of
from station.selectors.departures import coaches, departures_of_the_day
from station.selectors.shifts import current_shift
from station.services.bays import assign_bay
from station.services.departures import Crew, assign_vehicles, plan_day
from station.services.shifts import open_shift

LIVE = [DepartureState.PLANNED, DepartureState.BOARDING]
# Which coach and which driver run a departure; None when nobody knows.
Roster = Callable[[Departure], Crew | None]


def prepare_first_days(stations: Sequence[Station], fleet: Fleet, *, now: datetime) -> None:
    """Today and tomorrow, with the coaches and drivers that *fleet* names for each slot."""
    roster = _roster_of(fleet)
    for day in _days(now):
        for station in stations:
            _prepare_day(station, day, roster, now=now)


def prepare_ahead(*, now: datetime) -> None:
    """Today and tomorrow wherever something runs, with the coach and driver that ran the slot last."""
    for day in _days(now):
        for station in Station.objects.filter(is_ours=True, slots__isnull=False).distinct().order_by("pk"):
            _prepare_day(station, day, _as_last_time, now=now)
    open_current_shifts(Station.objects.filter(is_ours=True).order_by("pk"), now=now)


def open_current_shifts(stations: Iterable[Station], *, now: datetime) -> None:
    """Somebody leads the ca of this hour wherever nobody does, so that tills can be opened."""
    for station in stations:
        if current_shift(station, now) is None:
            open_shift(station=station, lead=_holder(station, Role.SHIFT_LEAD), now=now)


def _days(now: datetime) -> list[date]:
    today = clock.local_day(now)
    return [today, today + timedelta(days=1)]


@transaction.atomic
def _prepare_day(station: Station, day: date, roster: Roster, *, now: datetime) -> None:
    plan_day(station=station, day=day, now=now)
    dispatcher = _holder(station, Role.DISPATCHER)
    departures = departures_of_the_day(station, day).select_related("slot", "operator", "route", "station")
    without = departures.filter(vehicle=None, state__in=LIVE)
    crews = {departure.pk: crew for departure in without if (crew := roster(departure))}
    if crews:
        assign_vehicles(station=station, crews=crews, by=dispatcher, now=now)
    _give_bays(station, day, by=dispatcher, now=now)
    draw_up_orders(station=station, day=day, by=dispatcher, now=now)


def _as_last_time(departure: Departure) -> Crew | None:
    before = Departure.objects.filter(slot=departure.slot_id, service_on__lt=departure.service_on)
    last = before.exclude(vehicle=None).order_by("-service_on").first()
    return Crew(last.vehicle_id, last.driver_id) if last and last.vehicle_id else None


Row = TypeVar("Row", Vehicle, Driver)


def _give_bays(station: Station, day: date, *, by: User, now: datetime) -> None:
    """A boarding bay for every coach that is still to leave and has none."""
    waiting = coaches(departures_of_the_day(station, day)).filter(bay_booking=None, planned_at__gt=now)
    stays = [_stay(departure) for departure in waiting.select_related("route__destination")]
    places = [Place(bay.pk, bay.area) for bay in boarding_bays(station)]
    for departure_id, bay_id in share_out(stays, places).items():
        assign_bay(departure_id=departure_id, bay_id=bay_id, by=by, now=now)


def _stay(departure: Departure) -> Stay:
    start, end = occupation_of(departure)
    area = area_of(departure.route.kind, departure.route.destination.province_current)
    return Stay(departure.pk, start, end, area)


def _roster_of(fleet: Fleet) -> Roster:
    vehicles = _by(Vehicle.objects.filter(is_active=True).order_by("pk"), "plate")
    drivers = _by(Driver.objects.order_by("pk"), "id_number")

    def crew_of(departure: Departure) -> Crew:
        departs_at = clock.local(departure.planned_at).time()
        crew = fleet.crews[departure.station.code, departure.route.code, departs_at, departure.operator.code]
        return Crew(vehicles[crew.plate].pk, drivers[crew.driver_id].pk)

    return crew_of


def _by(rows: Iterable[Row], name: str) -> dict[str, Row]:
    return {getattr(row, name): row for row in rows}


def _holder(station: Station, role: Role) -> User:
    """The first person who holds *role* at *station*."""
    return User.objects.filter(memberships__station=station, memberships__role=role).order_by("pk")[0]
