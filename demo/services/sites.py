"""The sites of the demonstration, their bays, counters, shifts and people."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from demo.accounts import PASSWORD
from demo.rules.data import load
from fees.services import set_bank_account
from station import clock
from station.enums import Role
from station.models import Driver, Operator, Station, User
from station.rules.vietnamese import search_key
from station.services.master_data import (
    register_bays,
    register_counter,
    register_person,
    register_shift_template,
    register_station,
)

Sites = dict[str, Station]
LONGEST_HISTORY = timedelta(days=40)
# No bank has this number: nobody's app sends money anywhere.
_BANK = "999900"


def open_site(row: dict[str, Any], known: Station | None = None) -> Station:
    """One of our stations, with what stands on its ground; *known* when the catalogue named it before."""
    station = known or Station()
    for name in (
        "code", "name", "kind", "official_code", "station_class", "legal_name", "tax_code", "address", "phone",
        "province_legacy", "province_current",
    ):  # fmt: skip
        setattr(station, name, row[name])
    station.is_ours = True
    register_station(station)
    register_bays(station, _bays(row["bays"]))
    for number, name in enumerate(row["counters"], start=1):
        register_counter(station, f"{number:02}", name)
    for ca in load("sites")["shifts"]:
        register_shift_template(
            station, ca["name"], time.fromisoformat(ca["starts_at"]), time.fromisoformat(ca["ends_at"])
        )
    return station


def _bays(groups: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (f"{group['prefix']}{number:02}", group["kind"], group["area"])
        for group in groups
        for number in range(1, group["count"] + 1)
    ]


def open_accounts(stations: Iterable[Station], *, since: datetime) -> None:
    """An account of each station at an invented number: customers may pay by VietQR."""
    for n, station in enumerate(stations, start=1):
        set_bank_account(
            station=station, bank=_BANK, bank_name="Ngân hàng Sông Bờ", number=f"10000000000{n}",
            holder=search_key(station.name).upper(), valid_from=clock.local_day(since),
        )  # fmt: skip


def hire_staff(rows: list[dict[str, Any]], sites: Sites, *, since: datetime) -> None:
    for row in rows:
        places = [(sites[code], role) for code in row["stations"] for role in row["roles"]]
        person = User(username=row["username"], full_name=row["full_name"])
        # The administrator looks after master data in the admin pages.
        person.is_staff = person.is_superuser = Role.ADMIN in row["roles"]
        register_person(person, password=PASSWORD, places=places, now=since)


def give_access(operators: dict[str, Operator], *, now: datetime) -> None:
    """Log-ins of the operators and of one driver."""
    for number in (1, 2, 3):
        operator = operators[f"OP0{number}"]
        person = User(username=f"nhaxe{number}", full_name=operator.representative, operator=operator)
        register_person(person, password=PASSWORD, places=[], now=now)
    driver = Driver.objects.filter(operator=operators["OP01"]).order_by("pk")[0]
    person = User(username="laixe1", full_name=driver.full_name, driver=driver)
    register_person(person, password=PASSWORD, places=[], now=now)


def start_of_year(now: datetime) -> datetime:
    """Since when the demonstration's people, contracts and slots are there: a month that is played before today begins
    in the year before when today is in January."""
    return clock.local(now - LONGEST_HISTORY).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
