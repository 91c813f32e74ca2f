"""Customers who pay by bank: what their clerk sees, and what they see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from fees import selectors as money
from fees.enums import LineState, RequestState
from fees.models import BankLine, Payment, TransferRequest
from station.enums import TillState
from station.models import Counter, Station, Till
from station.models.written_once import asked_often
from ticketing.models import Refund, RefundPart, Ticket, WaitingSale
from ticketing.selectors.tickets import by_seat

# How long a payment that came is still said on the clerk's screen, and how long the customer is thanked.
SAID_FOR = timedelta(minutes=2)
THANKED_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class Waiting:
    """A payment by bank as the clerk's screen shows it: what for, and what went wrong, if anything."""

    request: TransferRequest
    sale: WaitingSale
    problem: str

    @property
    def is_paid(self) -> bool:
        return self.request.state == RequestState.PAID

    @property
    def first_code(self) -> str:
        """The code of the first ticket, under which all of them are printed."""
        tickets = list(self.sale.sale.tickets.all()) if self.sale.sale else []
        return tickets[0].code if tickets else ""


def waiting_at(till: Till, now: datetime) -> list[Waiting]:
    """The payments that *till* waits for, and those that just came; the newest first."""
    numbers = _waiting(till.pk, now - SAID_FOR)
    if not numbers:
        return []  # asked with each key at a counter
    sales = list(_shown().filter(pk__in=numbers).order_by("-request__asked_at", "-pk"))
    problems = _problems([sale.request_id for sale in sales])
    return [Waiting(sale.request, sale, problems.get(sale.request_id, "")) for sale in sales]


@asked_often
def _waiting(till_id: int, since: datetime) -> "QuerySet[WaitingSale, int]":
    current = Q(request__state=RequestState.WAITING) | Q(request__payment__at__gt=since)
    return WaitingSale.objects.filter(current, request__till=till_id).order_by("pk").values_list("pk", flat=True)


def _shown() -> QuerySet[WaitingSale]:
    rows = WaitingSale.objects.select_related(
        "request__account", "request__payment", "departure__vehicle", "departure__operator", "to_stop", "from_stop",
        "sale",
    )  # fmt: skip
    return rows.prefetch_related(by_seat("sale__tickets"))


def _problems(requests: list[int]) -> dict[int, str]:
    """Why money that names a request did not pay it, by request."""
    if not requests:
        return {}
    lines = BankLine.objects.filter(request__in=requests, state=LineState.UNMATCHED).order_by("pk")
    return {line.request_id: money.problem_of(line) for line in lines if line.request_id}


@dataclass(frozen=True)
class Display:
    """What the customer at a counter sees: a code to pay, thanks, or nothing (None)."""

    request: TransferRequest | None = None
    sale: WaitingSale | None = None

    @property
    def is_thanks(self) -> bool:
        return self.request is not None and self.request.state == RequestState.PAID


def display_of(counter: Counter, now: datetime) -> Display:
    """The payment that the customer at *counter* was asked for last, as long as it is waited for or just came."""
    here = money.requests().filter(till__counter=counter, till__state=TillState.OPEN)
    current = Q(state=RequestState.WAITING, expires_at__gt=now) | Q(payment__at__gt=now - THANKED_FOR)
    request = here.filter(current).order_by("-asked_at", "-pk").first()
    if request is None:
        return Display()
    return Display(request, _shown().filter(request=request).order_by("pk").first())


@dataclass(frozen=True, slots=True)
class OwedBack:
    """A transfer that was undone at a counter: the line it came with, if the bank has told, and its ticket (None: it
    paid a parcel)."""

    payment: Payment
    line: BankLine | None
    ticket: Ticket | None

    @property
    def amount(self) -> int:
        return -self.payment.amount


def owed_back(stations: Iterable[Station]) -> list[OwedBack]:
    """What the bank is to send back, the oldest first."""
    rows = money.undone_transfers().filter(station__in=list(stations), transfer_back=None).select_related(
        "station", "entry", "by", "refund_of__bank_line", "ticket_refund__ticket__sale",
        "refund_part__refund__ticket__sale",
    )  # fmt: skip
    return [OwedBack(row, getattr(row.refund_of, "bank_line", None), _ticket_of(row)) for row in rows.order_by("pk")]


def _ticket_of(payment: Payment) -> Ticket | None:
    part: RefundPart | None = getattr(payment, "refund_part", None)
    refund: Refund | None = part.refund if part else getattr(payment, "ticket_refund", None)
    return refund.ticket if refund else None


def meant_for(line: BankLine) -> QuerySet[TransferRequest]:
    """What *line* could have been meant for, with the seats that were to be sold; the newest first."""
    rows = money.fitting_requests(line)
    return rows.select_related(
        "till__counter", "till__station", "account", "asked_by", "charge__service", "waiting_sale__to_stop",
        "waiting_sale__departure",
    )  # fmt: skip
