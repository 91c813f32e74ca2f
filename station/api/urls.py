from django.urls import URLPattern, path

from station.api.bays import BayMovesEndpoint
from station.api.departures import DepartureEndpoint, DeparturesEndpoint

urlpatterns: list[URLPattern] = [
    path("departures/", DeparturesEndpoint.as_view()),
    path("departures/<int:departure_id>/", DepartureEndpoint.as_view()),
    path("bays/moves/", BayMovesEndpoint.as_view()),
]
