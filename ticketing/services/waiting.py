"""A customer pays by VietQR: the seats wait with them, the clerk serves the next one, the sale is made by the money."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from fees import services as fees
from fees.enums import Method, RequestState
from fees.errors import NoSuchPayment
from fees.models import Payment, TransferRequest
from fees.services import WAIT_LASTS
from station.models import Departure, Till, User
from station.models.locks import lock, share_lock
from station.money import vnd
from ticketing import selectors
from ticketing.errors import HoldGone, PriceChanged
from ticketing.models import Hold, Sale, SeatClaim, WaitingSale
from ticketing.rules import NOBODY, Buyer
from ticketing.services.buyers import checked_buyer
from ticketing.services.choices import Wish, choose
from ticketing.services.holds import drop_hold
from ticketing.services.paying import Part, check_parts, rest_of
from ticketing.services.pricing import Passenger, price_of
from ticketing.services.sales import sell_tickets


@transaction.atomic
def ask_for_sale(
    *,
    hold_id: int,
    till_id: int,
    passengers: Sequence[Passenger] = (),
    parts: Sequence[Part] = (),
    buyer: Buyer = NOBODY,
    by: User,
    now: datetime,
) -> WaitingSale:
    """Ask the customer whose seats are kept for the price by VietQR; the seats are kept as long as it is waited.

    What *parts* pay otherwise is not asked for; it is taken when the rest has come.
    Raises HoldGone, PartsTooMuch, ReferenceMissing, NoBankAccount, NothingToTransfer and what checked_buyer, the
    till and a sale refuse.
    """
    named = checked_buyer(buyer)
    till = fees.use_till(till_id, by, now)
    hold = _kept(hold_id, till, now)
    seats = selectors.labels_of(hold)
    wish = Wish(hold.departure_id, seats, len(seats), hold.from_stop_id, hold.to_stop_id)
    choice = choose(wish, till=till, now=now, own_hold=hold.pk)
    left = choice.departure.sale_ends_at - now
    # A coach that stands open past its time is sold until it is confirmed: nobody knows when that will be.
    lasts = min(WAIT_LASTS, left) if left > timedelta(0) else WAIT_LASTS
    check_parts(parts)
    rest = rest_of(price_of(choice, passengers), parts)
    request = fees.ask_transfer(till=till, amount=rest, by=by, now=now, lasts=lasts)
    hold.request, hold.expires_at = request, request.expires_at
    hold.save(update_fields=["request", "expires_at"])
    SeatClaim.objects.filter(hold=hold).update(expires_at=hold.expires_at)
    return WaitingSale.objects.create(
        request=request, departure=choice.departure, from_stop=choice.stretch.from_stop,
        to_stop=choice.stretch.to_stop, seats=seats, passengers=[asdict(one) for one in passengers],
        parts=[asdict(part) for part in parts],
        **named.columns(),
    )  # fmt: skip


def _kept(hold_id: int, till: Till, now: datetime) -> Hold:
    """The till's own hold, locked after its departure. Raises HoldGone."""
    departure_id = Hold.objects.filter(pk=hold_id, till=till).order_by("pk").values_list("departure", flat=True).first()
    if departure_id is None:
        raise HoldGone  # needs no lock: there is nothing to lock
    share_lock(Departure, departure_id)
    hold = lock(Hold.objects.filter(pk=hold_id, request=None)).first()
    if hold is None or hold.expires_at < now or not hold.claims.exists():
        raise HoldGone
    return hold


@transaction.atomic
def cancel_transfer(*, request_id: int, till_id: int, by: User, now: datetime) -> TransferRequest:
    """The customer will not pay by bank: nobody waits any more, the seats are free.

    Raises NoSuchPayment, RequestPaid, RequestOver and what the till refuses.
    """
    fees.use_till(till_id, by, now)
    request = fees.locked_request(request_id)
    if request.till_id != till_id:
        raise NoSuchPayment
    fees.check_waiting(request)
    _free_seats(request)
    fees.end_waiting(request, RequestState.CANCELLED, by=by, now=now)
    return request


def let_go_of_unpaid(*, now: datetime) -> int:
    """End what was waited for too long; returns how many."""
    due = TransferRequest.objects.filter(state=RequestState.WAITING, expires_at__lte=now)
    return sum(_expire(pk, now) for pk in due.order_by("expires_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _expire(request_id: int, now: datetime) -> bool:
    request = fees.locked_request(request_id)
    if request.state != RequestState.WAITING:
        return False
    _free_seats(request)
    fees.end_waiting(request, RequestState.EXPIRED, by=None, now=now)
    return True


def _free_seats(request: TransferRequest) -> None:
    for hold in Hold.objects.filter(request=request).order_by("pk"):
        drop_hold(hold.pk)


def complete_sale(request: TransferRequest, *, reference: str, now: datetime) -> Payment:
    """Make the sale that *request* waits for (locked, waited for): under its clerk, at its till.

    Raises PriceChanged and what a sale refuses.
    """
    kept = Hold.objects.filter(request=request).order_by("pk").values_list("pk", flat=True).first()
    return _sell(request, till=request.till, hold_id=kept, reference=reference, by=request.asked_by, now=now)


def sell_late(request: TransferRequest, *, till: Till, reference: str, by: User, now: datetime) -> Payment:
    """The money came after the seats were let go: a person sells them anew, at their own till (see use_till)."""
    return _sell(request, till=till, hold_id=None, reference=reference, by=by, now=now)


def _sell(
    request: TransferRequest, *, till: Till, hold_id: int | None, reference: str, by: User, now: datetime
) -> Payment:  # fmt: skip
    waiting = WaitingSale.objects.get(request=request)
    sale = sell_tickets(
        departure_id=waiting.departure_id, seats=_labels(waiting),
        passengers=[Passenger(**one) for one in waiting.passengers], from_stop_id=waiting.from_stop_id,
        to_stop_id=waiting.to_stop_id, till_id=till.pk, method=Method.TRANSFER, reference=reference,
        parts=[Part(Method(one["method"]), one["amount"], one["reference"]) for one in waiting.parts],
        buyer=waiting.buyer, hold_id=hold_id, request=request,
        idempotency_key=f"{by.pk}:transfer-{request.reference}", by=by, now=now,
    )  # fmt: skip
    if sale.payment.amount != request.amount:
        raise PriceChanged(now=vnd(sale.payment.amount), asked=vnd(request.amount))
    return _paid(waiting, sale, request, by=by, now=now)


def _labels(waiting: WaitingSale) -> Sequence[str]:
    return [str(label) for label in waiting.seats]


def _paid(waiting: WaitingSale, sale: Sale, request: TransferRequest, *, by: User, now: datetime) -> Payment:
    waiting.sale = sale
    waiting.save(update_fields=["sale"])
    fees.mark_paid(request, sale.payment, by=by, now=now)
    return sale.payment
