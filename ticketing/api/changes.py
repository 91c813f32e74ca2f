"""The work list of a changed departure, for machines."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from station.api.base import StationView
from station.models import Departure
from ticketing import services
from ticketing.models import Affected, Disruption


class AffectedOutput(serializers.ModelSerializer[Affected]):
    ticket = serializers.CharField(source="ticket.code")
    state = serializers.CharField(source="ticket.state")
    from_seat = serializers.CharField(source="from_label")
    to_seat = serializers.CharField(source="to_label", help_text="empty: no seat")

    class Meta:
        model = Affected
        fields = ("id", "ticket", "state", "from_seat", "to_seat", "told_at")


class DisruptionOutput(serializers.ModelSerializer[Disruption]):
    departure = serializers.IntegerField(source="departure_id")
    into = serializers.IntegerField(source="into_id", allow_null=True)
    affected = serializers.SerializerMethodField()

    class Meta:
        model = Disruption
        fields = ("id", "departure", "kind", "into", "planned_at", "expected_at", "reason", "at", "affected")

    @extend_schema(responses=AffectedOutput(many=True))
    def get_affected(self, row: Disruption) -> list[dict[str, Any]]:
        rows = row.affected.select_related("ticket").order_by("ticket__seat", "pk")
        return list(AffectedOutput(rows, many=True).data)


class AffectedEndpoint(StationView):
    """What happened to a departure, and to whom; newest first."""

    right = "ticketing.see"

    @extend_schema(responses=DisruptionOutput(many=True))
    def get(self, request: Request, departure_id: int) -> Response:
        mine = Departure.objects.filter(station__in=self.place.stations_with("ticketing.see"))
        departure = get_object_or_404(mine, pk=departure_id)
        rows = Disruption.objects.filter(departure=departure).order_by("-at", "-pk")
        return Response(DisruptionOutput(rows, many=True).data)


class _AffectedView(StationView):
    right = "ticketing.board"

    def row(self, affected_id: int) -> Affected:
        mine = self.place.stations_with("ticketing.board")
        return get_object_or_404(Affected.objects.filter(disruption__departure__station__in=mine), pk=affected_id)

    def answer(self, affected_id: int) -> Mapping[str, object]:
        return AffectedOutput(Affected.objects.select_related("ticket").get(pk=affected_id)).data


class ToldEndpoint(_AffectedView):
    """The passenger knows, and agrees."""

    @extend_schema(request=None, responses=AffectedOutput)
    def post(self, request: Request, affected_id: int) -> Response:
        row = self.row(affected_id)
        return self.write_once(request, 200, lambda: self._tell(row.pk))

    def _tell(self, affected_id: int) -> Mapping[str, object]:
        services.tell_passenger(affected_id=affected_id, by=self.person, now=clock.now())
        return self.answer(affected_id)


class PlaceInput(serializers.Serializer[Any]):
    seat = serializers.CharField(max_length=5)


class ReseatEndpoint(_AffectedView):
    """A displaced passenger takes another seat."""

    @extend_schema(request=PlaceInput, responses=AffectedOutput)
    def post(self, request: Request, affected_id: int) -> Response:
        row = self.row(affected_id)
        given = PlaceInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._seat(row.pk, given.validated_data["seat"]))

    def _seat(self, affected_id: int, seat: str) -> Mapping[str, object]:
        services.reseat_passenger(affected_id=affected_id, seat=seat, by=self.person, now=clock.now())
        return self.answer(affected_id)
