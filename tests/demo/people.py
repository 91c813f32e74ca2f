"""The people of the role chooser, at a small station of their own."""

from demo.accounts import ACCOUNTS
from station.enums import Role
from station.models import Station, User
from tests.factories import DriverFactory, OperatorFactory, StationFactory, UserFactory, staff

ROLES = {
    "banve1": [Role.TICKET_CLERK],
    "banve2": [Role.TICKET_CLERK],
    "dieudo1": [Role.DISPATCHER],
    "truongca1": [Role.SHIFT_LEAD, Role.TICKET_CLERK, Role.DISPATCHER, Role.GUARD],
    "cong1": [Role.GUARD],
    "quanly1": [Role.MANAGER],
    "ketoan1": [Role.ACCOUNTANT],
    "thanhtra1": [Role.INSPECTOR],
    "admin": [Role.ADMIN],
}


def person(username: str, station: Station) -> User:
    """*username* with the roles of the demonstration, found or made."""
    known = User.objects.filter(username=username).first()
    if known:
        return known
    user = UserFactory(username=username, full_name=f"Người {username}", is_staff=username == "admin")
    for role in ROLES[username]:
        staff(user, station, role)
    return user


def everybody(station: Station | None = None) -> dict[str, User]:
    """All twelve, by user name; operator and driver belong to one company that signs electronically."""
    station = station or StationFactory()
    operator = OperatorFactory(code="OP01", short_name="Sông Bờ", signs_electronically=True)
    on_paper = OperatorFactory(code="OP03", short_name="Mường Vang")
    driver = DriverFactory(operator=operator, full_name="Lê Xuân Hải")
    people = {name: person(name, station) for name in ROLES}
    people["nhaxe1"] = UserFactory(username="nhaxe1", full_name="Giám đốc Sông Bờ", operator=operator)
    people["nhaxe3"] = UserFactory(username="nhaxe3", full_name="Giám đốc Mường Vang", operator=on_paper)
    people["laixe1"] = UserFactory(username="laixe1", full_name="Lê Xuân Hải", driver=driver)
    return {account.username: people[account.username] for account in ACCOUNTS}
