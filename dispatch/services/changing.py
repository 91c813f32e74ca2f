"""A departure does not run as planned: cancelled, merged into another, late, or with another coach.

Each use case locks everything it will touch first, in the one order, and tells the lower apps then.
"""

from datetime import datetime, timedelta

from django.db import transaction

from dispatch import selectors
from dispatch.enums import LegState, OrderState
from dispatch.errors import AlreadyConfirmed, CannotMerge, DelayAbsurd, SameCoach, WhyChanged
from dispatch.models import DispatchOrder
from dispatch.services.admitting import with_clearance
from dispatch.services.orders import withdraw
from fees.models import Charge
from fees.services import drop_charge
from station.clock import local
from station.enums import Milestone, VisitState
from station.errors import DepartureNotOpen
from station.models import Departure, User, YardVisit
from station.models.locks import lock
from station.rules import plates
from station.services import outbox
from station.services.changes import announce, mark_cancelled
from station.services.departures import assign_vehicle, take_back
from ticketing import services as ticketing
from ticketing.models import Disruption, Ticket

LONGEST_DELAY = timedelta(hours=12)


@transaction.atomic
def cancel_departure(*, departure_id: int, reason: str, by: User, now: datetime) -> Disruption:
    """It does not run: its passengers are on the work list and get everything back, its order and charge are void.

    Raises WhyChanged, DepartureNotOpen, AlreadyConfirmed.
    """
    [departure] = _locked([departure_id])
    _refuse(departure, reason)
    disruption = ticketing.displace_tickets(departure=departure, reason=reason.strip(), by=by, now=now)
    _call_off(departure, reason.strip(), by, now)
    return disruption


@transaction.atomic
def merge_departures(*, departure_id: int, into_id: int, reason: str, by: User, now: datetime) -> Disruption:
    """Its passengers ride on another departure of the same operator, route and direction; it is cancelled.

    Raises WhyChanged, DepartureNotOpen, AlreadyConfirmed, CannotMerge.
    """
    rows = {row.pk: row for row in _locked([departure_id, into_id])}
    departure, into = rows[departure_id], rows.get(into_id)
    _refuse(departure, reason)
    if into is None or into.pk == departure.pk or _run(into) != _run(departure):
        raise CannotMerge(departure=str(departure))
    _refuse(into, reason)
    disruption = ticketing.displace_tickets(departure=departure, into=into, reason=reason.strip(), by=by, now=now)
    _call_off(departure, f"{into}: {reason.strip()}", by, now)
    return disruption


@transaction.atomic
def delay_departure(*, departure_id: int, minutes: int, reason: str, by: User, now: datetime) -> Disruption:
    """It is to leave *minutes* after its planned time: boards say so, sale goes on, passengers are to be told.

    Raises WhyChanged, DepartureNotOpen, AlreadyConfirmed, DelayAbsurd.
    """
    [departure] = _locked([departure_id])
    _refuse(departure, reason)
    expected_at = departure.planned_at + timedelta(minutes=minutes)
    if minutes < 1 or minutes * 60 > LONGEST_DELAY.total_seconds() or expected_at < now:
        raise DelayAbsurd(hours=int(LONGEST_DELAY.total_seconds() // 3600))
    before = departure.leaves_at
    disruption = ticketing.list_late(
        departure=departure, before=before, expected_at=expected_at, reason=reason.strip(), by=by, now=now
    )
    announce(departure, expected_at=expected_at, reason=reason.strip(), by=by, now=now)
    return disruption


@transaction.atomic
def replace_vehicle(
    *, departure_id: int, vehicle_id: int, driver_id: int | None, reason: str, by: User, now: datetime
) -> Disruption:
    """Another coach runs it, perhaps with another layout: seats are mapped where label and kind are the same.

    Its order named the old coach: the operator draws it up again, a paper sheet is entered anew. Raises WhyChanged,
    DepartureNotOpen, AlreadyConfirmed, SameCoach, WrongVehicle, WrongDriver.
    """
    [departure] = _locked([departure_id])
    _refuse(departure, reason)
    if departure.vehicle_id == vehicle_id:
        raise SameCoach(plate=plates.display(departure.vehicle.plate) if departure.vehicle else "")
    before = departure.seat_map_id or (departure.vehicle.seat_map_id if departure.vehicle else None)
    departure = assign_vehicle(departure_id=departure_id, vehicle_id=vehicle_id, driver_id=driver_id, by=by, now=now)
    if departure.vehicle and departure.vehicle.seat_map_id:
        departure.seat_map_id = departure.vehicle.seat_map_id
        departure.save(update_fields=["seat_map"])
    disruption = ticketing.remap_tickets(
        departure=departure, from_map_id=before, reason=reason.strip(), by=by, now=now
    )  # fmt: skip
    _release_order(departure, reason.strip(), by, now)
    return disruption


def _locked(ids: list[int]) -> list[Departure]:
    """The departures, and everything that hangs on them, locked in the one order."""
    departures = list(lock(with_clearance(Departure.objects.filter(pk__in=ids))))
    list(lock(YardVisit.objects.filter(departure__in=ids, state=VisitState.IN_YARD)))
    list(lock(Ticket.objects.filter(departure__in=ids)))
    list(lock(DispatchOrder.objects.filter(pk__in=DispatchOrder.objects.filter(legs__departure__in=ids).values("pk"))))
    list(lock(Charge.objects.filter(departure__in=ids)))
    return departures


def _refuse(departure: Departure, reason: str) -> None:
    """Raises WhyChanged, DepartureNotOpen, AlreadyConfirmed."""
    if not reason.strip():
        raise WhyChanged
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    if departure.exit_confirmed_at:
        raise AlreadyConfirmed(
            plate=plates.display(departure.vehicle.plate) if departure.vehicle else str(departure),
            at=f"{local(departure.exit_confirmed_at):%H:%M}",
        )


def _run(departure: Departure) -> tuple[object, ...]:
    return departure.station_id, departure.operator_id, departure.route_id, departure.direction, departure.service_on


def _call_off(departure: Departure, reason: str, by: User, now: datetime) -> None:
    _release_order(departure, reason, by, now)
    drop_charge(departure=departure, by=by, now=now)
    mark_cancelled(departure, reason=reason, by=by, now=now)
    outbox.push(f"gate-{departure.station.code}", now=now)


def _release_order(departure: Departure, reason: str, by: User, now: datetime) -> None:
    """No line of a sheet runs this departure any more; a sheet without another run is withdrawn."""
    leg = selectors.live_leg(departure)
    if leg is None:
        return
    order = leg.order
    alone = not order.legs.exclude(pk=leg.pk).exists()
    if alone and order.state in {OrderState.DRAFT, OrderState.SIGNING, OrderState.ISSUED}:
        withdraw(order, reason, by, now)
    else:
        leg.become(LegState.SKIPPED, by=by, now=now, reason=reason)
        take_back(departure, Milestone.ORDER_ISSUED, by=by, now=now)
    outbox.push(f"orders-{departure.station.code}", now=now)
