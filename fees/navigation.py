"""Entries of the menu."""

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
