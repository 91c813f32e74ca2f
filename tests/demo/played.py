"""A small station whose day can be played: three ca, two of each kind of people, two coaches and a bus."""

from datetime import date, datetime, time, timedelta
from typing import Any

from demo.models import Demonstration, PlayedDay
from station.enums import DocumentKind, Role, RouteKind, TicketIssuer
from station.models import Departure, Operator, Station
from tests.factories import (
    NOW,
    TODAY,
    ContractFactory,
    DepartureFactory,
    DocumentFactory,
    DriverFactory,
    OperatorFactory,
    RouteFactory,
    SeatMapFactory,
    ShiftTemplateFactory,
    StationFactory,
    UserFactory,
    VehicleFactory,
    at,
    staff,
)
from tests.factories_dispatch import IN_FORCE, PAPERS
from tests.factories_fees import BankAccountFactory, VatRateFactory, priced
from tests.factories_ticketing import declare_fares
from ticketing.models import FreightRate

PEOPLE = {
    "truongca1": [Role.SHIFT_LEAD, Role.TICKET_CLERK, Role.DISPATCHER, Role.GUARD],
    "truongca2": [Role.SHIFT_LEAD, Role.TICKET_CLERK, Role.DISPATCHER, Role.GUARD],
    "banve1": [Role.TICKET_CLERK],
    "banve2": [Role.TICKET_CLERK],
    "banve3": [Role.TICKET_CLERK],
    "banve4": [Role.TICKET_CLERK],
    "dieudo1": [Role.DISPATCHER],
    "dieudo2": [Role.DISPATCHER],
    "cong1": [Role.GUARD],
    "cong2": [Role.GUARD],
}  # fmt: skip
CAS = {"Ca 1": (5, 13), "Ca 2": (13, 21), "Ca 3": (21, 5)}


def small_station() -> Station:
    """HB01 with its shifts and people; no departure yet."""
    station = StationFactory(code="HB01", tax_code="5499000105", station_class=4)
    for name, (first, last) in CAS.items():
        ShiftTemplateFactory(station=station, name=name, starts_at=time(first), ends_at=time(last))
    for username, roles in PEOPLE.items():
        user = UserFactory(username=username, full_name=f"Người {username}")
        for role in roles:
            staff(user, station, role)
    priced()
    VatRateFactory(code="transport")
    BankAccountFactory(station=station)
    FreightRate.objects.create(kind="parcel", per_kg=3_000, least=30_000, valid_from=IN_FORCE["valid_from"])
    return station


def coach(
    station: Station, hhmm: str, *, electronic: bool = True, day: date = TODAY, operator: Operator | None = None,
    places: int = 6,
) -> Departure:  # fmt: skip
    """A departure on sale, with coach, driver and papers; nobody has drawn up its order."""
    if operator is None:
        operator = company(signs_electronically=electronic)
        if electronic:
            UserFactory(operator=operator, username=f"ky_{operator.code}")
    if not operator.contracts.exists():
        ContractFactory(station=station, operator=operator, ticket_issuer=TicketIssuer.STATION_DELEGATED)
    driver = DriverFactory(operator=operator)
    DocumentFactory(vehicle=None, driver=driver, kind=DocumentKind.LICENCE, **IN_FORCE)
    vehicle = VehicleFactory(operator=operator, seat_map=SeatMapFactory(size=places))
    for kind in PAPERS:
        DocumentFactory(vehicle=vehicle, kind=kind, **IN_FORCE)
    departure = DepartureFactory(
        route=RouteFactory(origin=station), operator=operator, vehicle=vehicle, driver=driver,
        seat_map=vehicle.seat_map, planned_at=at(hhmm, day),
    )  # fmt: skip
    declare_fares(departure)
    return departure


def company(**facts: Any) -> Operator:
    """One whose code is none of the demonstration's own."""
    return OperatorFactory(code=f"NX{Operator.objects.count():02}", **facts)


def bus(station: Station, hhmm: str) -> Departure:
    operator = company()
    return DepartureFactory(
        route=RouteFactory(origin=station, kind=RouteKind.BUS), operator=operator, planned_at=at(hhmm),
        vehicle=VehicleFactory(operator=operator, kind="bus", seat_map=None), driver=None, seat_map=None,
        is_on_sale=False,
    )  # fmt: skip


def day_of(station: Station, *, day: date = TODAY, present: datetime = NOW) -> PlayedDay:
    """The day laid out, to be played from its start."""
    if not Demonstration.objects.exists():
        Demonstration.objects.create(built_at=present - timedelta(minutes=1))
    return PlayedDay.objects.create(station=station, day=day, seed=7, present=present)
