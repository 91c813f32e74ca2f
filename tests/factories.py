"""One factory per model of the station, no surprise: what a test does not say is unremarkable and valid.

Every moment hangs on NOW, the moment of the `now` fixture; a departure leaves five hours later. Factories of other
apps stand beside this file, in factories_<app>.py.
"""

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from factory import declarations
from factory.declarations import Trait
from factory.django import DjangoModelFactory, Password
from factory.helpers import post_generation

from station import models
from station.clock import local_day
from station.enums import (
    BayKind,
    DocumentKind,
    LicenceRegime,
    OperatorKind,
    Role,
    RouteKind,
    RouteStatus,
    SeatKind,
    VehicleKind,
)

STATION_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=STATION_TIME)
TODAY = NOW.date()
LONG_AGO = date(2020, 1, 1)
SEATS_IN_A_ROW = 2
# Any: the types of the library do not say that a call gives a model, and a declaration in it a value.
ModelFactory: Any = DjangoModelFactory
LazyAttribute: Any = declarations.LazyAttribute
SelfAttribute: Any = declarations.SelfAttribute
Sequence: Any = declarations.Sequence
SubFactory: Any = declarations.SubFactory


def at(hhmm: str, day: date = TODAY) -> datetime:
    """`at("13:30")`: that moment of the test day, by the clock of the station."""
    return datetime.combine(day, time.fromisoformat(hhmm), tzinfo=STATION_TIME)


