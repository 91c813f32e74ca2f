"""Giving departures a bay."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from station.clock import local
from station.enums import BayKind, RouteKind
from station.errors import BayTaken, BayUnfit, DepartureNotOpen, StaleState
from station.models import Bay, BayBooking, Departure, Station, User
from station.models.journal import record
from station.models.locks import lock
from station.rules import plates
from station.selectors import bays as selectors
from station.services.departures import locked_live, tell_boards

_OVERLAP = "a_bay_holds_one_departure_at_a_time"


@transaction.atomic
def assign_bay(*, departure_id: int, bay_id: int, by: User | None, now: datetime) -> BayBooking:
    """Keep a bay for one departure, or move it to another bay.

    The departure is locked against a second move of it, the bay against another departure; the exclusion constraint
    stands behind both. Raises DepartureNotOpen, BayUnfit, BayTaken (bay, start, end, other), StaleState.
    """
    departure = locked_live(departure_id)
    bay = lock(Bay.objects.filter(pk=bay_id)).get()
    if not _fits(bay, departure):
        raise BayUnfit(bay=bay.code)
    start, end = selectors.occupation_of(departure)
    _refuse_if_taken(bay, departure, start, end)
    booking = BayBooking.objects.select_related("bay").filter(departure=departure).order_by("pk").first()
    old = booking.bay.code if booking and booking.is_live else ""
    booking = booking or BayBooking(departure=departure)
    booking.bay, booking.period, booking.is_live = bay, DateTimeTZRange(start, end), True
    booking.booked_at, booking.booked_by = now, by
    _write(booking, start, end)
    facts = {"from": old, "to": bay.code, "start": start, "end": end}
    record(
        action="bay_assigned", obj=departure.journal_name, station_id=departure.station_id, by=by, now=now, facts=facts
    )
    tell_boards([departure.station], now=now)
    return booking


@transaction.atomic
def assign_bays(*, station: Station, bays: Mapping[int, int], by: User | None, now: datetime) -> None:
    """The bay plan of *station*: bays (by primary key) for many departures that have none yet, all or none.

    It is one entry of the journal. Raises DepartureNotOpen, BayUnfit, StaleState when a bay was taken meanwhile.
    """
    if not bays:
        return
    rows = Departure.objects.select_related("route", "station").filter(pk__in=bays, station=station)
    departures = list(lock(rows))
    places = {bay.pk: bay for bay in lock(Bay.objects.filter(pk__in=set(bays.values())))}
    bookings = []
    for departure in departures:
        if not departure.is_live:
            raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
        bay = places[bays[departure.pk]]
        if not _fits(bay, departure):
            raise BayUnfit(bay=bay.code)
        period = DateTimeTZRange(*selectors.occupation_of(departure))
        bookings.append(BayBooking(bay=bay, departure=departure, period=period, booked_at=now, booked_by=by))
    try:
        with transaction.atomic():
            BayBooking.objects.bulk_create(bookings)
    except IntegrityError as error:
        raise StaleState(what=str(station)) from error
    facts = {"bays": {row.departure_id: row.bay.code for row in bookings}}
    record(action="bays_assigned", obj=f"station:{station.pk}", station_id=station.pk, by=by, now=now, facts=facts)
    tell_boards([station], now=now)


def _fits(bay: Bay, departure: Departure) -> bool:
    kind = BayKind.BUS if departure.route.kind == RouteKind.BUS else BayKind.BOARDING
    return bay.is_active and bay.station_id == departure.station_id and bay.kind == kind


def _refuse_if_taken(bay: Bay, departure: Departure, start: datetime, end: datetime) -> None:
    others = [row for row in selectors.bookings_between(bay, start, end) if row.departure_id != departure.pk]
    if others:
        raise _taken(others[0])


def _taken(other: BayBooking) -> BayTaken:
    held, period = other.departure, other.period
    name = plates.display(held.vehicle.plate) if held.vehicle else str(held)
    return BayTaken(bay=other.bay.code, start=_clock(period.lower), end=_clock(period.upper), other=name)


def _clock(at: datetime | None) -> str:
    return f"{local(at):%H:%M}" if at else ""


def _write(booking: BayBooking, start: datetime, end: datetime) -> None:
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != _OVERLAP:
            raise StaleState(what=str(booking.departure)) from error
        _refuse_if_taken(booking.bay, booking.departure, start, end)
        raise StaleState(what=str(booking.departure)) from error
