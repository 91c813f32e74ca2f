"""What is to pay, and what was."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet, Sum

from fees.enums import ChargeState, PaymentKind, ServiceCode
from fees.models import Charge, Payment
from station.clock import local_day
from station.enums import DepartureState
from station.models import Departure, Station


def charges_of(station: Station) -> QuerySet[Charge]:
    rows = Charge.objects.filter(station=station)
    rows = rows.select_related("station", "service", "operator", "departure__route", "payment")
    return rows.order_by("departure__planned_at", "pk")


def open_charges(station: Station) -> QuerySet[Charge]:
    """What is to pay at *station*, the next departure first."""
    return charges_of(station).filter(state=ChargeState.DUE)


def charges_of_the_day(station: Station, day: date) -> QuerySet[Charge]:
    """Charges of the departures of *day*, whatever became of them."""
    return charges_of(station).filter(departure__service_on=day)


def total_of(charges: QuerySet[Charge]) -> int:
    return int(charges.aggregate(total=Sum("gross", default=0))["total"])


def with_plate(charges: QuerySet[Charge], words: str) -> QuerySet[Charge]:
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
    rows = rows.exclude(charges__service__code=ServiceCode.IN_OUT).exclude(
        state__in=[DepartureState.CANCELLED, DepartureState.MISSED]
    )
    return list(rows.select_related("vehicle", "route", "operator", "station").order_by("planned_at", "pk"))


def receipt(stations: Iterable[Station], payment_id: int) -> Payment:
    """A charge's payment with all that its receipt shows; raises Payment.DoesNotExist, also for other stations."""
    rows = Payment.objects.filter(kind=PaymentKind.FEE, station__in=list(stations))
    rows = rows.select_related(
        "station", "till__counter", "by", "charge__service", "charge__operator", "charge__departure__route"
    )
    return rows.get(pk=payment_id)
