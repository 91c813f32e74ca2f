"""Shapes of what comes in and goes out; input and output apart."""

from typing import Any

from rest_framework import serializers

from fees.enums import Method
from fees.forms import MOST_MONEY
from ticketing.models import Sale, Ticket
from ticketing.services.choices import MOST_SEATS


class BuyerInput(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=255)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20)


class SaleInput(serializers.Serializer[Any]):
    departure = serializers.IntegerField(min_value=1)
    seats = serializers.ListField(
        child=serializers.CharField(max_length=5), required=False, min_length=1, max_length=MOST_SEATS
    )
    count = serializers.IntegerField(required=False, min_value=1, max_value=MOST_SEATS)
    from_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    to_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    method = serializers.ChoiceField(choices=Method.choices, default=Method.CASH)
    received = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_MONEY, allow_null=True, help_text="đồng; cash only"
    )
    reference = serializers.CharField(required=False, allow_blank=True, max_length=50)
    buyer = BuyerInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("seats" in attrs) == ("count" in attrs):
            raise serializers.ValidationError({"seats": "Name the seats, or say how many: one of the two."})
        return attrs


class TicketOutput(serializers.ModelSerializer[Ticket]):
    seat = serializers.CharField(source="seat_label")
    departure = serializers.IntegerField(source="departure_id")
    from_stop = serializers.CharField(source="from_stop.name")
    to_stop = serializers.CharField(source="to_stop.name")

    class Meta:
        model = Ticket
        fields = ("code", "state", "departure", "seat", "from_stop", "to_stop", "fare", "price", "printed", "sold_at")


class SoldTicketOutput(serializers.ModelSerializer[Ticket]):
    seat = serializers.CharField(source="seat_label")

    class Meta:
        model = Ticket
        fields = ("code", "seat", "fare")


class SaleOutput(serializers.ModelSerializer[Sale]):
    change = serializers.IntegerField(source="payment.change")
    departure = serializers.IntegerField(source="departure_id")
    tickets = SoldTicketOutput(many=True)

    class Meta:
        model = Sale
        fields = ("id", "departure", "total", "change", "tickets")


class SeatOutput(serializers.Serializer[Any]):
    seat = serializers.CharField(source="label")
    state = serializers.ChoiceField(choices=["free", "held", "sold"])
    deck = serializers.IntegerField(source="seat.deck")
    row = serializers.IntegerField(source="seat.row")
    column = serializers.IntegerField(source="seat.column")
    is_priority = serializers.BooleanField(source="seat.is_priority")
