"""The operator's side: an order is signed, drawn up again, or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dispatch import selectors
from dispatch.enums import LegState, OrderSource, OrderState, SignatureField
from dispatch.errors import NotYourOrder, OrderConfirmed, OrderNotWaiting, OrderOutdated, PhotoNotAwaited
from dispatch.models import DispatchOrder, OrderLeg, Signature
from dispatch.services.drawing import lock_counters, media_type_of, redraw
from station.enums import Milestone
from station.errors import DomainError
from station.models import Departure, StoredFile, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox
from station.services.departures import take_back


@dataclass(frozen=True, slots=True)
class SignOutcome:
    """Which orders were signed, and why the others were not."""

    signed: tuple[DispatchOrder, ...]
    refused: tuple[tuple[DispatchOrder, DomainError], ...]


@transaction.atomic
def sign_order(*, order_id: int, by: User, now: datetime) -> DispatchOrder:
    """The operator's authorised person signs. A worker then puts the signature into the document.

    Raises NotYourOrder, OrderNotWaiting, OrderOutdated.
    """
    outcome = sign_orders(order_ids=[order_id], by=by, now=now)
    for _order, refusal in outcome.refused:
        raise refusal
    return outcome.signed[0]


@transaction.atomic
def sign_orders(*, order_ids: Sequence[int], by: User, now: datetime) -> SignOutcome:
    """Sign several at once: those that can be signed are, the others come back with their refusal."""
    departures = _locked_departures(order_ids)
    orders = list(lock(DispatchOrder.objects.filter(pk__in=order_ids).select_related("operator", "station")))
    legs = selectors.live_legs(departures)
    by_order = {legs[departure.pk].order_id: departure for departure in departures if departure.pk in legs}
    verdicts = [(order, _refusal(order, by_order.get(order.pk), legs, by)) for order in orders]
    signed = tuple(order for order, refusal in verdicts if refusal is None)
    for order in signed:
        owner = order.operator
        request_signature(
            order, SignatureField.OPERATOR, by=by, organisation=owner.name, tax_code=owner.tax_code, now=now
        )
        order.become(OrderState.SIGNING, by=by, now=now)
        outbox.tell("order.signature_requested", now=now, order_id=order.pk)
        outbox.push(f"orders-{order.station.code}", now=now)
    return SignOutcome(signed, tuple((order, refusal) for order, refusal in verdicts if refusal is not None))


def _refusal(
    order: DispatchOrder, departure: Departure | None, legs: dict[int, OrderLeg], by: User
) -> DomainError | None:
    if by.operator_id != order.operator_id:
        return NotYourOrder(order=order.number)
    if order.state != OrderState.DRAFT or departure is None:
        return OrderNotWaiting(order=order.number, state=order.get_state_display())
    if not selectors.agrees_with_order(departure, legs[departure.pk]):
        return OrderOutdated(order=order.number)
    return None


@transaction.atomic
def redraw_order(*, order_id: int, by: User, now: datetime) -> DispatchOrder:
    """Draw up an unsigned order again, after its coach or driver changed; the old number stays withdrawn.

    Raises NotYourOrder, OrderNotWaiting and what create_order raises.
    """
    departure = _locked_departures([order_id])[0]
    order = lock(DispatchOrder.objects.filter(pk=order_id)).get()
    _refuse_strangers(order, by)
    if order.state != OrderState.DRAFT:
        raise OrderNotWaiting(order=order.number, state=order.get_state_display())
    counters = lock_counters([departure], now)
    withdraw(order, "redrawn", by, now)
    return redraw(departure, by, counters, now)


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, by: User, now: datetime) -> DispatchOrder:
    """Withdraw an order that the station has not confirmed; its departure may then get another one.

    An electronic order is withdrawn by its operator, a paper order also by the station that typed it in. Raises
    NotYourOrder, OrderConfirmed, OrderNotWaiting.
    """
    _locked_departures([order_id])
    order = lock(DispatchOrder.objects.filter(pk=order_id)).get()
    _refuse_strangers(order, by)
    if order.state in {OrderState.CONFIRMED, OrderState.COMPLETED}:
        raise OrderConfirmed(order=order.number)
    if order.state == OrderState.CANCELLED:
        raise OrderNotWaiting(order=order.number, state=order.get_state_display())
    withdraw(order, reason, by, now)
    outbox.push(f"orders-{order.station.code}", now=now)
    return order


@transaction.atomic
def add_photo(*, order_id: int, photo: bytes, by: User, now: datetime) -> DispatchOrder:
    """The photo of a paper order that was entered without one, from its operator or from the station.

    A photo that is there stays: another one would be another paper. Raises NotYourOrder, PhotoNotAwaited, ScanRefused.
    """
    order = lock(DispatchOrder.objects.select_related("station").filter(pk=order_id)).get()
    _refuse_strangers(order, by)
    if not order.awaits_photo:
        raise PhotoNotAwaited(order=order.number)
    order.scan = StoredFile.keep(photo, media_type=media_type_of(photo), now=now)
    order.save(update_fields=["scan"])
    record(
        action="dispatch_photographed", obj=order.journal_name, station_id=order.station_id, by=by, now=now,
        facts={"sha256": order.scan.sha256},
    )  # fmt: skip
    outbox.push(f"orders-{order.station.code}", now=now)
    return order


def _refuse_strangers(order: DispatchOrder, by: User) -> None:
    is_station = by.operator_id is None and order.source == OrderSource.PAPER
    if by.operator_id != order.operator_id and not is_station:
        raise NotYourOrder(order=order.number)


def withdraw(order: DispatchOrder, reason: str, by: User, now: datetime) -> None:
    """No run stands on it any more; call it with its departures and the order locked."""
    order.become(OrderState.CANCELLED, by=by, now=now, reason=reason)
    for leg in order.legs.filter(state=LegState.PENDING).select_related("departure__station").order_by("pk"):
        leg.become(LegState.SKIPPED, by=by, now=now, reason=reason)
        take_back(leg.departure, Milestone.ORDER_ISSUED, by=by, now=now)


def _locked_departures(order_ids: Sequence[int]) -> list[Departure]:
    """The departures of some orders, locked before the orders themselves."""
    legs = OrderLeg.objects.filter(order__in=order_ids)
    rows = Departure.objects.select_related(
        "operator", "vehicle", "driver", "second_driver", "seat_map", "station", "route__origin", "route__destination"
    )
    return list(lock(rows.filter(pk__in=legs.values("departure_id"))))


def request_signature(
    order: DispatchOrder, field: SignatureField, *, by: User, organisation: str, tax_code: str, now: datetime
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
