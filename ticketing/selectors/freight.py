"""Parcels and what they cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from station.models import Departure, Station
from ticketing import rules
from ticketing.enums import FreightKind, ParcelState
from ticketing.errors import NoFreightRate, NoSuchParcel
from ticketing.models import FreightRate, LuggageTag, Parcel, Ticket
from ticketing.selectors.selling import sold_here

_ACTIVE = (ParcelState.RECEIVED, ParcelState.LOADED, ParcelState.ARRIVED)
SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Freight:
    """đồng for one consignment and how they came about."""

    amount: int
    price: dict[str, object]


def freight_of(kind: FreightKind, operator_id: int, weight_kg: Decimal, day: date) -> Freight:
    """By the rate of *day*: the operator's own, else the general one. Raises NoFreightRate."""
    rows = FreightRate.objects.filter(
        Q(operator=operator_id) | Q(operator=None), Q(valid_until=None) | Q(valid_until__gt=day),
        kind=kind, valid_from__lte=day,
    )  # fmt: skip
    rate = max(rows.order_by("pk"), key=lambda row: (row.operator_id is not None, row.valid_from), default=None)
    if rate is None:
        raise NoFreightRate(kind=FreightKind(kind).label, day=f"{day:%d/%m/%Y}")
    amount = rules.freight(weight_kg, free_kg=rate.free_kg, per_kg=rate.per_kg, least=rate.least)
    price = {
        "rate": rate.pk, "per_kg": rate.per_kg, "free_kg": rate.free_kg, "least": rate.least,
        "weight_kg": str(weight_kg), "amount": amount,
    }  # fmt: skip
    return Freight(amount, price)


def luggage_cost(ticket: Ticket, weight_kg: Decimal, day: date) -> Freight:
    """What *weight_kg* more of the passenger's luggage costs: all of it together, less what is paid already.

    Call it with the ticket locked. Raises NoFreightRate.
    """
    before = LuggageTag.objects.filter(ticket=ticket).aggregate(
        kg=Sum("weight_kg", default=Decimal(0)), fee=Sum("fee", default=0)
    )
    whole = freight_of(FreightKind.LUGGAGE, ticket.departure.operator_id, before["kg"] + weight_kg, day)
    amount = max(whole.amount - before["fee"], 0)
    return Freight(amount, {**whole.price, "amount": amount, "paid_before": before["fee"]})


def parcel_at(code: str, stations: Iterable[Station]) -> Parcel:
    """The parcel *code*, at any of *stations*: it arrives elsewhere than it was received. Raises NoSuchParcel."""
    found = parcel_by_code(code)
    if not {station.pk for station in stations} & {found.station_id, found.to_stop.station_id}:
        raise NoSuchParcel(code=code)
    return found


def parcels() -> QuerySet[Parcel]:
    """Parcels with what their pages show."""
    return Parcel.objects.select_related(
        "station", "departure__route", "departure__operator", "departure__vehicle", "departure__station", "to_stop",
        "payment", "received_by",
    )  # fmt: skip


def parcel_by_code(code: str) -> Parcel:
    """Raises NoSuchParcel."""
    found = parcels().filter(code=code).order_by("pk").first()
    if found is None:
        raise NoSuchParcel(code=code)
    return found


def parcels_of(station: Station, now: datetime) -> QuerySet[Parcel]:
    """What is on the way here, newest first."""
    rows = parcels().filter(station=station, state__in=_ACTIVE, received_at__gte=now - SHOWN_FOR)
    return rows.order_by("-received_at", "-pk")


def departures_for_parcels(station: Station, now: datetime) -> list[Departure]:
    """Departures that still take parcels, soonest first."""
    rows = sold_here(station, now).select_related("route", "operator").prefetch_related("route__stops")
    return list(rows.order_by("planned_at", "pk"))


def luggage_of(ticket: Ticket) -> Sequence[LuggageTag]:
    return list(LuggageTag.objects.filter(ticket=ticket).order_by("pk"))
