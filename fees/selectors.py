"""What is in a drawer, what a till took, what is to pay."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from typing import TypeVar

from django.db.models import Count, QuerySet, Sum

from fees.enums import Account, ChargeState, Method, PaymentKind, ServiceCode
from fees.models import Charge, Payment, Posting, Tariff, TillClosing, VatRate
from station.clock import local_day
from station.enums import PaymentCycle
from station.errors import UnknownSetting
from station.models import Contract, Departure, JournalHead, Station, Till


_Dated = TypeVar("_Dated", Tariff, VatRate, Contract)


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


def payments_of(till: Till) -> "QuerySet[Payment]":
    """Newest first."""
    return Payment.objects.filter(till=till).select_related("charge", "entry").order_by("-at", "-pk")


def receipt(stations: Iterable[Station], payment_id: int) -> Payment:
    """A charge's payment with all that its receipt shows; raises Payment.DoesNotExist, also for other stations."""
    rows = Payment.objects.filter(kind=PaymentKind.FEE, station__in=list(stations))
    rows = rows.select_related(
        "station", "till__counter", "by", "charge__service", "charge__operator", "charge__departure__route"
    )
    return rows.get(pk=payment_id)


def charges_of(station: Station) -> "QuerySet[Charge]":
    rows = Charge.objects.filter(station=station)
    rows = rows.select_related("service", "operator", "departure__route", "departure__slot", "payment")
    return rows.order_by("departure__planned_at", "pk")


def open_charges(station: Station) -> "QuerySet[Charge]":
    """What is to pay at *station*, the next departure first."""
    return charges_of(station).filter(state=ChargeState.DUE)


def charges_of_the_day(station: Station, day: date) -> "QuerySet[Charge]":
    """Charges of the departures of *day*, whatever became of them."""
    return charges_of(station).filter(departure__service_on=day)


def with_plate(charges: "QuerySet[Charge]", words: str) -> "QuerySet[Charge]":
    """Charges whose plate contains what was typed, with or without dots and dashes."""
    plate = typed_plate(words)
    return charges.filter(plate__contains=plate) if plate else charges


def typed_plate(words: str) -> str:
    return re.sub(r"[^0-9A-ZĐ]", "", words.upper())


def charge_of_departure(departure: Departure) -> Charge | None:
    """The in/out charge, whatever its state."""
    rows = Charge.objects.filter(fact=fact_of(departure), service__code=ServiceCode.IN_OUT)
    return rows.select_related("service", "operator", "payment").order_by("pk").first()


def fact_of(departure: Departure) -> str:
    return f"departure:{departure.pk}"


def departures_without_charge(station: Station, words: str, now: datetime) -> list[Departure]:
    """Departures of today whose coach matches what was typed and which nobody charged yet; [] when nothing was."""
    plate = typed_plate(words)
    if not plate:
        return []
    rows = Departure.objects.filter(station=station, service_on=local_day(now), vehicle__plate__contains=plate)
    rows = rows.exclude(charges__service__code=ServiceCode.IN_OUT).exclude(state__in=["cancelled", "missed"])
    return list(rows.select_related("vehicle", "route", "operator", "station").order_by("planned_at", "pk"))


def tariff_on(departure: Departure) -> Tariff:
    """The line of the price decision for this departure: class of the station × kind of route × distance, of its day.

    Raises UnknownSetting.
    """
    station, route, day = departure.station, departure.route, departure.service_on
    if station.station_class is None:
        raise UnknownSetting(what=f"{station}: class", day=f"{day:%d/%m/%Y}")
    if route.distance_km is None:
        raise UnknownSetting(what=f"{route}: km", day=f"{day:%d/%m/%Y}")
    rows = _valid_on(Tariff.objects.all(), day).filter(
        service__code=ServiceCode.IN_OUT, station_class=station.station_class, route_kind=route.kind,
        km_from__lte=route.distance_km,
    ).exclude(km_to__lte=route.distance_km)  # fmt: skip
    tariff = rows.select_related("service").order_by("pk").first()
    if tariff is None:
        what = f"{route.get_kind_display()}, {route.distance_km} km"
        raise UnknownSetting(what=what, day=f"{day:%d/%m/%Y}")
    return tariff


def vat_on(code: str, day: date) -> VatRate:
    """Raises UnknownSetting."""
    rate = _valid_on(VatRate.objects.filter(code=code), day).order_by("pk").first()
    if rate is None:
        raise UnknownSetting(what=f"VAT «{code}»", day=f"{day:%d/%m/%Y}")
    return rate


def pays_monthly(departure: Departure) -> bool:
    """The operator's contract of that day puts charges on its account."""
    rows = Contract.objects.filter(station_id=departure.station_id, operator_id=departure.operator_id)
    return _valid_on(rows, departure.service_on).filter(payment_cycle=PaymentCycle.MONTH).exists()


def _valid_on(rows: "QuerySet[_Dated]", day: date) -> "QuerySet[_Dated]":
    return rows.filter(valid_from__lte=day).exclude(valid_until__lte=day)


def closing_slip(stations: Iterable[Station], closing_id: int) -> TillClosing:
    """A closing with all that its slip shows; raises TillClosing.DoesNotExist, also for other stations."""
    rows = TillClosing.objects.filter(station__in=list(stations))
    rows = rows.select_related("station", "till__shift", "till__clerk", "till__counter", "closed_by")
    return rows.prefetch_related("counts").get(pk=closing_id)


def journal_seal(till: Till) -> str:
    """The end of the till's journal chain as printed on its slip: the first 8 hex digits."""
    head = JournalHead.objects.filter(chain=f"till:{till.pk}").order_by("pk").first()
    return bytes(head.hash).hex()[:8] if head else ""
