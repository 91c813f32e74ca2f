"""What the station adds to the menu. The board comes early for whoever moves bays, and later for who only looks."""

from django.urls import reverse
from django.utils.translation import gettext as _

from station.context import NavigationItem
from station.questions import answers

WORK_RANK, LOOK_RANK, SHIFTS_RANK, ROUTES_RANK, SELLING_RANK, LAYOUTS_RANK, ADMIN_RANK = 20, 45, 80, 90, 92, 97, 99


@answers("shell.navigation")
def station_pages() -> list[NavigationItem]:
    bays = reverse("station:bays")
    return [
        NavigationItem(bays, _("Bays"), "station.move_bays", WORK_RANK),
        NavigationItem(bays, _("Bays"), "station.see_board", LOOK_RANK),
        NavigationItem(reverse("station:shifts"), _("Shifts"), "station.see_shifts", SHIFTS_RANK),
        NavigationItem(reverse("station:routes"), _("Routes"), "station.see_routes", ROUTES_RANK),
        NavigationItem(reverse("station:selling"), _("Who sells"), "station.edit_master_data", SELLING_RANK),
        NavigationItem(reverse("station:layouts"), _("Layouts"), "station.edit_master_data", LAYOUTS_RANK),
        NavigationItem(reverse("admin:index"), _("Master data"), "station.administer", ADMIN_RANK),
    ]
