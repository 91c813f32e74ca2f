"""The station's side: the coach comes in, its departure is confirmed, it leaves."""

from datetime import datetime

from django.db import transaction

from dispatch import selectors
from dispatch.enums import LegState, OrderState, SignatureField
from dispatch.errors import (
    NotCleared,
    NotConfirmed,
    NotInTheYard,
    ServesADeparture,
    TooManyPassengers,
)
from dispatch.findings import sentence
from dispatch.models import DispatchOrder, OrderLeg
from dispatch.rules import Finding, blocks
from dispatch.services.orders import request_signature
from fees.services import charge_departure
from station.enums import ExitKind, Milestone, RouteKind
from station.errors import DepartureNotOpen
from station.models import Departure, Station, User, YardVisit
from station.models.locks import lock
from station.services import outbox
from station.services.departures import reach
from station.services.yard import record_entry, record_exit


@transaction.atomic
def let_in(*, station: Station, plate: str, passengers_in: int | None, by: User, now: datetime) -> YardVisit:
    """A coach passes the gate: its departure of the day is found and the in/out price charged for it.

    Raises NoSuchPlate, AlreadyInYard.
    """
    visit = record_entry(station=station, plate=plate, passengers_in=passengers_in, by=by, now=now)
    if visit.departure is not None:
        charge_departure(departure=visit.departure, by=by, now=now)
    return visit


@transaction.atomic
def confirm_departure(*, departure_id: int, passengers: int, by: User, now: datetime) -> OrderLeg:
    """The station confirms plate, time and passengers on the order (NĐ 158/2024 Đ.4(7)), while the coach stands here.

    Raises DepartureNotOpen, NotInTheYard, TooManyPassengers, NotCleared.
    """
    departure = _locked(departure_id)
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    visit = selectors.open_visit(departure)
    if visit is None:
        raise NotInTheYard(plate=departure.vehicle.plate if departure.vehicle else str(departure))
    if passengers > (places := selectors.places_of(departure)):
        raise TooManyPassengers(passengers=passengers, places=places)
    if found := blocks(selectors.clearance(departure, now)):
        raise NotCleared(plate=visit.plate, reasons=_reasons(found), codes=[finding.code for finding in found])
    leg = selectors.live_leg(departure)
    if leg is None:
        raise NotConfirmed(plate=visit.plate)
    return _confirm(departure, leg, passengers=passengers, by=by, now=now)


def _confirm(departure: Departure, leg: OrderLeg, *, passengers: int, by: User, now: datetime) -> OrderLeg:
    order = lock(DispatchOrder.objects.filter(pk=leg.order_id)).get()
    station = departure.station
    request_signature(order, SignatureField.STATION, by, station.legal_name, station.tax_code, now)
    leg.become(LegState.CONFIRMED, by=by, now=now, passengers=passengers, confirmed_at=now, confirmed_by=by)
    order.become(OrderState.CONFIRMED, by=by, now=now)
    reach(departure, Milestone.EXIT_CONFIRMED, by=by, now=now)
    outbox.tell("order.signature_requested", now=now, order_id=order.pk)
    return leg


@transaction.atomic
def let_out(*, visit_id: int, by: User, now: datetime) -> YardVisit:
    """Open the gate: on its departure when that is confirmed and settled, else empty when it serves none.

    Raises NotConfirmed, NotCleared, ServesADeparture.
    """
    visit = YardVisit.objects.select_related("departure").get(pk=visit_id)
    if visit.departure_id is None or not visit.departure or not visit.departure.is_live:
        return record_exit(visit_id=visit_id, kind=ExitKind.EMPTY, by=by, now=now)
    departure = _locked(visit.departure_id)
    if departure.route.kind != RouteKind.BUS and departure.exit_confirmed_at is None:
        found = blocks(selectors.clearance(departure, now))
        if found:
            raise NotCleared(plate=visit.plate, reasons=_reasons(found), codes=[finding.code for finding in found])
        raise NotConfirmed(plate=visit.plate)
    gone = record_exit(visit_id=visit_id, kind=ExitKind.DEPARTURE, by=by, now=now)
    outbox.tell("departure.left", now=now, departure_id=departure.pk)
    return gone


@transaction.atomic
def let_out_empty(*, visit_id: int, by: User, now: datetime) -> YardVisit:
    """The coach leaves without running: nothing was confirmed for it. Raises ServesADeparture when it was."""
    visit = YardVisit.objects.select_related("departure").get(pk=visit_id)
    if visit.departure and visit.departure.is_live and visit.departure.exit_confirmed_at:
        raise ServesADeparture(plate=visit.plate, departure=str(visit.departure))
    return record_exit(visit_id=visit_id, kind=ExitKind.EMPTY, by=by, now=now)


def _locked(departure_id: int) -> Departure:
    rows = lock(Departure.objects.filter(pk=departure_id))
    return rows.select_related("station", "route", "vehicle", "driver", "seat_map").get()


def _reasons(found: list[Finding]) -> str:
    return " ".join(sentence(finding) for finding in found)
