"""The operator's side: an order is drawn up, signed electronically or entered from paper, or cancelled."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dispatch.contents import contents_of
from dispatch.enums import LegState, OrderSource, OrderState, SignatureField
from dispatch.errors import (
    DriverMissing,
    NotYourOrder,
    OrderExists,
    OrderNotWaiting,
    PaperNumberUsed,
    PaperOnly,
    VehicleMissing,
)
from dispatch.models import DispatchOrder, OrderLeg, OrderNumber, Signature
from dispatch.selectors import live_leg
from station import clock
from station.errors import DepartureNotOpen
from station.models import Departure, Operator, StoredFile, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox

FIRST_LINE = 1


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What a dispatcher reads off the paper order, and its photo when there is one."""

    number: str
    valid_from: date
    valid_until: date
    scan: bytes = b""
    media_type: str = ""


@transaction.atomic
def create_order(*, departure_id: int, by: User | None, now: datetime) -> DispatchOrder:
    """Draw up the electronic order of one departure, ready for its operator to sign.

    Raises DepartureNotOpen, OrderExists, VehicleMissing, DriverMissing, PaperOnly.
    """
    departure = _departure_without_order(departure_id)
    if not departure.operator.signs_electronically:
        raise PaperOnly(operator=departure.operator.name)
    day = clock.local_day(departure.planned_at)
    return _draw_up(departure, DispatchOrder(source=OrderSource.ELECTRONIC, valid_from=day, valid_until=day), by, now)


@transaction.atomic
def enter_paper_order(*, departure_id: int, sheet: PaperSheet, by: User, now: datetime) -> DispatchOrder:
    """Enter the paper order of one departure (TT 12/2020 Đ.25(3)): it goes the same way as an electronic one.

    Raises DepartureNotOpen, OrderExists, VehicleMissing, DriverMissing, PaperNumberUsed.
    """
    departure = _departure_without_order(departure_id)
    used = DispatchOrder.objects.filter(operator=departure.operator, paper_number=sheet.number)
    if used.exclude(state=OrderState.CANCELLED).exists():
        raise PaperNumberUsed(number=sheet.number, operator=departure.operator.name)
    scan = StoredFile.keep(sheet.scan, media_type=sheet.media_type, now=now) if sheet.scan else None
    draft = DispatchOrder(
        source=OrderSource.PAPER,
        paper_number=sheet.number,
        scan=scan,
        valid_from=sheet.valid_from,
        valid_until=sheet.valid_until,
    )
    order = _draw_up(departure, draft, by, now)
    # Its operator signed on paper: the document is rendered at once, and says so.
    order.become(OrderState.SIGNING, by=by, now=now)
    outbox.tell("order.signature_requested", now=now, order_id=order.pk)
    return order


@transaction.atomic
def sign_order(*, order_id: int, by: User, now: datetime) -> DispatchOrder:
    """The operator's authorised person signs. A worker then puts the signature into the document.

    Raises NotYourOrder, OrderNotWaiting.
    """
    order = lock(DispatchOrder.objects.filter(pk=order_id)).select_related("operator").get()
    if by.operator_id != order.operator_id:
        raise NotYourOrder(order=order.number)
    if order.state != OrderState.DRAFT:
        raise OrderNotWaiting(order=order.number, state=order.get_state_display())
    request_signature(order, SignatureField.OPERATOR, by, order.operator.name, order.operator.tax_code, now)
    order.become(OrderState.SIGNING, by=by, now=now)
    outbox.tell("order.signature_requested", now=now, order_id=order.pk)
    return order


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, by: User, now: datetime) -> DispatchOrder:
    """Withdraw an order that has not left yet; its departure may then get another one."""
    order = lock(DispatchOrder.objects.filter(pk=order_id)).get()
    order.become(OrderState.CANCELLED, by=by, now=now, reason=reason)
    for leg in order.legs.filter(state=LegState.PENDING).order_by("pk"):
        leg.become(LegState.SKIPPED, by=by, now=now, reason=reason)
    return order


def request_signature(
    order: DispatchOrder, field: SignatureField, by: User, organisation: str, tax_code: str, now: datetime
) -> Signature:
    """Record a person's will to sign *field* for an organisation; inside the caller's transaction."""
    return Signature.objects.create(
        order=order,
        field=field,
        signer=by,
        signer_name=by.full_name,
        organisation=organisation,
        organisation_tax_code=tax_code,
        requested_at=now,
    )


def _departure_without_order(departure_id: int) -> Departure:
    locked = lock(Departure.objects.filter(pk=departure_id))
    departure = locked.select_related(
        "operator", "vehicle", "driver", "second_driver", "seat_map", "station", "route__origin", "route__destination"
    ).get()
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    if departure.vehicle is None:
        raise VehicleMissing(departure=str(departure))
    if departure.driver is None:
        raise DriverMissing(departure=str(departure))
    if leg := live_leg(departure):
        raise OrderExists(departure=str(departure), order=leg.order.number)
    return departure


def _draw_up(departure: Departure, draft: DispatchOrder, by: User | None, now: datetime) -> DispatchOrder:
    """Number *draft*, take down what it says, and give it its one line."""
    draft.station, draft.operator = departure.station, departure.operator
    draft.created_at, draft.created_by = now, by
    draft.number = _next_number(departure.operator, clock.local(now).year)
    draft.contents = contents_of(departure, draft, now)
    draft.contents_sha256 = contents_hash(draft.contents)
    draft.save()
    OrderLeg.objects.create(order=draft, direction=departure.direction, position=FIRST_LINE, departure=departure)
    record(
        action="dispatch_drawn_up", obj=draft.journal_name, station_id=draft.station_id, by=by, now=now,
        facts={"number": draft.number, "departure": departure.pk, "source": draft.source},
    )  # fmt: skip
    return draft


def contents_hash(contents: object) -> str:
    """SHA-256 of the contents in canonical JSON."""
    text = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _next_number(operator: Operator, year: int) -> str:
    OrderNumber.objects.bulk_create([OrderNumber(operator=operator, year=year)], ignore_conflicts=True)
    counter = lock(OrderNumber.objects.filter(operator=operator, year=year)).get()
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return f"{operator.code}/{year}/{counter.last_number:06d}"
