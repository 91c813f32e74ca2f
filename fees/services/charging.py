"""The in/out charge of a departure: priced by the decision of its day, once."""

from datetime import datetime

from django.db import transaction

from fees import rules, selectors
from fees.enums import Account, ChargeState
from fees.errors import VehicleMissing
from fees.models import Charge, Tariff
from fees.services.ledger import Line, post
from station.clock import local
from station.enums import DepartureState
from station.errors import DepartureNotOpen
from station.models import Departure, User, Vehicle
from station.models.journal import record
from station.models.locks import lock
from station.services.outbox import push, tell

_NOTHING_TO_CHARGE = {DepartureState.CANCELLED, DepartureState.MISSED}


@transaction.atomic
def charge_departure(*, departure: Departure, by: User | None, now: datetime) -> Charge:
    """The in/out charge of *departure*: the one it has, else a new one by the tariff and the VAT of its day.

    An operator that pays by the month gets it on account. The explanation keeps every input as it was.
    Raises DepartureNotOpen, VehicleMissing, UnknownSetting.
    """
    rows = Departure.objects.select_related("station", "route", "operator", "vehicle")
    departure = lock(rows.filter(pk=departure.pk)).get()
    if charge := selectors.charge_of_departure(departure):
        return charge
    if departure.state in _NOTHING_TO_CHARGE:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    if departure.vehicle is None:
        raise VehicleMissing(departure=str(departure))
    charge = _opened(departure, departure.vehicle, now)
    lines = [
        Line(Account.OWED_BY_OPERATOR, charge.gross, operator=departure.operator),
        Line(Account.REVENUE, -charge.net),
        Line(Account.VAT, -charge.tax),
    ]
    obj = f"charge:{charge.pk}"
    post(station_id=departure.station_id, till=None, obj=obj, text="charge", lines=lines, by=by, now=now)
    record(
        action="charge_opened", obj=obj, station_id=departure.station_id, by=by, now=now,
        facts={"fact": charge.fact, "gross": charge.gross, "state": charge.state},
    )  # fmt: skip
    push(f"charges-{departure.station.code}", now=now)
    if charge.state == ChargeState.ON_ACCOUNT:  # done now, paid some day: the invoice is due
        tell("charge.due", now=now, charge_id=charge.pk)
    return charge


@transaction.atomic
def drop_charge(*, departure: Departure, by: User | None, now: datetime) -> Charge | None:
    """*departure* does not run: what is due for it is due no more. What was paid or put on account stays."""
    due = Charge.objects.filter(departure=departure, state=ChargeState.DUE).select_related("operator", "station")
    charge = lock(due).first()
    if charge is None:
        return None
    lines = [
        Line(Account.OWED_BY_OPERATOR, -charge.gross, operator=charge.operator),
        Line(Account.REVENUE, charge.net),
        Line(Account.VAT, charge.tax),
    ]
    obj = f"charge:{charge.pk}"
    post(station_id=charge.station_id, till=None, obj=obj, text="charge dropped", lines=lines, by=by, now=now)
    charge.become(ChargeState.CANCELLED, by=by, now=now)
    push(f"charges-{charge.station.code}", now=now)
    return charge


def _opened(departure: Departure, vehicle: Vehicle, now: datetime) -> Charge:
    tariff = selectors.tariff_on(departure)
    rate = selectors.vat_on(tariff.vat_code, departure.service_on).rate
    priced = rules.price_departure(
        _price_line(tariff),
        seats=vehicle.fee_seats,
        beds=vehicle.fee_beds,
        departs_at=local(departure.planned_at).time(),
        vat_rate=rate,
    )
    state = ChargeState.ON_ACCOUNT if selectors.pays_monthly(departure) else ChargeState.DUE
    return Charge.objects.create(
        station=departure.station, operator=departure.operator, departure=departure, service=tariff.service,
        fact=selectors.fact_of(departure), tariff=tariff, units=priced.units, unit_price=tariff.unit_price,
        net=priced.amount.net, tax=priced.amount.tax, gross=priced.amount.gross, vat_rate=rate, plate=vehicle.plate,
        explanation=priced.explanation() | _case(departure, tariff), state=state, opened_at=now,
    )  # fmt: skip


def _price_line(tariff: Tariff) -> rules.PriceLine:
    return rules.PriceLine(
        unit="trip" if tariff.unit == "trip" else "seat",
        unit_price=tariff.unit_price,
        bed_factor=tariff.bed_factor,
        night_from=tariff.night_from,
        night_until=tariff.night_until,
        night_factor=tariff.night_factor,
    )


def _case(departure: Departure, tariff: Tariff) -> dict[str, object]:
    """Why this line of the decision."""
    return {
        "decision": tariff.decision_number,
        "decision_on": tariff.decision_on.isoformat(),
        "station_class": tariff.station_class,
        "route": departure.route.code,
        "route_kind": tariff.route_kind,
        "distance_km": departure.route.distance_km,
        "km_from": tariff.km_from,
        "km_to": tariff.km_to,
        "vat_code": tariff.vat_code,
        "service_on": departure.service_on.isoformat(),
    }
