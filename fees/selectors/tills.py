"""What is in a drawer, what a till took, how it was closed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet, Sum

from fees.enums import Account, Method, PaymentKind
from fees.models import CashCount, Payment, Posting, TillClosing
from station.models import JournalHead, Station, Till, User


def drawer_balance(till: Till) -> int:
    """đồng that should lie in the drawer now, from the ledger."""
    rows = Posting.objects.filter(account=Account.DRAWER, till=till)
    return int(rows.aggregate(balance=Sum("amount", default=0))["balance"])


def till_taken(till: Till) -> int:
    """Σ of the till's payments, all kinds and methods; the opening float is no payment."""
    return int(Payment.objects.filter(till=till).aggregate(taken=Sum("amount", default=0))["taken"])


@dataclass(frozen=True, slots=True)
class TillLine:
    """Payments of one kind by one method."""

    kind: PaymentKind
    method: Method
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class TillSummary:
    """What one till took: each kind × method, and its totals in đồng."""

    lines: tuple[TillLine, ...]

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
    return TillSummary(tuple(sorted(lines, key=lambda line: (kinds.index(line.kind), methods.index(line.method)))))


def payments_of(till: Till) -> QuerySet[Payment]:
    """Newest first."""
    return Payment.objects.filter(till=till).select_related("charge", "entry").order_by("-at", "-pk")


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
