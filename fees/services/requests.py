"""A customer pays by bank: what is asked for, under which reference, and how the waiting ends."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from fees import rules, selectors
from fees.enums import RequestState
from fees.errors import NoSuchPayment, NothingToTransfer, RequestOver, RequestPaid
from fees.models import Charge, Payment, TransferRequest
from fees.services.payments import use_till
from fees.services.settling import check_payable
from station.models import Till, User
from station.models.locks import lock
from station.money import vnd
from station.services.outbox import push

WAIT_LASTS = timedelta(minutes=5)


def ask_transfer(
    *, till: Till, amount: int, charge: Charge | None = None, by: User, now: datetime, lasts: timedelta = WAIT_LASTS
) -> TransferRequest:
    """Ask for *amount* đồng by VietQR until *now* + *lasts*, inside the caller's transaction on *till* (see use_till).

    Raises NoBankAccount, NothingToTransfer.
    """
    if amount <= 0:
        raise NothingToTransfer(amount=vnd(amount))
    account = selectors.bank_account(till.station, now)
    number = _next_number()
    reference = rules.reference_of(number)
    note = rules.note_of(till.station.code, reference)
    payload = rules.vietqr(bank=account.bank, account=account.number, amount=amount, note=note)
    request = TransferRequest.objects.create(
        pk=number, station_id=till.station_id, till=till, account=account, charge=charge, reference=reference,
        note=note, payload=payload, amount=amount, asked_by=by, asked_at=now, expires_at=now + lasts,
    )  # fmt: skip
    show(request, now=now)
    return request


def _next_number() -> int:
    """The id of the request to come: its reference is made of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('fees_transferrequest', 'id'))")
        return int(cursor.fetchone()[0])


@transaction.atomic
def ask_for_charge(*, charge_id: int, till_id: int, by: User, now: datetime) -> TransferRequest:
    """Show the operator's driver a code for the whole charge. Raises what use_till and check_payable refuse."""
    till = use_till(till_id, by, now)
    rows = Charge.objects.select_related("station", "operator")
    charge = lock(rows.filter(pk=charge_id)).get()
    check_payable(charge, till)
    return ask_transfer(till=till, amount=charge.gross, charge=charge, by=by, now=now)


def locked_request(request_id: int) -> TransferRequest:
    """The request, so that nobody else ends its waiting meanwhile. Raises NoSuchPayment."""
    rows = TransferRequest.objects.select_related("station", "till__counter", "asked_by", "charge", "account")
    request = lock(rows.filter(pk=request_id)).first()
    if request is None:
        raise NoSuchPayment
    return request


def check_waiting(request: TransferRequest) -> None:
    """Raises RequestPaid, RequestOver."""
    if request.state == RequestState.PAID:
        raise RequestPaid(reference=request.reference)
    if request.state != RequestState.WAITING:
        raise RequestOver(reference=request.reference, state=request.get_state_display())


def end_waiting(request: TransferRequest, state: RequestState, *, by: User | None, now: datetime) -> None:
    """Nobody waits for this money any more (see locked_request)."""
    request.become(state, by=by, now=now, till=request.till)
    show(request, now=now)


def mark_paid(request: TransferRequest, payment: Payment, *, by: User, now: datetime) -> None:
    """What was asked for is there (see locked_request)."""
    request.become(RequestState.PAID, by=by, now=now, till=payment.till, payment=payment)
    show(request, now=now)


def show(request: TransferRequest, *, now: datetime) -> None:
    """The screens of the counter and of its customer draw themselves anew."""
    push(f"sale-{request.till.station.code}", now=now)
    if request.till.counter_id:
        push(f"display-{request.till.counter_id}", now=now)
