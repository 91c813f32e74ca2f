"""What the decisions of a day say, and how a price came about in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from fees.enums import ServiceCode, Unit
from fees.models import Charge, Tariff, VatRate
from station.enums import PaymentCycle, RouteKind
from station.errors import UnknownSetting
from station.models import Contract, Departure
from station.models.written_once import asked_often
from station.money import vnd

_Dated = TypeVar("_Dated", Tariff, VatRate, Contract)


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
    rates = _vat_rates(code, day)
    if not rates:
        raise UnknownSetting(what=f"VAT «{code}»", day=f"{day:%d/%m/%Y}")
    return rates[0]


@asked_often
def _vat_rates(code: str, day: date) -> QuerySet[VatRate]:
    return _valid_on(VatRate.objects.filter(code=code), day).order_by("pk")[:1]


def pays_monthly(departure: Departure) -> bool:
    """The operator's contract of that day puts charges on its account."""
    rows = Contract.objects.filter(station_id=departure.station_id, operator_id=departure.operator_id)
    return _valid_on(rows, departure.service_on).filter(payment_cycle=PaymentCycle.MONTH).exists()


def _valid_on(rows: QuerySet[_Dated], day: date) -> QuerySet[_Dated]:
    return rows.filter(valid_from__lte=day).exclude(valid_until__lte=day)


def explain(charge: Charge) -> str:
    """The arithmetic of *charge* in one sentence, from the inputs it kept.

    «29 seats × 1.800đ = 52.200đ + VAT 8% 4.176đ = 56.376đ»
    """
    facts = charge.explanation
    terms = [_units_in_words(facts), vnd(facts["unit_price"])]
    if Decimal(facts["time_factor"]) != 1:
        terms.append(
            _("%(factor)s (leaves at %(time)s)") % {"factor": _short(facts["time_factor"]), "time": facts["departs_at"]}
        )
    rate = _short(Decimal(facts["vat_rate"]) * 100)
    return f"{' × '.join(terms)} = {vnd(charge.net)} + {_('VAT')} {rate}% {vnd(charge.tax)} = {vnd(charge.gross)}"


def explain_line(charge: Charge) -> str:
    """Which line of which decision: «mẫu 01/2026, station class 4, inter-provincial, 50–100 km (route: 75 km)»."""
    facts = charge.explanation
    until = facts["km_to"]
    band = f"{facts['km_from']}–{until} km" if until is not None else f"≥ {facts['km_from']} km"
    return _("Decision %(decision)s: station class %(class)s, %(kind)s, %(band)s (route: %(km)s km)") % {
        "decision": facts["decision"],
        "class": facts["station_class"],
        "kind": RouteKind(facts["route_kind"]).label,
        "band": band,
        "km": facts["distance_km"],
    }


def _units_in_words(facts: Mapping[str, str | int]) -> str:
    if facts["unit"] == Unit.TRIP:
        return _("1 departure")
    if not facts["beds"]:
        return _("%(seats)s seats") % {"seats": facts["seats"]}
    beds = _("%(beds)s beds × %(factor)s") % {"beds": facts["beds"], "factor": _short(facts["bed_factor"])}
    return f"({_('%(seats)s seats') % {'seats': facts['seats']}} + {beds})" if facts["seats"] else beds


def _short(number: object) -> str:
    """1.50 → 1,5 in the language of the reader."""
    return str(number_format(Decimal(str(number)).normalize().__format__("f")))
