"""Money arrives at the bank: it makes the sale that waits for it, or somebody looks at it."""

from datetime import datetime

from django.db import transaction

from fees import selectors as money
from fees import services as fees
from fees.enums import Method, RequestState
from fees.errors import NoSuchPayment, ReferenceTaken
from fees.models import BankLine, Payment, TransferRequest
from fees.services import Told
from station.errors import DomainError, NoRight
from station.models import Station, User
from station.rights import has_right
from ticketing.errors import PaymentNotFitting
from ticketing.services.waiting import complete_sale, sell_late


@transaction.atomic
def receive_line(*, station: Station, told: Told, by: User, now: datetime) -> BankLine:
    """Keep what the bank told, and make the sale or pay the charge that waits for exactly this money: once.

    What fits nothing is kept with the reason. Raises NoBankAccount, BankLineDiffers.
    """
    line, is_new = fees.keep_line(station, told, by=by, now=now)
    if is_new:
        _match(line, by=by, now=now)
    return line


def _match(line: BankLine, *, by: User, now: datetime) -> None:
    request: TransferRequest | None = None
    try:
        if typed := money.payment_typed_for(line):
            fees.explain_line(line, typed, by=by, now=now)
            return
        request = money.request_named_in(line)
        with transaction.atomic():
            payment = _paid_by(line, request, now=now)
    except DomainError as refusal:
        fees.leave_unmatched(line, refusal, request=request, by=by, now=now)
    else:
        fees.explain_line(line, payment, request=request, by=by, now=now)


def _paid_by(line: BankLine, request: TransferRequest, *, now: datetime) -> Payment:
    """The payment that *line* is, booked at the till that waits for it under its clerk.

    Raises AmountDiffers, RequestPaid, RequestOver and what the till, a sale and a charge refuse.
    """
    if request.state == RequestState.PAID:
        return _confirmed_before(line, request)
    fees.use_till(request.till_id, request.asked_by, now)
    locked = fees.locked_request(request.pk)
    if locked.state == RequestState.PAID:  # its clerk confirmed it this moment
        return _confirmed_before(line, locked)
    fees.check_pays(line, locked)
    fees.check_waiting(locked)
    if locked.charge_id:
        return _pay_charge(locked, till_id=locked.till_id, reference=line.number, by=locked.asked_by, now=now)
    return complete_sale(locked, reference=line.number, now=now)


def _confirmed_before(line: BankLine, request: TransferRequest) -> Payment:
    """A clerk saw the money on the bank's screen before the bank told us. Raises RequestPaid, AmountDiffers."""
    payment = money.typed_payments(line).filter(transfer_request=request).first()
    if payment is None:
        fees.check_pays(line, request)
        raise PaymentNotFitting
    return payment


def _pay_charge(request: TransferRequest, *, till_id: int, reference: str, by: User, now: datetime) -> Payment:
    charge = fees.pay_charge(
        charge_id=request.charge_id or 0, till_id=till_id, method=Method.TRANSFER, received=None, reference=reference,
        by=by, now=now,
    )  # fmt: skip
    if charge.payment is None:
        raise LookupError(charge)
    fees.mark_paid(request, charge.payment, by=by, now=now)
    return charge.payment


@transaction.atomic
def confirm_transfer(*, request_id: int, till_id: int, reference: str, by: User, now: datetime) -> Payment:
    """The clerk saw the money on the bank's own screen: its reference is typed, the bank's line is expected later.

    Raises NoSuchPayment, ReferenceMissing, ReferenceTaken, BankLineOver, AmountDiffers, RequestPaid, RequestOver and
    what the till and a sale refuse.
    """
    told = money.line_numbered(reference, request_id, till_id)
    if told is not None:
        line = assign_line(line_id=told.pk, request_id=request_id, till_id=till_id, by=by, now=now)
        return Payment.objects.get(bank_line=line)
    till = fees.use_till(till_id, by, now)
    request = fees.locked_request(request_id)
    if request.till_id != till.pk:
        raise NoSuchPayment
    fees.check_waiting(request)
    if money.is_confirmed_by(reference, request.station_id):
        raise ReferenceTaken(number=reference)
    if request.charge_id:
        return _pay_charge(request, till_id=till_id, reference=reference, by=by, now=now)
    return complete_sale(request, reference=reference, now=now)


@transaction.atomic
def assign_line(*, line_id: int, request_id: int, till_id: int, by: User, now: datetime) -> BankLine:
    """A person says what the money was meant for. What was given up is sold anew, at the person's own till.

    Raises BankLineOver, NoSuchPayment, AmountDiffers, RequestPaid, NoRight and what till, sale and charge refuse.
    """
    line = fees.open_line(line_id)
    request = money.requests().filter(pk=request_id, station=line.station).order_by("pk").first()
    if request is None:
        raise NoSuchPayment
    if request.state in {RequestState.CANCELLED, RequestState.EXPIRED}:
        payment = _paid_late(line, request, till_id=till_id, by=by, now=now)
    else:
        payment = _paid_by(line, request, now=now)
    fees.explain_line(line, payment, request=request, by=by, now=now)
    return line


def _paid_late(line: BankLine, request: TransferRequest, *, till_id: int, by: User, now: datetime) -> Payment:
    till = fees.use_till(till_id, by, now)
    locked = fees.locked_request(request.pk)
    fees.check_pays(line, locked)
    if locked.charge_id:
        return _pay_charge(locked, till_id=till.pk, reference=line.number, by=by, now=now)
    if not has_right(by, "ticketing.sell", till.station, now):
        raise NoRight(station=till.station)
    return sell_late(locked, till=till, reference=line.number, by=by, now=now)


@transaction.atomic
def explain_by_payment(*, line_id: int, payment_id: int, by: User, now: datetime) -> BankLine:
    """A clerk took this money by a typed reference before the bank told us. Raises BankLineOver, PaymentNotFitting."""
    line = fees.open_line(line_id)
    payment = money.typed_payments(line).filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFitting
    fees.explain_line(line, payment, by=by, now=now)
    return line
