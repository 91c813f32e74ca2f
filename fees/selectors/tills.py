"""What is in a drawer, what a till took, how it was closed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Prefetch, QuerySet, Sum

from fees.enums import MOVED, Account, Method, PaymentKind
from fees.models import CashCount, Payment, Posting, TillClosing, TillCorrection
from fees.money import cash_rounding
from station.models import JournalEntry, JournalHead, Station, Till, User


def drawer_balance(till: Till) -> int:
    """đồng that should lie in the drawer now, from the ledger."""
    rows = Posting.objects.filter(account=Account.DRAWER, till=till)
    return int(rows.aggregate(balance=Sum("amount", default=0))["balance"])


def rounding_back(came: Payment, amount: int) -> int:
    """What makes *amount* payable in notes when it goes back of *came*, rounded together with all that went back of it
    before: who undoes a sale ticket by ticket leaves the drawer as it was."""
    gone = Payment.objects.filter(refund_of=came, method=Method.CASH)
    sums = gone.aggregate(amount=Sum("amount", default=0), rounding=Sum("rounding", default=0))
    return cash_rounding(int(sums["amount"]) - amount) - int(sums["rounding"])


@dataclass(frozen=True, slots=True)
class TillLine:
    """Payments of one kind by one method."""

    kind: PaymentKind
    method: Method
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class TillSummary:
    """What one till took: each kind × method, and its totals in đồng. Cash that nobody paid stands apart."""

    lines: tuple[TillLine, ...]
    moved: int

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def cash(self) -> int:
        return sum(line.amount for line in self.lines if line.method == Method.CASH)

    @property
    def not_cash(self) -> int:
        return self.total - self.cash


def till_summary(till: Till) -> TillSummary:
    rows = Payment.objects.filter(till=till).values("kind", "method").order_by("kind", "method")
    sums = rows.annotate(count=Count("pk"), amount=Sum("amount")).values_list("kind", "method", "count", "amount")
    lines = [TillLine(PaymentKind(kind), Method(method), count, amount) for kind, method, count, amount in sums]
    kinds, methods = list(PaymentKind), list(Method)
    taken = [line for line in lines if line.kind not in MOVED]
    return TillSummary(
        lines=tuple(sorted(taken, key=lambda line: (kinds.index(line.kind), methods.index(line.method)))),
        moved=sum(line.amount for line in lines if line.kind in MOVED),
    )


def payments_of(till: Till) -> QuerySet[Payment]:
    """What people paid and got back, newest first, a correction with the closing it `corrects`.

    Cash that only moved is a move (moves_of).
    """
    paid = Payment.objects.filter(till=till).exclude(kind__in=MOVED).select_related("charge", "entry")
    closing = {"corrects": F("till_correction__closing"), "corrects_number": F("till_correction__closing__number")}
    return paid.annotate(**closing).order_by("-at", "-pk")


def last_closing(clerk: User) -> TillClosing | None:
    rows = TillClosing.objects.filter(till__clerk=clerk).select_related("till__shift")
    return rows.order_by("-closed_at", "-pk").first()


def closing_slip(stations: Iterable[Station], closing_id: int) -> TillClosing:
    """A closing with all that its slip shows; raises TillClosing.DoesNotExist, also for other stations."""
    rows = TillClosing.objects.filter(station__in=list(stations))
    rows = rows.select_related("station", "till__shift", "till__clerk", "till__counter", "closed_by")
    notes = Prefetch("counts", CashCount.objects.order_by("-denomination"))
    return rows.prefetch_related(notes).get(pk=closing_id)


def journal_seal(till: Till) -> str:
    """The end of the till's journal chain as printed on its slip: the first 8 hex digits."""
    head = JournalHead.objects.filter(chain=f"till:{till.pk}").order_by("pk").first()
    return bytes(head.hash).hex()[:8] if head else ""


@dataclass(frozen=True, slots=True)
class EarlierCount:
    """A count that did not fit; the first of a till was blind."""

    at: datetime
    counted: int
    expected: int

    @property
    def difference(self) -> int:
        return self.counted - self.expected


def earlier_counts(till: Till) -> list[EarlierCount]:
    """Counts of *till* that did not fit, from the journal, oldest first."""
    rows = JournalEntry.objects.filter(obj=till.journal_name, action="till_counted").order_by("seq")
    said = ((row.at, json.loads(row.body)) for row in rows)
    return [EarlierCount(at, facts["counted"], facts["expected"]) for at, facts in said]


def corrections_of(closing: TillClosing) -> QuerySet[TillCorrection]:
    """What was booked later, in tills of later hours, about the till of *closing*."""
    return closing.corrections.select_related("payment__till__shift", "by", "approved_by").order_by("pk")


def corrected_at(till: Till) -> QuerySet[TillCorrection]:
    """Corrections of earlier tills that are booked in *till*."""
    rows = TillCorrection.objects.filter(payment__till=till)
    return rows.select_related("payment", "closing", "by", "approved_by").order_by("pk")
