"""Entries of the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from station.context import NavigationItem
from station.questions import answers

DESK_RANK, SIGN_RANK, GATE_RANK, ORDERS_RANK = 5, 10, 30, 40


@answers("shell.navigation")
def navigation() -> list[NavigationItem]:
    return [
        NavigationItem(reverse("dispatch:desk"), _("Desk"), "dispatch.work_desk", DESK_RANK),
        NavigationItem(reverse("dispatch:operator"), _("Your orders"), "dispatch.sign_as_operator", SIGN_RANK),
        NavigationItem(reverse("dispatch:driver"), _("My runs"), "dispatch.drive", SIGN_RANK),
        NavigationItem(reverse("dispatch:gate"), _("Gate"), "station.see_gate", GATE_RANK),
        NavigationItem(reverse("dispatch:orders"), _("Dispatch orders"), "dispatch.see_orders", ORDERS_RANK),
    ]


@answers("shell.commands")
def commands() -> list[NavigationItem]:
    return [NavigationItem(reverse("dispatch:records"), _("Road administration"), "dispatch.see_records", ORDERS_RANK)]
