"""The entry of the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from station.context import NavigationItem
from station.questions import answers

INVOICES_RANK = 70


@answers("shell.navigation")
def navigation() -> list[NavigationItem]:
    return [NavigationItem(reverse("einvoice:invoices"), _("Invoices"), "einvoice.see", INVOICES_RANK)]
