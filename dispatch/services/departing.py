"""The station's side: the coach comes in, its departure is confirmed, it leaves."""

from datetime import datetime

from django.db import transaction

from dispatch import selectors
from dispatch.enums import LegState, OrderState, SignatureField
from dispatch.errors import (
    AlreadyConfirmed,
    BusNeedsNoOrder,
    CoachNotInYard,
    NotCleared,
    NotConfirmed,
    ServesADeparture,
    TooManyPassengers,
)
from dispatch.models import DispatchOrder, OrderLeg
from dispatch.rules import Finding, blocks
from dispatch.selectors.findings import sentences
from dispatch.services.admitting import inspected, locked_departure, with_clearance
from dispatch.services.orders import request_signature
from dispatch.services.transmitting import record_for_road_administration
from fees.services import charge_departure
from station.clock import local
from station.enums import ExitKind, Milestone, RouteKind
from station.errors import DepartureNotOpen, UnknownSetting
from station.models import Departure, Station, User, YardVisit
from station.models.journal import record
from station.models.locks import lock
from station.rules import plates
from station.services import outbox
from station.services.departures import reach
from station.services.yard import record_entry, record_exit
from ticketing import services as ticketing


@transaction.atomic
def let_in(*, station: Station, plate: str, passengers_in: int | None, by: User, now: datetime) -> YardVisit:
    """A coach passes the gate: its departure of the day is found and the in/out price charged for it.

    Raises NoSuchPlate, AlreadyInYard.
    """
    visit = record_entry(station=station, plate=plate, passengers_in=passengers_in, by=by, now=now)
    if visit.departure is not None:
        _charge(visit.departure, by, now)
    return visit


def _charge(departure: Departure, by: User, now: datetime) -> None:
    """A coach stands in the yard whether or not a price is known: what is missing stops it at the exit, not here."""
    try:
        with transaction.atomic():
            charge_departure(departure=departure, by=by, now=now)
    except UnknownSetting as refusal:
        facts = {key: str(value) for key, value in refusal.facts.items()}
        record(
            action="charge_not_priced", obj=departure.journal_name, station_id=departure.station_id,
            by=by, now=now, facts=facts,
        )  # fmt: skip


@transaction.atomic
def confirm_departure(*, departure_id: int, passengers: int, by: User, now: datetime) -> OrderLeg:
    """The station confirms plate, time and passengers on the order (NĐ 158/2024 Đ.4(7)), while the coach stands here.

    A coach that nobody checked before is checked by this. Raises DepartureNotOpen, BusNeedsNoOrder, CoachNotInYard,
    TooManyPassengers, AlreadyConfirmed, NotCleared.
    """
    departure = lock(with_clearance(Departure.objects.filter(pk=departure_id))).get()
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    if not RouteKind(departure.route.kind).runs_on_order:
        raise BusNeedsNoOrder(departure=str(departure))
    visit = selectors.open_visit(departure)
    if visit is None:
        raise CoachNotInYard(plate=_name(departure))
    if passengers > (places := selectors.places_of(departure)):
        raise TooManyPassengers(passengers=passengers, places=places)
    leg = selectors.live_leg(departure)
    if leg and leg.confirmed_at:
        raise AlreadyConfirmed(plate=plates.display(visit.plate), at=f"{local(leg.confirmed_at):%H:%M}")
    found = blocks(selectors.clearance(departure, now))
    if leg is None or found:
        raise _not_cleared(visit, found)
    order = lock(DispatchOrder.objects.filter(pk=leg.order_id)).get()
    if selectors.passed_inspection(visit, departure) is None:
        inspected(visit, departure, [], by=by, now=now)
    return _confirm(departure, order, leg, passengers=passengers, by=by, now=now)


def _confirm(
    departure: Departure, order: DispatchOrder, leg: OrderLeg, *, passengers: int, by: User, now: datetime
) -> OrderLeg:
    station = departure.station
    if order.state == OrderState.ISSUED:
        request_signature(
            order, SignatureField.STATION, by=by, organisation=station.legal_name, tax_code=station.tax_code, now=now
        )
        order.become(OrderState.CONFIRMED, by=by, now=now)
        outbox.tell("order.signature_requested", now=now, order_id=order.pk)
    # A later line of a sheet: the document carries the station's signature, this run is signed by pen on the paper.
    leg.become(LegState.CONFIRMED, by=by, now=now, passengers=passengers, confirmed_at=now, confirmed_by=by)
    reach(departure, Milestone.EXIT_CONFIRMED, by=by, now=now)
    outbox.push(f"orders-{station.code}", now=now)
    outbox.push(f"gate-{station.code}", now=now)
    return leg


@transaction.atomic
def let_out(*, visit_id: int, by: User, now: datetime) -> YardVisit:
    """Open the gate: on its departure when that is confirmed, else empty when it serves none. A bus goes in one step.

    Raises NotInYard, NotCleared, NotConfirmed, StaleState.
    """
    visit = YardVisit.objects.get(pk=visit_id)
    departure = locked_departure(visit.departure_id) if visit.departure_id else None
    if departure is None or not departure.is_live:
        return _left_empty(visit, by, now)
    if found := blocks(selectors.clearance(departure, now)):
        raise _not_cleared(visit, found)
    if not selectors.is_confirmed(departure):
        raise NotConfirmed(plate=plates.display(visit.plate))
    gone = record_exit(
        visit_id=visit_id, departure_id=departure.pk, kind=ExitKind.DEPARTURE, departed=True, by=by, now=now
    )
    ticketing.close_boarding(departure_id=departure.pk, by=by, now=now)
    record_for_road_administration(gone, departure, now=now)
    outbox.tell("departure.left", now=now, departure_id=departure.pk)
    return gone


@transaction.atomic
def let_out_empty(*, visit_id: int, by: User, now: datetime) -> YardVisit:
    """The coach leaves without running: for repair, or because another one runs.

    Raises NotInYard, StaleState, ServesADeparture once its departure is confirmed.
    """
    visit = YardVisit.objects.get(pk=visit_id)
    departure = locked_departure(visit.departure_id) if visit.departure_id else None
    if departure is not None and departure.is_live and departure.exit_confirmed_at:
        raise ServesADeparture(plate=plates.display(visit.plate), departure=str(departure))
    return _left_empty(visit, by, now)


def _left_empty(visit: YardVisit, by: User, now: datetime) -> YardVisit:
    # The departure as it was read before any lock: whoever names the coach for another one meanwhile wins.
    return record_exit(
        visit_id=visit.pk, departure_id=visit.departure_id, kind=ExitKind.EMPTY, departed=False, by=by, now=now
    )


def _not_cleared(visit: YardVisit, found: list[Finding]) -> NotCleared:
    return NotCleared(
        plate=plates.display(visit.plate), reasons=sentences(found), codes=[finding.code for finding in found]
    )


def _name(departure: Departure) -> str:
    return plates.display(departure.vehicle.plate) if departure.vehicle else str(departure)
