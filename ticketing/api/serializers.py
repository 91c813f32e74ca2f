"""Shapes of what comes in and goes out; input and output apart."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from fees.enums import Method
from fees.forms import MOST_MONEY
from fees.models import Payment
from ticketing.enums import BlockKind
from ticketing.models import Sale, SeatBlock, Ticket
from ticketing.models.tickets import MOST_ON_A_LAP
from ticketing.rules import Buyer
from ticketing.services import Part
from ticketing.services.choices import MOST_SEATS


class BuyerInput(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=255)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20)
    tax_code = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text="of a company, with its name and address"
    )
    company = serializers.CharField(required=False, allow_blank=True, max_length=255)
    address = serializers.CharField(required=False, allow_blank=True, max_length=255)


def buyer_of(wish: Mapping[str, Any]) -> Buyer:
    """Who buys, as it was validated."""
    return Buyer(**wish.get("buyer", {}))


class PassengerInput(serializers.Serializer[Any]):
    seat = serializers.CharField(max_length=5, required=False, allow_blank=True)
    group = serializers.CharField(
        max_length=20, required=False, allow_blank=True, allow_null=True, help_text="code of a discount group"
    )
    lap_children = serializers.IntegerField(min_value=0, max_value=MOST_ON_A_LAP, required=False)


class PartInput(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=Method.choices)
    amount = serializers.IntegerField(min_value=1, max_value=MOST_MONEY)
    reference = serializers.CharField(required=False, allow_blank=True, max_length=50)


def parts_of(wish: Mapping[str, Any]) -> list[Part]:
    """What is paid otherwise, as it was validated."""
    return [Part(Method(one["method"]), one["amount"], one.get("reference", "")) for one in wish.get("parts", ())]


class SaleInput(serializers.Serializer[Any]):
    departure = serializers.IntegerField(min_value=1)
    seats = serializers.ListField(
        child=serializers.CharField(max_length=5), required=False, min_length=1, max_length=MOST_SEATS
    )
    count = serializers.IntegerField(required=False, min_value=1, max_value=MOST_SEATS)
    tickets = serializers.ListField(
        child=PassengerInput(), required=False, min_length=1, max_length=MOST_SEATS,
        help_text="each ticket its seat and its group",
    )  # fmt: skip
    from_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    to_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    method = serializers.ChoiceField(choices=Method.choices, default=Method.CASH)
    received = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_MONEY, allow_null=True, help_text="đồng; cash only"
    )
    reference = serializers.CharField(required=False, allow_blank=True, max_length=50)
    parts = PartInput(many=True, required=False, help_text="what is paid otherwise; `method` brings the rest")
    buyer = BuyerInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("seats", "count", "tickets")) != 1:
            raise serializers.ValidationError({"seats": "Name the seats, say how many, or list tickets: one of these."})
        seated = [bool(one.get("seat")) for one in attrs.get("tickets", ())]
        if any(seated) and not all(seated):
            raise serializers.ValidationError({"tickets": "Name the seat of every ticket, or of none."})
        return attrs


class TicketOutput(serializers.ModelSerializer[Ticket]):
    seat = serializers.CharField(source="seat_label")
    departure = serializers.IntegerField(source="departure_id")
    from_stop = serializers.CharField(source="from_stop.name")
    to_stop = serializers.CharField(source="to_stop.name")

    class Meta:
        model = Ticket
        fields = (
            "code", "state", "departure", "seat", "from_stop", "to_stop", "fare", "price", "lap_children",
            "printed", "sold_at",
        )  # fmt: skip


class SoldTicketOutput(serializers.ModelSerializer[Ticket]):
    seat = serializers.CharField(source="seat_label")

    class Meta:
        model = Ticket
        fields = ("code", "seat", "fare", "price", "lap_children")


class PaidOutput(serializers.ModelSerializer[Payment]):
    class Meta:
        model = Payment
        fields = ("method", "amount", "reference")


class SaleOutput(serializers.ModelSerializer[Sale]):
    change = serializers.IntegerField(source="payment.change")
    departure = serializers.IntegerField(source="departure_id")
    tickets = SoldTicketOutput(many=True)
    payments = serializers.SerializerMethodField()

    class Meta:
        model = Sale
        fields = ("id", "departure", "total", "change", "lookup_code", "payments", "tickets")

    @extend_schema_field(PaidOutput(many=True))
    def get_payments(self, sale: Sale) -> list[dict[str, Any]]:
        parts = [part.payment for part in sale.parts.all()]
        return [dict(PaidOutput(one).data) for one in (sale.payment, *parts)]


class GroupOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    proof = serializers.CharField()
    fare = serializers.IntegerField(help_text="đồng, after the reduction")


class PricesOutput(serializers.Serializer[Any]):
    posted = serializers.IntegerField(allow_null=True, help_text="đồng; null: no fare is declared")
    surcharge = serializers.IntegerField()
    fare = serializers.IntegerField(allow_null=True)
    groups = GroupOutput(many=True)


class SeatOutput(serializers.Serializer[Any]):
    seat = serializers.CharField(source="label")
    state = serializers.ChoiceField(choices=["free", "held", "sold", "blocked"])
    reason = serializers.CharField(source="block.reason", default="", help_text="of a blocked seat")
    deck = serializers.IntegerField(source="seat.deck")
    row = serializers.IntegerField(source="seat.row")
    column = serializers.IntegerField(source="seat.column")
    is_priority = serializers.BooleanField(source="seat.is_priority")


class BlockInput(serializers.Serializer[Any]):
    seats = serializers.ListField(child=serializers.CharField(max_length=5), min_length=1, max_length=60)
    kind = serializers.ChoiceField(choices=BlockKind.choices)
    reason = serializers.CharField(max_length=255)


class BlockOutput(serializers.ModelSerializer[SeatBlock]):
    departure = serializers.IntegerField(source="departure_id")
    seat = serializers.CharField(source="seat_label")
    by = serializers.CharField()

    class Meta:
        model = SeatBlock
        fields = ("id", "departure", "seat", "kind", "reason", "by", "at", "lifted_at")
