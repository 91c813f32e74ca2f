from django.urls import URLPattern, path

from station.api.bays import BayMovesEndpoint
from station.api.departures import DepartureEndpoint, DeparturesEndpoint
from station.api.shifts import CloseShiftEndpoint, ShiftsEndpoint

urlpatterns: list[URLPattern] = [
    path("departures/", DeparturesEndpoint.as_view()),
    path("departures/<int:departure_id>/", DepartureEndpoint.as_view()),
    path("shifts/", ShiftsEndpoint.as_view()),
    path("shifts/<int:shift_id>/close/", CloseShiftEndpoint.as_view()),
    path("bays/moves/", BayMovesEndpoint.as_view()),
]
