"""Shapes of what comes in and goes out; input and output apart."""

from typing import Any

from rest_framework import serializers

from station.enums import DepartureState
from station.models import BayBooking, Departure, Shift


class DeparturesQuery(serializers.Serializer[Any]):
    date = serializers.DateField(required=False, help_text="local day; default today")
    state = serializers.ChoiceField(choices=DepartureState.choices, required=False)


class MoveInput(serializers.Serializer[Any]):
    departure = serializers.IntegerField(min_value=1)
    bay = serializers.CharField(max_length=10, help_text="code of a boarding bay of this station")


class DepartureOutput(serializers.ModelSerializer[Departure]):
    station = serializers.CharField(source="station.code")
    route = serializers.CharField(source="route.code")
    bound_for = serializers.CharField(source="bound_for.name")
    operator = serializers.CharField(source="operator.code")
    plate = serializers.CharField(source="vehicle.plate", default=None)
    bay = serializers.SerializerMethodField()

    class Meta:
        model = Departure
        fields = (
            "id", "station", "route", "bound_for", "direction", "operator", "kind", "service_on", "planned_at", "plate",
            "bay", "state", "is_on_sale", "order_issued_at", "exit_confirmed_at", "departed_at",
        )  # fmt: skip

    def get_bay(self, departure: Departure) -> str | None:
        booking: BayBooking | None = getattr(departure, "bay_booking", None)
        return booking.bay.code if booking and (booking.is_live or not departure.is_live) else None


class BookingOutput(serializers.ModelSerializer[BayBooking]):
    bay = serializers.CharField(source="bay.code")
    start = serializers.DateTimeField(source="period.lower")
    end = serializers.DateTimeField(source="period.upper")

    class Meta:
        model = BayBooking
        fields = ("departure", "bay", "start", "end")


class CloseShiftInput(serializers.Serializer[Any]):
    note = serializers.CharField(allow_blank=True, max_length=2000, help_text="for whoever takes over")


class ShiftOutput(serializers.ModelSerializer[Shift]):
    station = serializers.CharField(source="station.code")
    lead = serializers.CharField(source="lead.username")

    class Meta:
        model = Shift
        fields = (
            "id", "station", "name", "business_on", "starts_at", "ends_at", "lead", "state", "opened_at", "closed_at",
            "hand_over_note",
        )  # fmt: skip
