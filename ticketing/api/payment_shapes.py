"""Shapes of payments by bank; input and output apart."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from fees.forms import MOST_MONEY
from fees.models import BankLine, TransferBack, TransferRequest
from fees.selectors import problem_of
from ticketing.api.serializers import BuyerInput, PartInput, SaleOutput, sale_answer
from ticketing.models import WaitingSale
from ticketing.services.choices import MOST_SEATS


class AskInput(serializers.Serializer[Any]):
    charge = serializers.IntegerField(required=False, min_value=1, help_text="or a departure")
    departure = serializers.IntegerField(required=False, min_value=1)
    seats = serializers.ListField(
        child=serializers.CharField(max_length=5), required=False, min_length=1, max_length=MOST_SEATS
    )
    count = serializers.IntegerField(required=False, min_value=1, max_value=MOST_SEATS)
    from_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    to_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    parts = PartInput(many=True, required=False, help_text="what is paid otherwise; the rest is asked for")
    buyer = BuyerInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("charge" in attrs) == ("departure" in attrs):
            raise serializers.ValidationError({"departure": "Name a departure, or a charge: one of the two."})
        if "departure" in attrs and ("seats" in attrs) == ("count" in attrs):
            raise serializers.ValidationError({"seats": "Name the seats, or say how many: one of the two."})
        return attrs


class ConfirmPaymentInput(serializers.Serializer[Any]):
    reference = serializers.CharField(max_length=50)


class RequestOutput(serializers.ModelSerializer[TransferRequest]):
    sale = serializers.SerializerMethodField()

    class Meta:
        model = TransferRequest
        fields = (
            "id", "state", "amount", "reference", "note", "payload", "charge", "asked_at", "expires_at", "sale",
        )  # fmt: skip

    @extend_schema_field(SaleOutput(allow_null=True))
    def get_sale(self, request: TransferRequest) -> Mapping[str, Any] | None:
        waiting = WaitingSale.objects.filter(request=request).select_related("sale__payment").order_by("pk").first()
        return sale_answer(waiting.sale) if waiting and waiting.sale else None


class BankLineInput(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=50, help_text="the bank's own reference: the same line twice is one")
    amount = serializers.IntegerField(min_value=1, max_value=MOST_MONEY)
    text = serializers.CharField(allow_blank=True, default="", max_length=255)
    payer = serializers.CharField(allow_blank=True, default="", max_length=255)
    booked_at = serializers.DateTimeField()


class BankLineOutput(serializers.ModelSerializer[BankLine]):
    station = serializers.CharField(source="station.code")
    problem = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()
    payment = serializers.IntegerField(source="request_id", allow_null=True, help_text="the payment it names or paid")

    class Meta:
        model = BankLine
        fields = (
            "id", "station", "number", "amount", "text", "payer", "booked_at", "received_at", "state", "code",
            "problem", "payment", "settled_at", "returned_as", "returned_because",
        )  # fmt: skip

    def get_problem(self, line: BankLine) -> str:
        return problem_of(line)

    def get_code(self, line: BankLine) -> str:
        return str(line.problem.get("code", ""))


class AssignInput(serializers.Serializer[Any]):
    payment = serializers.IntegerField(required=False, min_value=1, help_text="that was asked for (see payments/)")
    transfer = serializers.IntegerField(required=False, min_value=1, help_text="taken by a typed reference")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("payment" in attrs) == ("transfer" in attrs):
            raise serializers.ValidationError({"payment": "Name a payment, or a transfer: one of the two."})
        return attrs


class OwedBackOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="payment.pk")
    station = serializers.CharField(source="payment.station.code")
    amount = serializers.IntegerField()
    came_as = serializers.CharField(source="payment.refund_of.reference", help_text="the bank's reference it came with")
    payer = serializers.CharField(source="line.payer", default="")
    ticket = serializers.CharField(source="ticket.code", default=None)
    undone_at = serializers.DateTimeField(source="payment.at")


class SendBackInput(serializers.Serializer[Any]):
    reference = serializers.CharField(max_length=50, help_text="of the transfer back")


class SentBackOutput(serializers.ModelSerializer[TransferBack]):
    id = serializers.IntegerField(source="payment_id")

    class Meta:
        model = TransferBack
        fields = ("id", "reference", "at")


class PayBackInput(serializers.Serializer[Any]):
    reference = serializers.CharField(max_length=50, help_text="of the transfer back")
    reason = serializers.CharField(max_length=255)
