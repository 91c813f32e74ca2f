"""Cash moves for machines."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fees import selectors, services
from fees.enums import MoveKind
from fees.forms import MOST_MONEY
from fees.models import CashMove
from station import clock
from station.api.base import StationView
from station.models import Till, User
from station.services.approvals import second_person


class CashMoveInput(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=MoveKind.choices)
    amount = serializers.IntegerField(min_value=1, max_value=MOST_MONEY)
    reason = serializers.CharField(allow_blank=True, default="", max_length=255)
    to_till = serializers.IntegerField(allow_null=True, default=None, help_text="of a hand-over")
    username = serializers.CharField(allow_blank=True, default="", max_length=150, help_text="the second person")
    password = serializers.CharField(allow_blank=True, default="", max_length=128, trim_whitespace=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if (said["kind"] == MoveKind.HAND_OVER) != (said["to_till"] is not None):
            raise serializers.ValidationError({"to_till": [said["to_till"]]})
        return said


class CashMoveOutput(serializers.ModelSerializer[CashMove]):
    by = serializers.CharField(source="by.username")
    other = serializers.CharField(source="other.username", default=None)

    class Meta:
        model = CashMove
        fields = ("id", "till", "kind", "amount", "reason", "by", "other", "to_till", "state", "made_at", "answered_at")


class MovesEndpoint(StationView):
    right = "station.open_till"
    needs_key = True

    @extend_schema(responses=CashMoveOutput(many=True))
    def get(self, _request: Request, till_id: int) -> Response:
        """What moved out of your till and into it, or waits to; newest first."""
        till = get_object_or_404(Till, pk=till_id, station__in=self.place.stations, clerk=self.person)
        return Response(CashMoveOutput(selectors.moves_of(till), many=True).data)

    @extend_schema(request=CashMoveInput, responses={201: CashMoveOutput})
    def post(self, request: Request, till_id: int) -> Response:
        """Cash in, out, to the safe, or offered to another open till."""
        till = get_object_or_404(Till, pk=till_id, station__in=self.place.stations)
        shape = CashMoveInput(data=request.data)
        shape.is_valid(raise_exception=True)
        said = dict(shape.validated_data)
        if said["to_till"] is not None:
            get_object_or_404(Till, pk=said["to_till"], station=till.station_id)
            return self.write_once(request, 201, lambda: self._offered(till, said))
        other = self._second_person(till, said)
        return self.write_once(request, 201, lambda: self._moved(till, said, other))

    def _second_person(self, till: Till, said: Mapping[str, Any]) -> User | None:
        if not said["username"]:
            return None
        return second_person(
            username=said["username"], password=said["password"], right_name="fees.keep_safe", station=till.station,
            by=self.person, now=clock.now(),
        )  # fmt: skip

    def _moved(self, till: Till, said: Mapping[str, Any], other: User | None) -> Mapping[str, object]:
        cash = services.Cash(MoveKind(said["kind"]), said["amount"], said["reason"])
        moved = services.move_cash(till_id=till.pk, cash=cash, other=other, by=self.person, now=clock.now())
        return CashMoveOutput(moved).data

    def _offered(self, till: Till, said: Mapping[str, Any]) -> Mapping[str, object]:
        offered = services.hand_over(
            till_id=till.pk, to_till_id=said["to_till"], amount=said["amount"], reason=said["reason"], by=self.person,
            now=clock.now(),
        )  # fmt: skip
        return CashMoveOutput(offered).data


class AnswerMoveEndpoint(StationView):
    """A hand-over is taken or declined by the other person, or taken back by who offered it."""

    right = "station.open_till"
    needs_key = True

    @extend_schema(request=None, responses={200: CashMoveOutput})
    def post(self, request: Request, move_id: int, answer: str) -> Response:
        """`take` or `decline`."""
        get_object_or_404(CashMove, pk=move_id, station__in=self.place.stations)
        service = {"take": services.take_over, "decline": services.decline}[answer]
        return self.write_once(
            request, 200, lambda: CashMoveOutput(service(move_id=move_id, by=self.person, now=clock.now())).data
        )
