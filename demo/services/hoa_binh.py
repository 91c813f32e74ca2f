"""Hoà Bình at its own scale: two coach stations, a port, 35 operators, 25 people, about 110 coaches and 30 buses."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from demo.rules import network as plan
from demo.rules.data import load
from demo.rules.fleet import hoa_binh_fleet
from demo.services.fleet import register_fleet
from demo.services.network import agree_contracts, open_route, register_operators, seat_maps, set_prices
from demo.services.sites import Sites, give_access, hire_staff, open_site, start_of_year
from demo.services.today import open_current_shifts, prepare_first_days
from station import clock
from station.models import Station

Say = Callable[[str], None]


@transaction.atomic
def load_hoa_binh(*, now: datetime, say: Say) -> Sites:
    """Everything that stands still, then today's departures with their coaches and drivers; *say* tells progress."""
    since = start_of_year(now)
    sites = {row["code"]: open_site(row) for row in load("sites")["stations"]}
    hire_staff(load("staff")["hoa_binh"], sites, since=since)
    set_prices()
    say("sites, people, prices")
    maps = seat_maps()
    specs = plan.operators()
    operators = register_operators(specs)
    for code in ("HB01", "HB02"):
        agree_contracts(sites[code], specs, operators, since.date())
    routes = plan.hoa_binh_routes()
    for spec in routes:
        open_route(spec, sites[spec.station], operators, maps, since.date())
    say(f"{len(operators)} operators, {len(routes)} routes")
    fleet = hoa_binh_fleet(routes, today=clock.local_day(now))
    register_fleet(fleet, operators, maps)
    give_access(operators, now=since)
    say(f"{len(fleet.vehicles)} vehicles, {len(fleet.drivers)} drivers")
    prepare_first_days([sites["HB01"], sites["HB02"]], fleet, now=now)
    open_current_shifts(sites.values(), now=now)
    return sites


def is_loaded() -> bool:
    """The demonstration goes into an empty database only."""
    return Station.objects.filter(is_ours=True).exists()
