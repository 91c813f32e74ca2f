"""Coaches ready to leave, and orders that really went through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from dispatch import services
from dispatch.models import DispatchOrder, OrderLeg, TransmissionRecord
from fees.enums import Method
from fees.models import Charge
from fees.services import pay_charge
from station.enums import DocumentKind, Role, SeatKind
from station.models import Departure, Operator, Seat, Station, User, Vehicle, YardVisit
from tests.factories import (
    NOW,
    DocumentFactory,
    DriverFactory,
    OperatorFactory,
    SeatMapFactory,
    UserFactory,
    VehicleFactory,
    staff_of,
)
from tests.factories_fees import ChargeableDepartureFactory, priced, till_of

IN_FORCE = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1)}
PAPERS = (DocumentKind.REGISTRATION, DocumentKind.INSPECTION, DocumentKind.INSURANCE, DocumentKind.BADGE)
# The smallest files of their kind that a scan may be.
JPEG = b"\xff\xd8\xff\xe0" + bytes(60)


def ready_departure(*, electronic: bool = True, **how: Any) -> Departure:
    """14:00 today, with a coach, a driver and all their papers; nobody has done anything yet."""
    priced()
    operator = how.pop("operator", None) or OperatorFactory(signs_electronically=electronic)
    driver = how.pop("driver", None) or DriverFactory(operator=operator)
    departure = ChargeableDepartureFactory(operator=operator, vehicle__operator=operator, driver=driver, **how)
    for kind in PAPERS:
        DocumentFactory(vehicle=departure.vehicle, kind=kind, **IN_FORCE)
    DocumentFactory(vehicle=None, driver=driver, kind=DocumentKind.LICENCE, **IN_FORCE)
    return departure


def same_run(departure: Departure, planned_at: datetime) -> Departure:
    """Of the same operator, route and direction, with another coach of the same layout."""
    return ready_departure(
        planned_at=planned_at, route=departure.route, operator=departure.operator, driver=departure.driver,
        vehicle=VehicleFactory(operator=departure.operator), seat_map=departure.seat_map,
    )  # fmt: skip


def head_of(operator: Operator) -> User:
    """Who may sign for *operator*."""
    return operator.users.order_by("pk").first() or UserFactory(operator=operator, full_name="Đinh Thị Ợ Ữ Ẵ")


def dispatcher_of(station: Station) -> User:
    return staff_of(station, Role.DISPATCHER)


def drawn(departure: Departure | None = None, now: datetime = NOW) -> DispatchOrder:
    """An electronic order that waits for its operator's signature."""
    departure = departure or ready_departure()
    return services.create_order(departure_id=departure.pk, by=dispatcher_of(departure.station), now=now)


def asked(departure: Departure | None = None, now: datetime = NOW) -> DispatchOrder:
    """Signed by its operator; no worker has put the signature into the document yet."""
    order = drawn(departure, now)
    services.sign_order(order_id=order.pk, by=head_of(order.operator), now=now)
    return DispatchOrder.objects.get(pk=order.pk)


def issued(departure: Departure | None = None, now: datetime = NOW) -> DispatchOrder:
    """Signed, and the document carries the signature."""
    order = asked(departure, now)
    services.advance_document(order_id=order.pk, message_id=None, now=now + timedelta(seconds=2))
    return DispatchOrder.objects.select_related("document", "operator", "station").get(pk=order.pk)


def sheet(number: str = "LVC-77", **how: Any) -> services.PaperSheet:
    """A paper order of the test month."""
    return services.PaperSheet(
        **({"number": number, "valid_from": date(2026, 11, 1), "valid_until": date(2026, 11, 30)} | how)
    )


def entered(departure: Departure | None = None, now: datetime = NOW, **how: Any) -> DispatchOrder:
    """A paper order that a dispatcher typed in."""
    departure = departure or ready_departure(electronic=False)
    return services.enter_paper_order(
        departure_id=departure.pk, sheet=sheet(**how), by=dispatcher_of(departure.station), now=now
    )


def inside(departure: Departure, now: datetime = NOW) -> YardVisit:
    """Its coach came through the gate, so the in/out price is charged."""
    guard = staff_of(departure.station, Role.GUARD)
    return services.let_in(
        station=departure.station, plate=departure.vehicle.plate, passengers_in=None, by=guard, now=now
    )


def paid(departure: Departure, now: datetime = NOW) -> Charge:
    """The in/out price of *departure*, taken in cash."""
    till = till_of(departure.station, now=now)
    charge = Charge.objects.get(departure=departure)
    return pay_charge(
        charge_id=charge.pk, till_id=till.pk, method=Method.CASH, received=None, reference="", by=till.clerk, now=now
    )


def cleared(departure: Departure | None = None, now: datetime = NOW) -> Departure:
    """Order issued, coach inside, price paid: only the station's confirmation is missing."""
    departure = departure or ready_departure()
    issued(departure, now)
    inside(departure, now)
    paid(departure, now)
    return departure


def confirmed(departure: Departure | None = None, now: datetime = NOW, passengers: int = 3) -> OrderLeg:
    departure = cleared(departure, now)
    return services.confirm_departure(
        departure_id=departure.pk, passengers=passengers, by=dispatcher_of(departure.station), now=now
    )


def coach_with(departure: Departure, *labels: str, kind: SeatKind = SeatKind.SEAT) -> Vehicle:
    """Another coach of the operator with these seats."""
    layout = SeatMapFactory(size=0)
    for ordinal, label in enumerate(labels, start=1):
        Seat.objects.create(seat_map=layout, ordinal=ordinal, label=label, kind=kind, deck=1, row=ordinal, column=1)
    return VehicleFactory(operator=departure.operator, seat_map=layout)


def gone(departure: Departure | None = None, now: datetime = NOW) -> TransmissionRecord:
    """The coach left at *now*: what the Road Administration is to be told of it."""
    leg = confirmed(departure, now)
    visit = YardVisit.objects.get(departure=leg.departure)
    services.let_out(visit_id=visit.pk, by=dispatcher_of(visit.station), now=now)
    return TransmissionRecord.objects.get(visit=visit)
