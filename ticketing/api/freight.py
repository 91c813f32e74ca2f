"""Parcels and luggage, for machines."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fees.enums import Method
from fees.forms import MOST_MONEY
from station import clock
from station.api.base import StationView
from station.models import Departure
from ticketing import selectors, services
from ticketing.errors import NoSuchParcel
from ticketing.models import LuggageTag, Parcel
from ticketing.services.freight import Declaration, Pay

_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class PayInput(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=Method.choices, default=Method.CASH)
    received = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_MONEY)
    reference = serializers.CharField(required=False, allow_blank=True, max_length=50, default="")


class ParcelInput(PayInput):
    departure = serializers.IntegerField(min_value=1)
    to_stop = serializers.IntegerField(min_value=1, required=False, allow_null=True, help_text="else to the end")
    goods = serializers.CharField(max_length=255)
    pieces = serializers.IntegerField(min_value=1, max_value=999)
    weight_kg = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=0)
    declared_value = serializers.IntegerField(required=False, default=0, min_value=0, max_value=MOST_MONEY)
    sender_name = serializers.CharField(max_length=100)
    sender_id_number = serializers.CharField(max_length=12)
    sender_phone = serializers.CharField(max_length=20)
    sender_address = serializers.CharField(max_length=255)
    receiver_name = serializers.CharField(max_length=100)
    receiver_id_number = serializers.CharField(max_length=12)
    receiver_phone = serializers.CharField(max_length=20)
    receiver_address = serializers.CharField(max_length=255)
    is_allowed = serializers.BooleanField(help_text="somebody looked: nothing banned, dangerous, alive, smelly, dirty")


class ParcelOutput(serializers.ModelSerializer[Parcel]):
    """Without the numbers of the IDs: they are nobody's business once the parcel is known by its code."""

    departure = serializers.IntegerField(source="departure_id")
    to_stop = serializers.CharField(source="to_stop.name")

    class Meta:
        model = Parcel
        fields = (
            "code", "state", "departure", "to_stop", "goods", "pieces", "weight_kg", "freight", "price", "received_at",
            "loaded_at", "arrived_at", "handed_over_at",
        )  # fmt: skip


class ParcelsEndpoint(StationView):
    """Receive a parcel for a departure, with its declaration and its freight."""

    right = "ticketing.sell"
    needs_key = True

    @extend_schema(request=ParcelInput, responses={201: ParcelOutput}, parameters=[_KEY])
    def post(self, request: Request) -> Response:
        given = ParcelInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 201, lambda: self._receive(given.validated_data))

    def _receive(self, said: Mapping[str, Any]) -> Mapping[str, object]:
        mine = self.place.stations_with("ticketing.sell")
        if not Departure.objects.filter(pk=said["departure"], station__in=mine).exists():
            raise Http404
        declaration = Declaration(**{name: said[name] for name in Declaration.__dataclass_fields__})
        pay = Pay(Method(said["method"]), said.get("received"), said["reference"])
        done = services.receive_parcel(
            departure_id=said["departure"], to_stop_id=said.get("to_stop"), declaration=declaration,
            till_id=self.place.till.pk, pay=pay, by=self.person, now=clock.now(),
        )  # fmt: skip
        return ParcelOutput(done).data


class _ParcelView(StationView):
    def parcel(self, code: str, right_name: str) -> Parcel:
        try:
            return selectors.parcel_at(code, self.place.stations_with(right_name))
        except NoSuchParcel:
            raise Http404 from None


class ParcelEndpoint(_ParcelView):
    """One parcel."""

    right = "ticketing.see"

    @extend_schema(responses=ParcelOutput)
    def get(self, request: Request, code: str) -> Response:
        return Response(ParcelOutput(self.parcel(code, "ticketing.see")).data)


class StepInput(serializers.Serializer[Any]):
    step = serializers.ChoiceField(choices=["load", "arrive", "hand_over", "return"])
    id_number = serializers.CharField(required=False, allow_blank=True, max_length=12, default="")


class ParcelStepEndpoint(_ParcelView):
    """Loaded, arrived, handed over against the receiver's ID, or back to its sender."""

    right = "ticketing.board"
    needs_key = True

    @extend_schema(request=StepInput, responses=ParcelOutput, parameters=[_KEY])
    def post(self, request: Request, code: str) -> Response:
        self.parcel(code, "ticketing.board")
        given = StepInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._step(code, given.validated_data))

    def _step(self, code: str, said: Mapping[str, Any]) -> Mapping[str, object]:
        who: dict[str, Any] = {"code": code, "by": self.person, "now": clock.now()}
        if said["step"] == "load":
            done = services.load_parcel(**who)
        elif said["step"] == "arrive":
            done = services.arrive_parcel(**who)
        elif said["step"] == "hand_over":
            done = services.hand_over_parcel(**who, id_number=said["id_number"])
        else:
            done = services.return_parcel(**who, till_id=self.place.till.pk)
        return ParcelOutput(done).data


class LuggageInput(PayInput):
    pieces = serializers.IntegerField(min_value=1, max_value=99)
    weight_kg = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=0)


class LuggageOutput(serializers.ModelSerializer[LuggageTag]):
    class Meta:
        model = LuggageTag
        fields = ("code", "pieces", "weight_kg", "fee", "price", "at")


class LuggageEndpoint(StationView):
    """Tag a passenger's luggage; what is beyond the free weight is paid."""

    right = "ticketing.sell"
    needs_key = True

    @extend_schema(request=LuggageInput, responses={201: LuggageOutput}, parameters=[_KEY])
    def post(self, request: Request, code: str) -> Response:
        given = LuggageInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 201, lambda: self._tag(code, given.validated_data))

    def _tag(self, code: str, said: Mapping[str, Any]) -> Mapping[str, object]:
        pay = Pay(Method(said["method"]), said.get("received"), said["reference"])
        tag = services.tag_luggage(
            code=code, pieces=said["pieces"], weight_kg=said["weight_kg"], till_id=self.place.till.pk, pay=pay,
            by=self.person, now=clock.now(),
        )  # fmt: skip
        return LuggageOutput(tag).data
