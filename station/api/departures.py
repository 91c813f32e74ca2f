"""The day's departures for machines."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from station.api.base import StationView
from station.api.pages import Pages
from station.api.serializers import DepartureOutput, DeparturesQuery
from station.models import Departure
from station.selectors.departures import departures_of_the_day, with_names


class DeparturesEndpoint(StationView):
    right = "station.see_board"

    @extend_schema(parameters=[DeparturesQuery], responses=DepartureOutput(many=True))
    def get(self, request: Request) -> Response:
        """Departures of one day at one station, by time."""
        query = DeparturesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        pages = Pages()
        page = pages.paginate_queryset(self._asked_for(query.validated_data), request, view=self) or []
        return pages.get_paginated_response(DepartureOutput(page, many=True).data)

    def _asked_for(self, query: dict[str, Any]) -> QuerySet[Departure]:
        rows = departures_of_the_day(self.place.station, query.get("date") or clock.local_day(clock.now()))
        return rows.filter(state=query["state"]) if "state" in query else rows


class DepartureEndpoint(StationView):
    right = "station.see_board"

    @extend_schema(responses=DepartureOutput)
    def get(self, request: Request, departure_id: int) -> Response:
        rows = with_names(Departure.objects.filter(station=self.place.station))
        return Response(DepartureOutput(get_object_or_404(rows, pk=departure_id)).data)
