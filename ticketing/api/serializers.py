"""Shapes of what comes in and goes out; input and output apart."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from fees.enums import Method
from fees.forms import MOST_MONEY
from ticketing import selectors
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


class SoldTicketOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    seat = serializers.CharField()
    fare = serializers.IntegerField()
    price = serializers.JSONField()
    lap_children = serializers.IntegerField()


class PaidOutput(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=Method.choices)
    amount = serializers.IntegerField()
    reference = serializers.CharField()


class SaleOutput(serializers.Serializer[Any]):
    """The shape of `sale_answer`, which is written by hand: a counter at Tết asks for a hundred of them a second."""

    id = serializers.IntegerField()
    departure = serializers.IntegerField()
    total = serializers.IntegerField()
    change = serializers.IntegerField()
    lookup_code = serializers.CharField()
    payments = PaidOutput(many=True)
    tickets = SoldTicketOutput(many=True)


def sale_answer(sale: Sale) -> dict[str, object]:
    """*sale* as SaleOutput says."""
    return {
        "id": sale.pk,
        "departure": sale.departure_id,
        "total": sale.total,
        "change": sale.payment.change,
        "lookup_code": sale.lookup_code,
        "payments": [
            {"method": one.method, "amount": one.amount, "reference": one.reference}
            for one in selectors.payments_of(sale)
        ],
        "tickets": [
            {
                "code": one.code, "seat": one.seat_label, "fare": one.fare, "price": one.price,
                "lap_children": one.lap_children,
            }
            for one in selectors.tickets_in(sale.pk)
        ],
    }  # fmt: skip


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
