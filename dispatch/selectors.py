"""Reading orders, and the facts a clearance stands on."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from dispatch.enums import LegState, OrderState
from dispatch.models import DispatchOrder, OrderLeg, Signature
from dispatch.rules import ClearanceFacts, Finding, Paper
from dispatch.rules import clearance as decide
from fees.enums import ChargeState
from fees.models import Charge
from station import clock
from station.enums import DocumentKind, LicenceRegime, RouteKind, SeatKind, VisitState
from station.models import Departure, Document, User, YardVisit
from station.rules import licences

_ISSUED = {OrderState.ISSUED, OrderState.CONFIRMED, OrderState.COMPLETED}


def orders_of(user: User) -> QuerySet[DispatchOrder]:
    """Orders an operator's user may see: those of that operator and no other."""
    return DispatchOrder.objects.filter(operator_id=user.operator_id).order_by("-created_at", "-pk")


def live_leg(departure: Departure) -> OrderLeg | None:
    """The line of an order on which *departure* runs."""
    legs = OrderLeg.objects.filter(departure=departure).exclude(state=LegState.SKIPPED)
    return legs.select_related("order", "departure").order_by("pk").first()


def waiting_signatures(order: DispatchOrder) -> QuerySet[Signature]:
    """Signatures asked for but not yet in the document, in the order they were asked for."""
    return order.signatures.filter(applied_at=None).order_by("requested_at", "pk")


def open_visit(departure: Departure) -> YardVisit | None:
    visits = YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD)
    return visits.order_by("pk").first()


def places_of(departure: Departure) -> int:
    """Seats and beds for passengers, crew excluded."""
    return departure.seat_map.seats.count() if departure.seat_map else 0


def clearance(departure: Departure, now: datetime) -> list[Finding]:
    """What speaks against letting *departure* leave at *now*."""
    return decide(clearance_facts(departure, now))


def clearance_facts(departure: Departure, now: datetime) -> ClearanceFacts:
    leg = live_leg(departure)
    order = leg.order if leg else None
    today = clock.local_day(now)
    minutes = departure.route.duration_minutes or 0
    return ClearanceFacts(
        arrives_on=clock.local_day(max(now, departure.planned_at) + timedelta(minutes=minutes)),
        is_bus=departure.route.kind == RouteKind.BUS,
        in_yard=open_visit(departure) is not None,
        plate=departure.vehicle.plate if departure.vehicle else "",
        order_plate=order.contents["vehicle"]["plate"] if order else None,
        order_is_issued=order is not None and order.state in _ISSUED,
        order_covers_day=order is not None and order.valid_from <= today <= order.valid_until,
        has_driver=departure.driver_id is not None,
        licence_fits=_licence_fits(departure),
        fee_is_settled=_fee_is_settled(departure),
        papers=_papers(departure),
    )


def _licence_fits(departure: Departure) -> bool:
    if departure.driver is None or departure.seat_map is None:
        return departure.driver is not None
    kinds = list(departure.seat_map.seats.order_by("ordinal").values_list("kind", flat=True))
    return licences.may_drive(
        departure.driver.licence_class,
        "pre2025" if departure.driver.licence_regime == LicenceRegime.PRE2025 else "since2025",
        passenger_seats=len(kinds),
        is_sleeper=any(kind != SeatKind.SEAT for kind in kinds),
    )


def _fee_is_settled(departure: Departure) -> bool:
    charges = Charge.objects.filter(departure=departure)
    return charges.exists() and not charges.filter(state=ChargeState.DUE).exists()


def _papers(departure: Departure) -> dict[str, Paper]:
    """The newest paper of each kind, of the vehicle and of its driver."""
    documents: list[Document] = []
    if departure.vehicle_id:
        documents += Document.objects.filter(vehicle_id=departure.vehicle_id).order_by("valid_from", "pk")
    if departure.driver_id:
        licence = Document.objects.filter(driver_id=departure.driver_id, kind=DocumentKind.LICENCE)
        documents += licence.order_by("valid_from", "pk")
    return _newest(documents)


def _newest(documents: Iterable[Document]) -> dict[str, Paper]:
    return {document.kind: Paper(document.kind, document.number, document.valid_until) for document in documents}
