from django.urls import path

from station.views import bays, layouts, places, routes, selling, shifts

app_name = "station"
urlpatterns = [
    path("place/", places.choose_station, name="choose_station"),
    path("commands/", places.commands, name="commands"),
    path("bays/", bays.bays, name="bays"),
    path("bays/move/", bays.move_bay, name="move_bay"),
    path("bays/<int:departure_id>/boarding/", bays.open_boarding, name="open_boarding"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/open/", shifts.open_shift, name="open_shift"),
    path("shifts/<int:shift_id>/close/", shifts.close_shift, name="close_shift"),
    path("setup/layouts/", layouts.layouts, name="layouts"),
    path("setup/layouts/<int:layout_id>/copy/", layouts.copy, name="copy_layout"),
    path("setup/selling/", selling.selling, name="selling"),
    path("setup/selling/rules/", selling.rules, name="sale_rules"),
    path("setup/selling/contract/", selling.contract, name="contract"),
    path("setup/selling/routes/<int:route_id>/", selling.route, name="route_sale"),
    path("routes/", routes.routes, name="routes"),
]