def folded(*words: str) -> str:
    """A search key: lower case, no marks."""
    plain = unicodedata.normalize("NFD", " ".join(words).lower().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def staff(user: models.User, station: models.Station, role: Role | str) -> models.User:
    """*user* holds *role* at *station*, and has for long."""
    MembershipFactory(user=user, station=station, role=role)
    return user


def staff_of(station: models.Station, role: Role | str) -> models.User:
    """A new person who holds *role* at *station*."""
    return staff(UserFactory(), station, role)


class StationFactory(ModelFactory):
    """One of ours."""

    class Meta:
        model = models.Station

    code = Sequence(lambda n: f"ST{n:02d}")
    name = Sequence(lambda n: f"Bến xe số {n}")
    is_ours = True
    legal_name = LazyAttribute(lambda row: f"Công ty {row.name}")
    tax_code = "5400100003"
    address = "1 đường Trần Hưng Đạo"
    search_key = LazyAttribute(lambda row: folded(row.code, row.name))


class FarStationFactory(StationFactory):
    """The other end of a route, run by somebody else."""

    is_ours = False
    tax_code = ""
    code = Sequence(lambda n: f"FAR{n:02d}")


class BayFactory(ModelFactory):
    class Meta:
        model = models.Bay

    station = SubFactory(StationFactory)
    code = Sequence(lambda n: str(n + 1))
    kind = BayKind.BOARDING
    position = Sequence(lambda n: n + 1)


class CounterFactory(ModelFactory):
    class Meta:
        model = models.Counter

    station = SubFactory(StationFactory)
    code = Sequence(lambda n: f"Q{n + 1}")
    name = LazyAttribute(lambda row: f"Quầy {row.code}")


class OperatorFactory(ModelFactory):
    class Meta:
        model = models.Operator

    code = Sequence(lambda n: f"OP{n:02d}")
    name = Sequence(lambda n: f"Công ty vận tải số {n}")
    short_name = Sequence(lambda n: f"Nhà xe {n}")
    kind = OperatorKind.COMPANY
    tax_code = Sequence(lambda n: f"54{n:08d}")
    address = "2 đường Cù Chính Lan"
    search_key = LazyAttribute(lambda row: folded(row.code, row.name))


class ContractFactory(ModelFactory):
    """The station sells the operator's tickets."""

    class Meta:
        model = models.Contract

    station = SubFactory(StationFactory)
    operator = SubFactory(OperatorFactory)
    number = Sequence(lambda n: f"HD-{n}")
    valid_from = LONG_AGO
    sells_tickets = True


class UserFactory(ModelFactory):
    class Meta:
        model = models.User

    username = Sequence(lambda n: f"user{n}")
    full_name = Sequence(lambda n: f"Nguyễn Văn {n}")
    password = Password("demo")


class MembershipFactory(ModelFactory):
    class Meta:
        model = models.Membership

    user = SubFactory(UserFactory)
    station = SubFactory(StationFactory)
    role = Role.TICKET_CLERK
    valid_from = at("00:00", LONG_AGO)


class SeatMapFactory(ModelFactory):
    """`SeatMapFactory(size=4)`: seats A1, A2 in the first row, B1, B2 behind them."""

    class Meta:
        model = models.SeatMap
        skip_postgeneration_save = True

    code = Sequence(lambda n: f"MAP{n}")
    name = Sequence(lambda n: f"Sơ đồ {n}")

    @post_generation
    def size(self: Any, _create: bool, wanted: int | None, **_: Any) -> None:
        for ordinal in range(1, (4 if wanted is None else wanted) + 1):
            row, column = divmod(ordinal - 1, SEATS_IN_A_ROW)
            label = f"{chr(ord('A') + row)}{column + 1}" if row < 26 else f"{ordinal}"
            models.Seat.objects.create(
                seat_map=self, ordinal=ordinal, label=label, kind=SeatKind.SEAT, deck=1, row=row + 1, column=column + 1
            )


class VehicleFactory(ModelFactory):
    class Meta:
        model = models.Vehicle

    plate = Sequence(lambda n: f"28B{n + 1:05d}")
    kind = VehicleKind.COACH
    operator = SubFactory(OperatorFactory)
    seat_map = SubFactory(SeatMapFactory)
    fee_seats = 29
    first_used_on = date(2022, 1, 1)


class DriverFactory(ModelFactory):
    class Meta:
        model = models.Driver

    full_name = Sequence(lambda n: f"Bùi Văn {n}")
    operator = SubFactory(OperatorFactory)
    birth_on = date(1985, 5, 1)
    id_number = Sequence(lambda n: f"0170850{n:05d}")
    phone = "0912345678"
    licence_class = "D"
    licence_regime = LicenceRegime.SINCE2025
    search_key = LazyAttribute(lambda row: folded(row.full_name))


class DocumentFactory(ModelFactory):
    """A paper of a vehicle; `DocumentFactory(of_driver=True)` one of a driver."""

    class Meta:
        model = models.Document

    class Params:
        of_driver = Trait(vehicle=None, driver=SubFactory(DriverFactory), kind=DocumentKind.LICENCE)

    kind = DocumentKind.INSPECTION
    vehicle = SubFactory(VehicleFactory)
    driver = None
    number = Sequence(lambda n: f"GT-{n}")
    valid_from = LONG_AGO
    valid_until = date(2030, 1, 1)


class RouteFactory(ModelFactory):
    """From one of our stations to a far one. `RouteFactory(stops=3)`: with one stop between the ends, 50 km apart."""

    class Meta:
        model = models.Route
        skip_postgeneration_save = True

    code = Sequence(lambda n: f"2529.{n:04d}.A")
    code_old = Sequence(lambda n: f"2829.{n:04d}.A")
    name = LazyAttribute(lambda row: f"{row.origin} – {row.destination}")
    kind = RouteKind.INTER
    origin = SubFactory(StationFactory)
    destination = SubFactory(FarStationFactory)
    distance_km = 100
    duration_minutes = 150
    itinerary = "QL6"
    status = RouteStatus.OPERATING
    search_key = LazyAttribute(lambda row: folded(row.code, row.code_old, row.name))

    @post_generation
    def stops(self: Any, _create: bool, wanted: int | None, **_: Any) -> None:
        count = 2 if wanted is None else wanted
        for position in range(count):
            end = {0: self.origin, count - 1: self.destination}.get(position)
            name = end.name if end else f"Điểm dừng {position}"
            models.RouteStop.objects.create(
                route=self, position=position, name=name, station=end, km=50 * position, minutes=75 * position,
                search_key=folded(name),
            )  # fmt: skip


class NoticeFactory(ModelFactory):
    class Meta:
        model = models.Notice

    number = Sequence(lambda n: f"TB-{n}/SGTVT")
    operator = SubFactory(OperatorFactory)
    route = SubFactory(RouteFactory)
    issued_on = LONG_AGO
    effective_on = LONG_AGO


class ServiceSlotFactory(ModelFactory):
    """Every day at 14:00 from the origin of its route."""

    class Meta:
        model = models.ServiceSlot

    notice = SubFactory(NoticeFactory)
    station = SelfAttribute("notice.route.origin")
    departs_at = time(14, 0)
    valid_from = LONG_AGO
    seat_map = SubFactory(SeatMapFactory)


class SlotSuspensionFactory(ModelFactory):
    class Meta:
        model = models.SlotSuspension

    slot = SubFactory(ServiceSlotFactory)
    first_day = TODAY
    last_day = TODAY
    reason = "Sửa đường"


class DepartureFactory(ModelFactory):
    """Planned for 14:00 of the test day, on sale, four seats, no vehicle yet."""

    class Meta:
        model = models.Departure

    route = SubFactory(RouteFactory)
    station = SelfAttribute("route.origin")
    operator = SubFactory(OperatorFactory)
    planned_at = at("14:00")
    service_on = LazyAttribute(lambda row: local_day(row.planned_at))
    seat_map = SubFactory(SeatMapFactory)
    is_on_sale = True


class ShiftTemplateFactory(ModelFactory):
    class Meta:
        model = models.ShiftTemplate

    station = SubFactory(StationFactory)
    name = "Ca 1"
    starts_at = time(5, 0)
    ends_at = time(13, 0)


class ShiftFactory(ModelFactory):
    """The open ca of 05:00–13:00 of the test day."""

    class Meta:
        model = models.Shift

    station = SubFactory(StationFactory)
    name = "Ca 1"
    starts_at = at("05:00")
    ends_at = LazyAttribute(lambda row: row.starts_at + timedelta(hours=8))
    business_on = LazyAttribute(lambda row: local_day(row.starts_at))
    lead = SubFactory(UserFactory)
    opened_at = SelfAttribute("starts_at")


class TillFactory(ModelFactory):
    """An open till in the ca of the morning."""

    class Meta:
        model = models.Till

    shift = SubFactory(ShiftFactory)
    station = SelfAttribute("shift.station")
    clerk = SubFactory(UserFactory)
    opening_float = 500_000
    opened_at = at("05:05")


class YardVisitFactory(ModelFactory):
    """In the yard since 08:30."""

    class Meta:
        model = models.YardVisit

    station = SubFactory(StationFactory)
    vehicle = SubFactory(VehicleFactory)
    plate = SelfAttribute("vehicle.plate")
    entered_at = at("08:30")
    entered_by = SubFactory(UserFactory)
