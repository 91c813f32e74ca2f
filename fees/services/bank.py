"""Money that arrived at the bank: kept once, then explained by a payment, or paid back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from fees import selectors
from fees.enums import Account, LineSource, LineState, RequestState
from fees.errors import (
    AmountDiffers,
    BankLineDiffers,
    BankLineOver,
    NothingToSend,
    ReferenceMissing,
    RequestPaid,
    ReturnReasonMissing,
    SentBack,
)
from fees.models import BankAccount, BankLine, Payment, TransferBack, TransferRequest
from fees.services.ledger import Line, post
from fees.services.requests import show
from station.errors import DomainError
from station.models import Station, User
from station.models.journal import record
from station.models.locks import lock
from station.money import vnd
from station.services.outbox import push


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a bank statement, as the bank or a person tells it (who may type its number in small letters)."""

    number: str
    amount: int
    text: str
    booked_at: datetime
    payer: str = ""
    source: LineSource = LineSource.BANK


@transaction.atomic
def set_bank_account(
    *, station: Station, bank: str, bank_name: str, number: str, holder: str, valid_from: date
) -> BankAccount:  # fmt: skip
    """From *valid_from* on customers of *station* pay here; the account before it ends on that day."""
    BankAccount.objects.filter(station=station, valid_from__gte=valid_from).delete()
    BankAccount.objects.filter(station=station, valid_from__lt=valid_from, valid_until=None).update(
        valid_until=valid_from
    )
    return BankAccount.objects.create(
        station=station, bank=bank, bank_name=bank_name, number=number, holder=holder, valid_from=valid_from
    )


def keep_line(station: Station, told: Told, *, by: User, now: datetime) -> tuple[BankLine, bool]:
    """The line, locked, and whether it is new: told twice it is kept once. Raises NoBankAccount, BankLineDiffers."""
    account = selectors.bank_account(station, told.booked_at)
    number = told.number.strip().upper()
    fresh = BankLine(
        account=account, station=station, number=number, amount=told.amount, text=told.text, payer=told.payer,
        booked_at=told.booked_at, source=told.source, received_at=now, received_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        line = locked_line(account, number)
    else:
        return fresh, True
    if line.amount != told.amount:
        raise BankLineDiffers(number=number, amount=vnd(line.amount))
    return line, False


def locked_line(account: BankAccount, number: str) -> BankLine:
    """The line that the bank told under *number*."""
    rows = BankLine.objects.select_related("station", "account")
    return lock(rows.filter(account=account, number=number)).get()


def open_line(line_id: int) -> BankLine:
    """A line that still is to be looked at, locked. Raises BankLineOver."""
    line = lock(BankLine.objects.select_related("station", "account").filter(pk=line_id)).get()
    if line.state != LineState.UNMATCHED:
        raise BankLineOver(number=line.number, state=line.get_state_display())
    return line


def check_pays(line: BankLine, request: TransferRequest) -> None:
    """Raises AmountDiffers, RequestPaid."""
    if request.state == RequestState.PAID:
        raise RequestPaid(reference=request.reference)
    if line.amount != request.amount:
        raise AmountDiffers(came=vnd(line.amount), asked=vnd(request.amount), reference=request.reference)


def explain_line(
    line: BankLine, payment: Payment, *, request: TransferRequest | None = None, by: User, now: datetime
) -> None:  # fmt: skip
    """*payment*, which is booked, is what this money paid."""
    _no_longer_unexplained(line, by=by, now=now)
    line.become(LineState.MATCHED, by=by, now=now, payment=payment, request=request, settled_at=now, settled_by=by)
    push(f"bank-{line.station.code}", now=now)


def leave_unmatched(
    line: BankLine, refusal: DomainError, *, request: TransferRequest | None, by: User, now: datetime
) -> None:  # fmt: skip
    """The money is there and fits nothing yet: it stands in the books as unexplained, and somebody looks at it."""
    line.problem, line.request = {"code": refusal.code, "facts": _as_text(refusal.facts)}, request
    line.save(update_fields=["problem", "request"])
    _book(line, line.amount, "unexplained", by=by, now=now)
    record(
        action="bank_line_unmatched", obj=line.journal_name, station_id=line.station_id, by=by, now=now,
        facts={"number": line.number, "amount": line.amount, "why": refusal.code},
    )  # fmt: skip
    push(f"bank-{line.station.code}", now=now)
    if request is not None:
        show(request, now=now)


def _as_text(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


@transaction.atomic
def pay_back_line(*, line_id: int, returned_as: str, reason: str, by: User, now: datetime) -> BankLine:
    """The money went back to its payer by a transfer of the bank. Raises BankLineOver, ReturnReasonMissing."""
    line = open_line(line_id)
    if not returned_as.strip() or not reason.strip():
        raise ReturnReasonMissing
    _no_longer_unexplained(line, by=by, now=now)
    line.become(
        LineState.RETURNED, by=by, now=now, reason=reason.strip(), returned_as=returned_as.strip(),
        returned_because=reason.strip(), settled_at=now, settled_by=by,
    )  # fmt: skip
    push(f"bank-{line.station.code}", now=now)
    return line


@transaction.atomic
def send_back(
    *, payment_id: int, stations: Iterable[Station], reference: str, by: User, now: datetime
) -> TransferBack:  # fmt: skip
    """The bank sent back what was undone at a counter of *stations* after it had come by transfer.

    Raises NothingToSend, ReferenceMissing, SentBack.
    """
    payment = lock(selectors.undone_transfers().filter(pk=payment_id, station__in=list(stations))).first()
    if payment is None:
        raise NothingToSend
    if not reference.strip():
        raise ReferenceMissing
    if known := TransferBack.objects.filter(payment=payment).order_by("pk").first():
        raise SentBack(reference=known.reference)
    sent = TransferBack.objects.create(payment=payment, reference=reference.strip(), by=by, at=now)
    record(
        action="transfer_sent_back", obj=payment.entry.obj, station_id=payment.station_id, by=by, now=now,
        facts={"payment": payment.pk, "amount": payment.amount, "reference": sent.reference},
    )  # fmt: skip
    push(f"bank-{payment.station.code}", now=now)
    return sent


def _no_longer_unexplained(line: BankLine, *, by: User, now: datetime) -> None:
    if line.problem:
        _book(line, -line.amount, "explained", by=by, now=now)


def _book(line: BankLine, amount: int, text: str, *, by: User, now: datetime) -> None:
    lines = [Line(Account.BANK, amount), Line(Account.UNEXPLAINED, -amount)]
    post(station_id=line.station_id, till=None, obj=line.journal_name, text=text, lines=lines, by=by, now=now)
