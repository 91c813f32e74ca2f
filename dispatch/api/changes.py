"""A departure is changed, for machines; the answer names every passenger it touches."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import services
from station import clock
from station.api.base import StationView
from station.models import Departure, Driver, Vehicle
from ticketing.api.changes import DisruptionOutput
from ticketing.models import Disruption


class CancelInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class DelayInput(CancelInput):
    minutes = serializers.IntegerField(min_value=1, max_value=720, help_text="after the planned time")


class VehicleInput(CancelInput):
    vehicle = serializers.IntegerField(min_value=1, source="vehicle_id")
    driver = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None, source="driver_id")

    def validate_vehicle(self, vehicle_id: int) -> int:
        get_object_or_404(Vehicle, pk=vehicle_id)
        return vehicle_id

    def validate_driver(self, driver_id: int | None) -> int | None:
        if driver_id is not None:
            get_object_or_404(Driver, pk=driver_id)
        return driver_id


class MergeInput(CancelInput):
    into = serializers.IntegerField(min_value=1, source="into_id", help_text="the departure its passengers ride on")


class _ChangeView(StationView):
    right = "dispatch.change_departure"

    def changed(
        self, request: Request, departure_id: int, shape: type[CancelInput], change: Callable[..., Disruption]
    ) -> Response:
        """What *change*, a service, did to the departure with the facts of *shape*."""
        mine = Departure.objects.filter(station__in=self.place.stations_with("dispatch.change_departure"))
        departure = get_object_or_404(mine, pk=departure_id)
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        said = {**given.validated_data, "departure_id": departure.pk, "by": self.person, "now": clock.now()}
        return self.write_once(request, 200, lambda: DisruptionOutput(change(**said)).data)


class CancelEndpoint(_ChangeView):
    """It does not run."""

    @extend_schema(request=CancelInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id, CancelInput, services.cancel_departure)


class DelayEndpoint(_ChangeView):
    """It leaves later."""

    @extend_schema(request=DelayInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id, DelayInput, services.delay_departure)


class VehicleEndpoint(_ChangeView):
    """Another coach runs it."""

    @extend_schema(request=VehicleInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id, VehicleInput, services.replace_vehicle)


class MergeEndpoint(_ChangeView):
    """Its passengers ride on another departure."""

    @extend_schema(request=MergeInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id, MergeInput, services.merge_departures)
