"""Bến xe Bắc Giang at its real size, from the published catalogue: 248 departures a day on 24 bays."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from demo.rules import bac_giang as plan
from demo.rules.data import load
from demo.rules.specs import RouteSpec
from demo.services.fleet import register_fleet
from demo.services.network import agree_contracts, far_station, register_operators, run_route, seat_maps
from demo.services.sites import hire_staff, open_site, start_of_year
from demo.services.today import prepare_start
from station import clock
from station.models import Route, Station
from station.services.imports import import_routes, read_routes_file
from station.services.master_data import StopLine, complete_route, register_stops

Say = Callable[[str], None]


@transaction.atomic
def load_bac_giang(path: Path, *, now: datetime, say: Say, prepare: bool = True) -> Station:
    """Import the catalogue in *path* and run its routes from BX120; the rest of the station is invented.

    Unless *prepare* is false its departures of today and tomorrow are planned.
    """
    catalogue = read_routes_file(path)
    import_routes(catalogue, commit=True)
    since = start_of_year(now)
    station = open_site(load("sites")["bac_giang"], known=Station.objects.get(code=plan.STATION))
    hire_staff(load("staff")["bac_giang"], {station.code: station}, since=since)
    specs = plan.operators()
    operators = register_operators(specs)
    agree_contracts(station, specs, operators, since.date())
    routes, maps = plan.routes(catalogue.routes), seat_maps()
    fleet = plan.fleet(routes, today=clock.local_day(now))
    usual = register_fleet(fleet, operators, maps)
    for spec in routes:
        route = _with_stops(spec, station)
        run_route(spec, route, station, operators=operators, maps=maps, usual=usual, since=since.date())
    say(f"{station}: {len(catalogue.routes)} published routes, {len(routes)} run here, {len(fleet.vehicles)} coaches")
    if prepare:
        prepare_start([station], now=now)
    return station


def _with_stops(spec: RouteSpec, station: Station) -> Route:
    """The published route; the demonstration knows its length and where it ends."""
    route = Route.objects.get(code=spec.code)
    if route.stops.exists():
        # Hoà Bình runs it too, from the other end.
        return route
    complete_route(route, distance_km=spec.km, duration_minutes=spec.minutes)
    far = far_station(spec.destination)
    register_stops(route, [StopLine(station.name, 0, 0, station), StopLine(far.name, spec.km, spec.minutes, far)])
    return route
