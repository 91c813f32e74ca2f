"""What goes in and what comes out; never the same class."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from fees.enums import ChargeState, Method
from fees.forms import MOST_MONEY, MOST_NOTES
from fees.models import CashCount, Charge, Payment, TillClosing
from fees.selectors import explain
from station.models import Till


class OpenTillInput(serializers.Serializer[None]):
    counter = serializers.CharField(allow_null=True, default=None, help_text="code of a counter of this station")
    opening_float = serializers.IntegerField(min_value=0, max_value=MOST_MONEY)


class TillOutput(serializers.ModelSerializer[Till]):
    station = serializers.CharField(source="station.code")
    counter = serializers.CharField(source="counter.code", default=None)
    clerk = serializers.CharField(source="clerk.username")

    class Meta:
        model = Till
        fields = ("id", "station", "shift", "counter", "clerk", "opening_float", "state", "opened_at", "closed_at")


class CashCountInput(serializers.Serializer[None]):
    denomination = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=0, max_value=MOST_NOTES)


class CloseTillInput(serializers.Serializer[None]):
    counts = CashCountInput(many=True)
    reason = serializers.CharField(allow_blank=True, default="", max_length=255)

    def validate_counts(self, counts: list[dict[str, int]]) -> list[dict[str, int]]:
        if len({row["denomination"] for row in counts}) < len(counts):
            raise serializers.ValidationError(_("Each note is counted once."))
        return counts


class CashCountOutput(serializers.ModelSerializer[CashCount]):
    class Meta:
        model = CashCount
        fields = ("denomination", "quantity")


class ClosingOutput(serializers.ModelSerializer[TillClosing]):
    counts = CashCountOutput(many=True)

    class Meta:
        model = TillClosing
        fields = (
            "id", "till", "number", "expected_cash", "counted_cash", "difference", "reason", "taken", "moved",
            "grand_total_before", "grand_total_after", "closed_at", "counts",
        )  # fmt: skip


class ChargesQuery(serializers.Serializer[None]):
    state = serializers.ChoiceField(choices=ChargeState.choices, required=False)
    plate = serializers.CharField(required=False, help_text="a part of the plate is enough")
    service_on = serializers.DateField(required=False, help_text="day of the departure")


class OpenChargeInput(serializers.Serializer[None]):
    departure = serializers.IntegerField(min_value=1)


class PaymentOutput(serializers.ModelSerializer[Payment]):
    to_pay = serializers.IntegerField()
    change = serializers.IntegerField()

    class Meta:
        model = Payment
        fields = ("id", "till", "method", "amount", "rounding", "to_pay", "received", "change", "reference", "at")


class ChargeOutput(serializers.ModelSerializer[Charge]):
    station = serializers.CharField(source="station.code")
    operator = serializers.CharField(source="operator.code")
    service = serializers.CharField(source="service.code")
    explained = serializers.SerializerMethodField()
    payment = PaymentOutput(allow_null=True)

    class Meta:
        model = Charge
        fields = (
            "id", "station", "operator", "departure", "service", "plate", "units", "unit_price", "net", "tax", "gross",
            "vat_rate", "explanation", "explained", "state", "payment", "opened_at",
        )  # fmt: skip

    def get_explained(self, charge: Charge) -> str:
        return explain(charge)


class PayInput(serializers.Serializer[None]):
    method = serializers.ChoiceField(choices=Method.choices)
    received = serializers.IntegerField(
        allow_null=True, default=None, min_value=0, max_value=MOST_MONEY, help_text="cash given; null: exact"
    )
    reference = serializers.CharField(
        allow_blank=True, default="", max_length=50, help_text="needed for transfer and card"
    )
