"""A departure is changed, for machines; the answer names every passenger it touches."""

from collections.abc import Mapping
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
    vehicle = serializers.IntegerField(min_value=1)
    driver = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class MergeInput(CancelInput):
    into = serializers.IntegerField(min_value=1, help_text="the departure its passengers ride on")


class _ChangeView(StationView):
    right = "dispatch.change_departure"
    shape: type[CancelInput] = CancelInput

    def changed(self, request: Request, departure_id: int) -> Response:
        mine = Departure.objects.filter(station__in=self.place.stations_with("dispatch.change_departure"))
        departure = get_object_or_404(mine, pk=departure_id)
        given = self.shape(data=request.data)
        given.is_valid(raise_exception=True)
        who = {"departure_id": departure.pk, "by": self.person, "now": clock.now()}
        return self.write_once(
            request, 200, lambda: DisruptionOutput(self.change(who, given.validated_data)).data
        )  # fmt: skip

    def change(self, who: Mapping[str, Any], said: Mapping[str, Any]) -> Disruption:
        raise NotImplementedError


class CancelEndpoint(_ChangeView):
    """It does not run."""

    @extend_schema(request=CancelInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id)

    def change(self, who: Mapping[str, Any], said: Mapping[str, Any]) -> Disruption:
        return services.cancel_departure(**who, reason=said["reason"])


class DelayEndpoint(_ChangeView):
    """It leaves later."""

    shape = DelayInput

    @extend_schema(request=DelayInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id)

    def change(self, who: Mapping[str, Any], said: Mapping[str, Any]) -> Disruption:
        return services.delay_departure(**who, minutes=said["minutes"], reason=said["reason"])


class VehicleEndpoint(_ChangeView):
    """Another coach runs it."""

    shape = VehicleInput

    @extend_schema(request=VehicleInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id)

    def change(self, who: Mapping[str, Any], said: Mapping[str, Any]) -> Disruption:
        get_object_or_404(Vehicle, pk=said["vehicle"])
        if said.get("driver"):
            get_object_or_404(Driver, pk=said["driver"])
        return services.replace_vehicle(
            **who, vehicle_id=said["vehicle"], driver_id=said.get("driver"), reason=said["reason"]
        )


class MergeEndpoint(_ChangeView):
    """Its passengers ride on another departure."""

    shape = MergeInput

    @extend_schema(request=MergeInput, responses=DisruptionOutput)
    def post(self, request: Request, departure_id: int) -> Response:
        return self.changed(request, departure_id)

    def change(self, who: Mapping[str, Any], said: Mapping[str, Any]) -> Disruption:
        return services.merge_departures(**who, into_id=said["into"], reason=said["reason"])
