"""Who can log in to the demonstration; all with the password `demo` (docs: contract)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "demo"


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the log-in page: a click fills the form."""

    username: str
    title: str | Promise
    password: str = PASSWORD


ACCOUNTS = [
    Account("banve1", _("Ticket clerk, Hoà Bình central")),
    Account("banve2", _("Ticket clerk, Hoà Bình central")),
    Account("dieudo1", _("Dispatcher, Hoà Bình central")),
    Account("cong1", _("Gate guard, Hoà Bình central")),
    Account("truongca1", _("Shift lead, all three sites")),
    Account("ketoan1", _("Accountant, all three sites")),
    Account("quanly1", _("Manager, all three sites")),
    Account("nhaxe1", _("Operator OP01, signs electronically")),
    Account("nhaxe3", _("Operator OP03, on paper")),
    Account("laixe1", _("Driver of OP01")),
    Account("thanhtra1", _("Inspector, reads everything")),
    Account("admin", _("Administrator")),
]
