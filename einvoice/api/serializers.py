"""What goes in and what comes out; never the same class."""

from rest_framework import serializers

from einvoice.enums import InvoiceState
from einvoice.models import Invoice


class InvoicesQuery(serializers.Serializer[None]):
    day = serializers.DateField(required=False, help_text="local day of issue")
    state = serializers.ChoiceField(choices=InvoiceState.choices, required=False)
    sale = serializers.IntegerField(required=False, min_value=1)
    charge = serializers.IntegerField(required=False, min_value=1)
    q = serializers.CharField(required=False, max_length=40, help_text="number, symbol, plate or ticket code")


class InvoiceOutput(serializers.ModelSerializer[Invoice]):
    station = serializers.CharField(source="station.code")
    template = serializers.CharField(source="series.template")
    symbol = serializers.CharField(source="series.symbol")
    seller_tax_code = serializers.CharField(source="series.seller_tax_code")
    lookup_code = serializers.CharField(source="sale.lookup_code", default="", help_text="as the tickets carry it")
    sha256 = serializers.CharField(source="xml.sha256")

    class Meta:
        model = Invoice
        fields = (
            "id", "station", "kind", "template", "symbol", "number", "seller_tax_code", "buyer_name", "buyer_tax_code",
            "net", "tax", "gross", "sale", "charge", "lookup_code", "state", "issued_at", "sent_at", "provider",
            "provider_reference", "refusal", "sha256",
        )  # fmt: skip
