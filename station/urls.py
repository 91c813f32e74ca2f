from django.urls import path

from station.views import bays, places, routes, shifts

app_name = "station"
urlpatterns = [
    path("place/", places.choose_station, name="choose_station"),
    path("bays/", bays.bays, name="bays"),
    path("bays/move/", bays.move_bay, name="move_bay"),
    path("bays/<int:departure_id>/boarding/", bays.open_boarding, name="open_boarding"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/open/", shifts.open_shift, name="open_shift"),
    path("shifts/<int:shift_id>/close/", shifts.close_shift, name="close_shift"),
    path("routes/", routes.routes, name="routes"),
]
