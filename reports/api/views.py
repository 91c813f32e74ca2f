"""Reports for machines."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reports import selectors
from reports.api.serializers import DateQuery, PaceOutput, ShiftReportOutput
from station import clock
from station.api.base import StationView


class ShiftReportEndpoint(StationView):
    right = "reports.see"

    @extend_schema(responses=ShiftReportOutput)
    def get(self, _request: Request, shift_id: int) -> Response:
        """The report of one shift, as its page shows it."""
        shift = get_object_or_404(selectors.shifts_of(self.place.station), pk=shift_id)
        report = selectors.shift_report(shift, now=clock.now(), reader=self.person)
        return Response(ShiftReportOutput(report).data)


class PaceEndpoint(StationView):
    right = "reports.see"

    @extend_schema(parameters=[DateQuery], responses=PaceOutput)
    def get(self, request: Request) -> Response:
        """Seconds a sale takes, by shift and clerk, of one business date."""
        given = DateQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        station = self.place.station
        on = given.validated_data.get("date") or selectors.newest_day(station, clock.now())
        return Response(PaceOutput(selectors.pace_of_day(station, on)).data)
