"""Hoà Bình at its own scale: two coach stations, a port, 25 people, the coaches, buses and boats of 39 operators."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from demo.rules import cham_mat, thung_nai
from demo.rules import network as plan
from demo.rules.data import load
from demo.rules.fleet import hoa_binh_fleet, join
from demo.rules.specs import Fleet
from demo.services.fleet import register_fleet
from demo.services.network import (
    Operators,
    agree_contracts,
    open_route,
    register_operators,
    seat_maps,
    set_prices,
    set_reductions,
)
from demo.services.sites import Sites, give_access, hire_staff, open_accounts, open_site, start_of_year
from demo.services.today import prepare_start
from station import clock
from station.models import Station

Say = Callable[[str], None]


@transaction.atomic
def load_hoa_binh(*, now: datetime, say: Say, prepare: bool = True) -> Sites:
    """Everything that stands still, and unless *prepare* is false the departures of today and tomorrow; *say* tells
    progress."""
    since = start_of_year(now)
    sites = {row["code"]: open_site(row) for row in load("sites")["stations"]}
    open_accounts(sites.values(), since=since)
    hire_staff(load("staff")["hoa_binh"], sites, since=since)
    set_prices()
    set_reductions(since.date())
    say("sites, people, prices")
    operators = _partners(sites, since.date())
    maps = seat_maps()
    fleet = _fleet(clock.local_day(now))
    usual = register_fleet(fleet, operators, maps)
    give_access(operators, now=since)
    say(f"{len(operators)} operators, {len(fleet.vehicles)} vehicles, {len(fleet.drivers)} drivers")
    routes = (*plan.hoa_binh_routes(), *cham_mat.bus_lines(), *thung_nai.routes())
    for spec in routes:
        open_route(spec, sites[spec.station], operators=operators, maps=maps, usual=usual, since=since.date())
    say(f"{len(routes)} routes, {len(usual)} departures a day")
    if prepare:
        prepare_start(sites.values(), now=now)
    return sites


def _partners(sites: Sites, since: date) -> Operators:
    """The operators, with a contract wherever they run."""
    roads, lake = plan.operators(), thung_nai.operators()
    operators = register_operators([*roads, *lake])
    agree_contracts(sites["HB01"], roads, operators, since)
    agree_contracts(sites[cham_mat.STATION], roads, operators, since, sells_all=True)
    agree_contracts(sites[thung_nai.STATION], lake, operators, since)
    return operators


def _fleet(today: date) -> Fleet:
    return join(
        hoa_binh_fleet(plan.hoa_binh_routes(), today=today),
        cham_mat.bus_fleet(today=today),
        thung_nai.fleet(today=today),
    )


def is_loaded() -> bool:
    """The demonstration goes into an empty database only."""
    return Station.objects.filter(is_ours=True).exists()
