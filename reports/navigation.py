"""Entries of the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from station.context import NavigationItem
from station.questions import answers

# Before what one only looks at: whoever reads reports and does not work at a counter or in the yard lands here.
RANK = 25


@answers("shell.navigation")
def navigation() -> list[NavigationItem]:
    return [NavigationItem(reverse("reports:home"), _("Reports"), "reports.see", RANK)]
