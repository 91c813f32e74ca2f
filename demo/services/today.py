"""The days of the demonstration: departures from the slots, a coach and a driver for each, bays and orders."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from demo.rules.bays import Place, Stay, area_of, share_out
from demo.services.diagram import ensure_diagram
from dispatch.services.drawing import draw_up_orders
from station import clock
from station.enums import Role
from station.models import BayBooking, Departure, Station, User
from station.selectors.bays import boarding_bays, occupation_of
from station.selectors.departures import LIVE, coaches, departures_of_the_day
from station.selectors.shifts import current_shift
from station.services.bays import assign_bays
from station.services.departures import Crew, assign_vehicles, plan_day
from station.services.shifts import open_shift


def prepare_start(stations: Iterable[Station], *, now: datetime) -> None:
    """The first days of a demonstration that starts at *now* with *stations*: its diagram, today, tomorrow, the ca."""
    places = list(stations)
    ensure_diagram(now)
    _prepare(places, now)
    open_current_shifts(places, now=now)


def open_current_shifts(stations: Iterable[Station], *, now: datetime) -> None:
    """Somebody leads the ca of this hour wherever nobody does, so that tills can be opened."""
    for station in stations:
        if current_shift(station, now) is None:
            open_shift(station=station, lead=_holder(station, Role.SHIFT_LEAD), now=now)


def _prepare(stations: Iterable[Station], now: datetime) -> None:
    today = clock.local_day(now)
    for station in stations:
        prepare_day(station, today, now=now)
        # Tomorrow stays untouched, so that another start can still move it.
        prepare_day(station, today + timedelta(days=1), now=now, with_orders=False)


@transaction.atomic
def prepare_day(station: Station, day: date, *, now: datetime, with_orders: bool = True) -> None:
    """The departures of *day* with their usual coaches and drivers, a bay for each coach, and the electronic orders.

    Prepare days one after the other, each when what went before it is played: a journal never runs back.
    """
    plan_day(station=station, day=day, now=now)
    dispatcher = _holder(station, Role.DISPATCHER)
    _name_crews(station, day, by=dispatcher, now=now)
    _give_bays(station, day, by=dispatcher, now=now)
    if with_orders:
        draw_up_orders(station=station, day=day, by=dispatcher, now=now)


def _name_crews(station: Station, day: date, *, by: User, now: datetime) -> None:
    """Whoever runs the slot as a rule runs it on *day*, as long as coach and driver are the operator's."""
    without = departures_of_the_day(station, day).filter(
        vehicle=None, state__in=LIVE, slot__vehicle__is_active=True,
        slot__vehicle__operator=F("operator"), slot__driver__operator=F("operator"),
    )  # fmt: skip
    slots = without.values_list("pk", "slot__vehicle", "slot__driver")
    if crews := {pk: Crew(vehicle, driver) for pk, vehicle, driver in slots}:
        assign_vehicles(station=station, crews=crews, by=by, now=now)


def _give_bays(station: Station, day: date, *, by: User, now: datetime) -> None:
    """A boarding bay for every coach and boat that is still to leave and has none."""
    waiting = coaches(departures_of_the_day(station, day)).filter(bay_booking=None, state__in=LIVE)
    stays = [_stay(departure) for departure in waiting.select_related("route__destination")]
    if not stays:
        return
    until = max(stay.end for stay in stays)
    live = BayBooking.objects.filter(bay__station=station, is_live=True, period__overlap=(stays[0].start, until))
    periods = [(row.bay_id, row.period.lower, row.period.upper) for row in live.order_by("pk")]
    held = [(bay, start, end) for bay, start, end in periods if start and end]
    places = [Place(bay.pk, bay.area) for bay in boarding_bays(station) if bay.is_active]
    assign_bays(station=station, bays=share_out(stays, places, held), by=by, now=now)


def _stay(departure: Departure) -> Stay:
    start, end = occupation_of(departure)
    area = area_of(departure.route.kind, departure.route.destination.province_current)
    return Stay(departure.pk, start, end, area)


def _holder(station: Station, role: Role) -> User:
    """The first person who holds *role* at *station*."""
    return User.objects.filter(memberships__station=station, memberships__role=role).order_by("pk")[0]
