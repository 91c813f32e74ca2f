"""The ca of a station for machines: who is on, taking over, handing over."""

from collections.abc import Mapping

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from station.api.base import StationView
from station.api.pages import Pages
from station.api.serializers import CloseShiftInput, ShiftOutput
from station.models import Shift
from station.selectors import shifts as selectors
from station.services import shifts as services


class ShiftsEndpoint(StationView):
    right = {"GET": "station.see_shifts", "POST": "station.run_shift"}

    @extend_schema(responses=ShiftOutput(many=True))
    def get(self, request: Request) -> Response:
        """Shifts of the station, the latest first."""
        pages = Pages()
        page = pages.paginate_queryset(selectors.recent_shifts(self.place.station), request, view=self) or []
        return pages.get_paginated_response(ShiftOutput(page, many=True).data)

    @extend_schema(request=None, responses={201: ShiftOutput})
    def post(self, request: Request) -> Response:
        """Take over: the ca of this hour begins, and you lead it."""
        return self.write_once(request, 201, self._open)

    def _open(self) -> Mapping[str, object]:
        shift = services.open_shift(station=self.place.station, lead=self.person, now=clock.now())
        return ShiftOutput(shift).data


class CloseShiftEndpoint(StationView):
    right = "station.run_shift"

    @extend_schema(request=CloseShiftInput, responses={200: ShiftOutput})
    def post(self, request: Request, shift_id: int) -> Response:
        """Hand over with a note, once every till in it is counted."""
        shift = get_object_or_404(Shift, pk=shift_id, station=self.place.station)
        asked = CloseShiftInput(data=request.data)
        asked.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._close(shift, asked.validated_data["note"]))

    def _close(self, shift: Shift, note: str) -> Mapping[str, object]:
        closed = services.close_shift(shift_id=shift.pk, note=note, by=self.person, now=clock.now())
        return ShiftOutput(closed).data
