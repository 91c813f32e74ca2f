"""Sums of postings: the only source of every money figure in a report (architecture: Money)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from fees.enums import MOVED, Account, Method, PaymentKind
from fees.models import Charge, Posting
from station.models import Shift

_MONEY = (Account.DRAWER, Account.BANK)


def of_shift(shift: Shift) -> QuerySet[Posting]:
    """Everything booked at the tills of *shift*."""
    return Posting.objects.filter(entry__till__shift=shift)


def balance(postings: QuerySet[Posting], account: Account) -> int:
    """đồng; debit positive."""
    return int(postings.filter(account=account).aggregate(sum=Sum("amount", default=0))["sum"])


def held_by_operator(shift: Shift) -> dict[int, int]:
    """Ticket money taken in *shift*, by the operator it is held for."""
    rows = of_shift(shift).filter(account=Account.HELD_FOR_OPERATOR).values("operator").order_by("operator")
    return {row["operator"]: -row["sum"] for row in rows.annotate(sum=Sum("amount"))}


@dataclass(frozen=True, slots=True)
class MethodLine:
    """What came in by one method: for tickets, station services, parcels and luggage, and the roundings."""

    method: Method
    count: int
    tickets: int
    services: int
    freight: int
    other: int

    @property
    def total(self) -> int:
        return self.tickets + self.services + self.freight + self.other


def by_method(shift: Shift) -> list[MethodLine]:
    """Money in, by method; the opening floats are no payments, and cash that only moved was not paid."""
    rows = _paid(shift)
    kind = "entry__payment__kind"
    sums = rows.values("entry__payment__method").order_by("entry__payment__method").annotate(
        count=Count("entry", distinct=True, filter=~Q(**{kind: PaymentKind.CORRECTION})),
        tickets=Sum("amount", filter=Q(**{f"{kind}__in": [PaymentKind.SALE, PaymentKind.REFUND]}), default=0),
        services=Sum("amount", filter=Q(**{kind: PaymentKind.FEE}), default=0),
        freight=Sum("amount", filter=Q(**{kind: PaymentKind.FREIGHT}), default=0),
        total=Sum("amount", default=0),
    )  # fmt: skip
    lines = {
        row["entry__payment__method"]: MethodLine(
            method=Method(row["entry__payment__method"]),
            count=row["count"],
            tickets=row["tickets"],
            services=row["services"],
            freight=row["freight"],
            other=row["total"] - row["tickets"] - row["services"] - row["freight"],
        )
        for row in sums
    }
    return [lines[method] for method in Method if method in lines]


@dataclass(frozen=True, slots=True)
class TillMoney:
    """What one till took, without its float and without cash that only moved."""

    cash: int = 0
    not_cash: int = 0


def _paid(shift: Shift) -> QuerySet[Posting]:
    rows = of_shift(shift).filter(account__in=_MONEY, entry__payment__isnull=False)
    return rows.exclude(entry__payment__kind__in=MOVED)


def moved_by_till(shift: Shift) -> dict[int, int]:
    """Cash that came into a drawer (−: left it) and that nobody paid, by till."""
    rows = of_shift(shift).filter(account=Account.DRAWER, entry__payment__kind__in=MOVED).values("entry__till")
    return {row["entry__till"]: row["sum"] for row in rows.order_by("entry__till").annotate(sum=Sum("amount"))}


def by_till(shift: Shift) -> dict[int, TillMoney]:
    rows = _paid(shift).values("entry__till")
    sums = rows.order_by("entry__till").annotate(
        cash=Sum("amount", filter=Q(account=Account.DRAWER), default=0),
        not_cash=Sum("amount", filter=Q(account=Account.BANK), default=0),
    )
    return {row["entry__till"]: TillMoney(row["cash"], row["not_cash"]) for row in sums}


def differences(shift: Shift) -> dict[int, int]:
    """Counted minus expected as booked when a till was closed, by till; only where it is not 0.

    A correction of an earlier till has its payment and is no difference of this one.
    """
    rows = of_shift(shift).filter(account=Account.OVER_SHORT, entry__payment=None).values("entry__till")
    rows = rows.order_by("entry__till")
    return {row["entry__till"]: -row["sum"] for row in rows.annotate(sum=Sum("amount"))}


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One station service: charged in the hours of the shift, collected at its tills."""

    name: str
    count: int
    net: int
    tax: int
    collected: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


def by_service(shift: Shift) -> list[ServiceLine]:
    """Charging follows the clock of the ca, so that no charge falls into two or none; paying follows the till."""
    in_hours = Q(entry__station=shift.station_id, entry__at__gte=shift.starts_at, entry__at__lt=shift.ends_at)
    earned = Posting.objects.filter(in_hours, account__in=[Account.REVENUE, Account.VAT])
    paid = of_shift(shift).filter(account=Account.OWED_BY_OPERATOR, entry__payment__kind=PaymentKind.FEE)
    net = _by_charge(earned.filter(account=Account.REVENUE))
    tax = _by_charge(earned.filter(account=Account.VAT))
    collected = _by_charge(paid)
    names = _services_of({*net, *tax, *collected})
    lines = []
    for name in sorted(set(names.values())):
        of_it = [obj for obj, its in names.items() if its == name]
        charged = [obj for obj in of_it if obj in net or obj in tax]
        sums = [sum(part.get(obj, 0) for obj in of_it) for part in (net, tax, collected)]
        lines.append(ServiceLine(name, len(charged), net=sums[0], tax=sums[1], collected=sums[2]))
    return lines


def _by_charge(postings: QuerySet[Posting]) -> Mapping[str, int]:
    rows = postings.filter(entry__obj__startswith="charge:").values("entry__obj").order_by("entry__obj")
    return {row["entry__obj"]: -row["sum"] for row in rows.annotate(sum=Sum("amount"))}


def _services_of(objects: set[str]) -> dict[str, str]:
    ids = [int(obj.removeprefix("charge:")) for obj in objects]
    rows = Charge.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "service__name")
    return {f"charge:{pk}": name for pk, name in rows}
