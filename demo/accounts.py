"""Who can be entered in the demonstration; all with the password `demo` (docs: contract)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "demo"


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the log-in page, one card of the role chooser."""

    username: str
    title: str | Promise
    role: str | Promise
    # Works on a telephone: the chooser opens a frame of that size.
    on_phone: bool = False
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Group:
    """People who work in the same place."""

    title: str | Promise
    accounts: tuple[Account, ...]


GROUPS = [
    Group(
        _("At the counter and in the yard"),
        (
            Account("banve1", _("Ticket clerk, Hoà Bình central"), _("Ticket clerk")),
            Account("banve2", _("Ticket clerk, Hoà Bình central"), _("Ticket clerk")),
            Account("dieudo1", _("Dispatcher, Hoà Bình central"), _("Dispatcher")),
            Account("truongca1", _("Shift lead, all three sites"), _("Shift lead")),
        ),
    ),
    Group(
        _("On the telephone"),
        (
            Account("cong1", _("Gate guard, Hoà Bình central"), _("Gate guard"), on_phone=True),
            Account("nhaxe1", _("Operator OP01, signs electronically"), _("Operator, signs"), on_phone=True),
            Account("nhaxe3", _("Operator OP03, on paper"), _("Operator, on paper"), on_phone=True),
            Account("laixe1", _("Driver of OP01"), _("Driver"), on_phone=True),
        ),
    ),
    Group(
        _("In the office"),
        (
            Account("quanly1", _("Manager, all three sites"), _("Manager")),
            Account("ketoan1", _("Accountant, all three sites"), _("Accountant")),
            Account("thanhtra1", _("Inspector, reads everything"), _("Inspector")),
            Account("admin", _("Administrator"), _("Administrator")),
        ),
    ),
]
ACCOUNTS = [account for group in GROUPS for account in group.accounts]
BY_NAME = {account.username: account for account in ACCOUNTS}
