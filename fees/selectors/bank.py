"""The bank account of a day, transfers that are waited for, and bank lines to be looked at."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from fees import rules
from fees.enums import LineState, Method, PaymentKind, RequestState
from fees.errors import NoBankAccount, ReferenceNotFound, SeveralReferences
from fees.models import BankAccount, BankLine, Payment, TransferRequest
from station.clock import local_day
from station.errors import DomainError
from station.models import Station, Till
from station.models.written_once import asked_often
from station.questions import answers


def bank_account(station: Station, at: datetime) -> BankAccount:
    """Where customers of *station* pay to at *at*. Raises NoBankAccount."""
    day = local_day(at)
    account = next(iter(_accounts(station.pk, day)), None)
    if account is None:
        raise NoBankAccount(station=str(station), day=f"{day:%d/%m/%Y}")
    return account


@asked_often
def _accounts(station_id: int, day: date) -> QuerySet[BankAccount]:
    rows = BankAccount.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), station=station_id)
    return rows.filter(valid_from__lte=day).order_by("pk")


def can_ask_transfer(station: Station, now: datetime) -> bool:
    try:
        bank_account(station, now)
    except NoBankAccount:
        return False
    return True


def requests() -> QuerySet[TransferRequest]:
    """Transfers asked for, with what their pages show."""
    return TransferRequest.objects.select_related(
        "till__counter", "till__station", "account", "asked_by", "charge__service", "payment"
    )  # fmt: skip


def request_named_in(line: BankLine) -> TransferRequest:
    """The one request of the station of *line* that its text names. Raises ReferenceNotFound, SeveralReferences."""
    found = rules.references_in(line.text)
    known = list(requests().filter(station=line.station_id, reference__in=found).order_by("pk")) if found else []
    if not known:
        raise ReferenceNotFound
    if len(known) > 1:
        raise SeveralReferences(references=", ".join(one.reference for one in known))
    return known[0]


def typed_payments(line: BankLine) -> QuerySet[Payment]:
    """Transfers that a clerk took by a typed reference, for which no bank line was seen yet and which are as much."""
    rows = unseen_transfers(line.station).filter(amount=line.amount)
    return rows.order_by("-at", "-pk")


def payment_typed_for(line: BankLine) -> Payment | None:
    """The payment that a clerk took by the bank's own reference, before the bank told us."""
    return typed_payments(line).filter(reference__iexact=line.number).first()


def unseen_transfers(station: Station) -> QuerySet[Payment]:
    """Money that came by transfer as a clerk said, and that the bank has not told of yet."""
    rows = Payment.objects.filter(station=station, method=Method.TRANSFER, bank_line=None, amount__gt=0)
    return rows.filter(kind__in=[PaymentKind.SALE, PaymentKind.FEE]).select_related("by", "till__counter")


def undone_transfers() -> QuerySet[Payment]:
    """What came by transfer and was undone at a counter, where nobody can send it back."""
    rows = Payment.objects.filter(method=Method.TRANSFER, amount__lt=0, reference="")
    return rows.select_related("station", "entry")


def unmatched_lines(stations: Iterable[Station]) -> QuerySet[BankLine]:
    """What somebody must look at, the oldest first."""
    return lines_of(stations).filter(state=LineState.UNMATCHED).order_by("received_at", "pk")


def lines_of(stations: Iterable[Station]) -> QuerySet[BankLine]:
    rows = BankLine.objects.filter(station__in=list(stations))
    return rows.select_related("station", "account", "request", "payment", "settled_by", "received_by")


def problem_of(line: BankLine) -> str:
    """Why *line* fits nothing, in the language of whoever reads it now."""
    if not line.problem:
        return ""
    kind = _refusals().get(line.problem["code"])
    return kind(**line.problem["facts"]).message if kind else str(line.problem["code"])


def _refusals() -> dict[str, type[DomainError]]:
    found: dict[str, type[DomainError]] = {}
    kinds = [DomainError]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        if code := vars(kind).get("code"):
            found[code] = kind
    return found


def line_numbered(number: str, request_id: int, till_id: int) -> BankLine | None:
    """The line that the bank told under *number* at the station of the request, which *till_id* asked for; one that
    explains something already only when there is no other."""
    asked = TransferRequest.objects.filter(pk=request_id, till=till_id).values("station")
    rows = BankLine.objects.filter(station__in=asked, number__iexact=number.strip())
    known = list(rows.order_by("pk")) if number.strip() else []
    return next((line for line in known if line.state == LineState.UNMATCHED), known[0] if known else None)


def is_confirmed_by(number: str, station_id: int) -> bool:
    """Whether a payment that was asked for at this station is paid by the transfer *number* already."""
    rows = TransferRequest.objects.filter(station=station_id, state=RequestState.PAID)
    return rows.filter(payment__reference__iexact=number.strip()).exists()


def fitting_requests(line: BankLine) -> QuerySet[TransferRequest]:
    """What *line* could have been meant for: as much, asked for at this station, never paid; the newest first."""
    rows = requests().filter(station=line.station_id, amount=line.amount).exclude(state=RequestState.PAID)
    return rows.order_by("-asked_at", "-pk")


@answers("till.may_close")
def transfers_waited_for(till: Till, _now: datetime) -> list[str]:
    """A till whose customer may be paying right now cannot close."""
    waiting = TransferRequest.objects.filter(till=till, state=RequestState.WAITING).count()
    sentence = ngettext(
        "%(count)s VietQR payment is still waited for: wait for the bank, or let go of it.",
        "%(count)s VietQR payments are still waited for: wait for the bank, or let go of them.",
        waiting,
    )
    return [sentence % {"count": waiting}] if waiting else []
