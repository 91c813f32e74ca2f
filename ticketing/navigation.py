"""Entries of the menu, and pages that the palette finds by their name."""

from django.urls import reverse
from django.utils.translation import gettext as _

from station.context import NavigationItem
from station.questions import answers

# Behind gate and orders: they are nobody's first page.
SELL_RANK, FIND_RANK, CHANGES_RANK, PARCELS_RANK = 10, 15, 42, 43
BANK_RANK, COMPLAINTS_RANK, PRICES_RANK = 65, 75, 85


@answers("shell.navigation")
def navigation() -> list[NavigationItem]:
    return [
        NavigationItem(reverse("ticketing:sell"), _("Sell tickets"), "ticketing.sell", SELL_RANK),
        NavigationItem(reverse("ticketing:prices"), _("Discounts and surcharges"), "ticketing.set_prices", PRICES_RANK),
        # A shift lead comes from the counter: their bar is full.
        NavigationItem(reverse("ticketing:bank"), _("Bank money"), "einvoice.handle", BANK_RANK),
        NavigationItem(reverse("ticketing:find"), _("Find a ticket"), "ticketing.refund", FIND_RANK),
        NavigationItem(reverse("ticketing:changes"), _("Changed departures"), "ticketing.board", CHANGES_RANK),
        NavigationItem(reverse("ticketing:parcels"), _("Parcels"), "ticketing.sell", PARCELS_RANK),
        NavigationItem(reverse("ticketing:complaints"), _("Complaints"), "ticketing.see_complaints", COMPLAINTS_RANK),
    ]


@answers("shell.commands")
def commands() -> list[NavigationItem]:
    return [
        NavigationItem(reverse("ticketing:setup"), _("Set up this counter"), "ticketing.sell", SELL_RANK),
        NavigationItem(reverse("ticketing:counters"), _("Favourites"), "ticketing.set_favourites", FIND_RANK),
        NavigationItem(reverse("ticketing:bank"), _("Money at the bank"), "fees.handle_bank", BANK_RANK),
    ]
