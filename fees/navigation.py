"""Entries of the menu, and pages that the palette finds by their name."""

from django.urls import reverse
from django.utils.translation import gettext as _

from station.context import NavigationItem
from station.questions import answers

FEES_RANK, TILL_RANK = 50, 60


@answers("shell.navigation")
def navigation() -> list[NavigationItem]:
    return [
        NavigationItem(reverse("fees:charges"), _("Station services"), "fees.see", FEES_RANK),
        NavigationItem(reverse("fees:till"), _("My till"), "station.open_till", TILL_RANK),
    ]


@answers("shell.commands")
def commands() -> list[NavigationItem]:
    return [
        NavigationItem(reverse("fees:close_form"), _("Count and close"), "station.open_till", TILL_RANK),
        NavigationItem(reverse("fees:hand_over"), _("Hand cash over"), "station.open_till", TILL_RANK),
        NavigationItem(reverse("fees:move", args=["drop"]), _("To the safe"), "station.open_till", TILL_RANK),
        NavigationItem(reverse("fees:move", args=["in"]), _("Cash in"), "station.open_till", TILL_RANK),
        NavigationItem(reverse("fees:move", args=["out"]), _("Cash out"), "station.open_till", TILL_RANK),
    ]
