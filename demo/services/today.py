"""One day of the demonstration: departures from the slots, a coach and a driver for each, bays and orders."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from demo.rules.bays import Place, Stay, area_of, share_out
from demo.rules.specs import Crew, Fleet, SlotKey
from dispatch.services.drawing import draw_up_orders
from station import clock
from station.models import Departure, Driver, Station, User, Vehicle
from station.selectors.bays import boarding_bays, occupation_of
from station.selectors.departures import coaches, departures_of_the_day
from station.services.bays import assign_bay
from station.services.departures import assign_vehicle, plan_day


def prepare_day(stations: Iterable[Station], fleet: Fleet, *, day: date, now: datetime) -> None:
    """Plan *day* at *stations* and send each departure its coach and driver."""
    crews = _Crews(fleet)
    for station in stations:
        plan_day(station=station, day=day, now=now)
        dispatcher = _dispatcher(station)
        departures = departures_of_the_day(station, day).select_related("slot", "operator", "route")
        for departure in departures.filter(vehicle=None):
            crews.send(departure, station, by=dispatcher, now=now)
        _give_bays(station, day, by=dispatcher, now=now)
        draw_up_orders(station=station, day=day, by=dispatcher, now=now)


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


class _Crews:
    """Vehicles and drivers of the fleet, found by plate and by personal number."""

    def __init__(self, fleet: Fleet) -> None:
        self.crews: dict[SlotKey, Crew] = fleet.crews
        self.vehicles = _by(Vehicle.objects.filter(is_active=True).order_by("pk"), "plate")
        self.drivers = _by(Driver.objects.order_by("pk"), "id_number")

    def send(self, departure: Departure, station: Station, *, by: User, now: datetime) -> None:
        departs_at = clock.local(departure.planned_at).time()
        crew = self.crews[station.code, departure.route.code, departs_at, departure.operator.code]
        assign_vehicle(
            departure_id=departure.pk,
            vehicle_id=self.vehicles[crew.plate].pk,
            driver_id=self.drivers[crew.driver_id].pk,
            by=by,
            now=now,
        )


def _by(rows: Iterable[Row], name: str) -> dict[str, Row]:
    return {getattr(row, name): row for row in rows}


def _dispatcher(station: Station) -> User:
    people = User.objects.filter(memberships__station=station, memberships__role__in=["dispatcher", "shift_lead"])
    return people.order_by("memberships__role", "pk")[0]
