"""Giving a departure its bay, by machine."""

from collections.abc import Mapping

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from station.api.base import StationView
from station.api.serializers import BookingOutput, MoveInput
from station.models import Bay, Departure
from station.services.bays import assign_bay


class BayMovesEndpoint(StationView):
    right = "station.move_bays"

    @extend_schema(request=MoveInput, responses={200: BookingOutput})
    def post(self, request: Request) -> Response:
        """Keep a bay for a departure, or move it there; 409 `bay_taken` says who has it and until when."""
        asked = MoveInput(data=request.data)
        asked.is_valid(raise_exception=True)
        departure = get_object_or_404(Departure, pk=asked.validated_data["departure"], station=self.place.station)
        bay = self._bay(asked.validated_data["bay"])
        return self.write_once(request, 200, lambda: self._moved(departure, bay))

    def _moved(self, departure: Departure, bay: Bay) -> Mapping[str, object]:
        booking = assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=self.person, now=clock.now())
        return BookingOutput(booking).data

    def _bay(self, code: str) -> Bay:
        bay = Bay.objects.filter(station=self.place.station, code__iexact=code.strip()).order_by("pk").first()
        if bay is None:
            raise ValidationError({"bay": [code]})
        return bay
