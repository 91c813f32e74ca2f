"""Prices of the test decision, and money that really went through the services."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from fees import models, services
from fees.enums import Method, ServiceCode, Unit
from station.enums import Role, RouteKind
from station.models import Departure, Shift, Station, Till, User
from tests.factories import NOW, DepartureFactory, ShiftFactory, VehicleFactory, staff_of

ModelFactory: Any = DjangoModelFactory
DECIDED_ON = date(2026, 1, 1)
NOTES = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)


class ServiceFactory(ModelFactory):
    """In and out of the station: there is one."""

    class Meta:
        model = models.Service
        django_get_or_create = ("code",)

    code = ServiceCode.IN_OUT
    name = "Dịch vụ xe ra, vào bến"
    name_en = "Coach in and out of the station"
    unit_name = "Chuyến"


class VatRateFactory(ModelFactory):
    """8 % until the end of 2026."""

    class Meta:
        model = models.VatRate
        django_get_or_create = ("code", "valid_from")

    code = "service"
    rate = Decimal("0.08")
    valid_from = DECIDED_ON
    valid_until = date(2027, 1, 1)


class TariffFactory(ModelFactory):
    """Class 4, inter-provincial, every distance: 1 800đ a seat."""

    class Meta:
        model = models.Tariff

    service = SubFactory(ServiceFactory)
    decision_number = "mẫu 01/2026"
    decision_on = DECIDED_ON
    station_class = 4
    route_kind = RouteKind.INTER
    unit = Unit.SEAT
    unit_price = 1_800
    bed_factor = Decimal("1.5")
    valid_from = DECIDED_ON


class ChargeableDepartureFactory(DepartureFactory):
    """From a station of class 4, with a coach of 29 seats: 29 × 1 800đ + 8 % = 56 376đ."""

    vehicle = SubFactory(VehicleFactory)
    route__origin__station_class = 4
    planned_at: Any = Sequence(lambda n: NOW.replace(hour=14, minute=n % 60))


def priced() -> None:
    """The decision and the VAT of the test day are in force."""
    if not models.Tariff.objects.exists():
        TariffFactory()
    VatRateFactory()


def charge(departure: Departure | None = None, *, now: datetime = NOW) -> models.Charge:
    """The in/out charge of *departure*, through the service."""
    priced()
    return services.charge_departure(departure=departure or ChargeableDepartureFactory(), by=None, now=now)


def open_shift(station: Station) -> Shift:
    return station.shifts.first() or ShiftFactory(station=station)


def till_of(station: Station, *, clerk: User | None = None, opening_float: int = 500_000, now: datetime = NOW) -> Till:
    """An open till of a ticket clerk at *station*, its float taken from the safe."""
    open_shift(station)
    clerk = clerk or staff_of(station, Role.TICKET_CLERK)
    return services.open_till(station=station, clerk=clerk, counter_id=None, opening_float=opening_float, now=now)


def pay(charge: models.Charge, till: Till, *, now: datetime = NOW, **how: Any) -> models.Charge:
    """*charge* is paid into *till* in exact cash, or as *how* says."""
    how = {"method": Method.CASH, "received": None, "reference": ""} | how
    return services.pay_charge(charge_id=charge.pk, till_id=till.pk, by=till.clerk, now=now, **how)


def notes(amount: int) -> dict[int, int]:
    """*amount* in as few notes as possible: denomination → number."""
    found = {}
    for note in NOTES:
        if quantity := amount // note:
            found[note] = quantity
        amount %= note
    if amount:
        raise ValueError(f"{amount}đ cannot be counted in notes")
    return found


class BankAccountFactory(ModelFactory):
    """VietinBank, since long ago."""

    class Meta:
        model = models.BankAccount

    station = SubFactory("tests.factories.StationFactory")
    bank = "970415"
    bank_name = "VietinBank"
    number = "100000000001"
    holder = "BEN XE HOA BINH"
    valid_from = date(2020, 1, 1)
