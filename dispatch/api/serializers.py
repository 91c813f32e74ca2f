"""Shapes of what comes in and goes out; input and output apart."""

from base64 import b64decode
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dispatch.enums import OrderState
from dispatch.models import DispatchOrder, Inspection, OrderLeg, Signature
from dispatch.rules import Finding, Severity
from dispatch.selectors.findings import sentence
from dispatch.services import PaperSheet
from dispatch.services.drawing import MAX_SCAN_MEGABYTES
from station.models import Departure, YardVisit

_BASE64_LIMIT = MAX_SCAN_MEGABYTES * 1024 * 1024 * 2


class Base64Field(serializers.CharField):
    """A file inside JSON."""

    def to_internal_value(self, data: Any) -> bytes:  # type: ignore[override]
        try:
            return b64decode(super().to_internal_value(data), validate=True)
        except ValueError as error:
            raise serializers.ValidationError("Not base64.") from error


class OrdersQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=OrderState.choices, required=False)


class OrderInput(serializers.Serializer[Any]):
    """Nothing for an electronic order; for a paper one its number and days."""

    paper_number = serializers.CharField(required=False, max_length=40)
    valid_from = serializers.DateField(required=False)
    valid_until = serializers.DateField(required=False, help_text="the last day, as printed")
    scan = Base64Field(required=False, max_length=_BASE64_LIMIT, help_text="JPEG, PNG or PDF, base64, at most 5 MB")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("valid_from", "valid_until") if name not in attrs]
        if "paper_number" in attrs and missing:
            raise serializers.ValidationError(dict.fromkeys(missing, "A paper order says from when until when."))
        return attrs

    def sheet(self) -> PaperSheet | None:
        said: dict[str, Any] = self.validated_data
        if "paper_number" not in said:
            return None
        return PaperSheet(said["paper_number"], said["valid_from"], said["valid_until"], said.get("scan", b""))


class CheckInput(OrderInput):
    """Nothing but the check; or the paper sheet to enter first, or the known one whose next line it runs on."""

    next_leg_of = serializers.IntegerField(required=False, min_value=1, help_text="id of a paper order")


class PhotoInput(serializers.Serializer[Any]):
    photo = Base64Field(max_length=_BASE64_LIMIT, help_text="JPEG, PNG or PDF, base64, at most 5 MB")


class ConfirmInput(serializers.Serializer[Any]):
    passengers = serializers.IntegerField(min_value=0, max_value=200)


class UnconfirmInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class GateInput(serializers.Serializer[Any]):
    station = serializers.CharField(max_length=20)
    direction = serializers.ChoiceField(choices=["in", "out"])
    plate = serializers.CharField(max_length=20)
    passengers = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=200)
    empty = serializers.BooleanField(default=False, help_text="out without running: for repair, or refused")


class FindingOutput(serializers.Serializer[Finding]):
    code = serializers.CharField()
    severity = serializers.CharField()
    detail = serializers.SerializerMethodField()
    facts = serializers.DictField(child=serializers.CharField())

    def get_detail(self, finding: Finding) -> str:
        return sentence(finding)


class SignatureOutput(serializers.ModelSerializer[Signature]):
    class Meta:
        model = Signature
        fields = (
            "field",
            "state",
            "signer_name",
            "organisation",
            "organisation_tax_code",
            "requested_at",
            "applied_at",
            "after_sha256",
        )


class LegOutput(serializers.ModelSerializer[OrderLeg]):
    departure = serializers.IntegerField(source="departure_id")

    class Meta:
        model = OrderLeg
        fields = ("direction", "position", "departure", "state", "passengers", "confirmed_at")


class OrderOutput(serializers.ModelSerializer[DispatchOrder]):
    station = serializers.CharField(source="station.code")
    operator = serializers.CharField(source="operator.code")
    document_sha256 = serializers.CharField(source="document.sha256", default=None)
    signatures = SignatureOutput(many=True)
    legs = LegOutput(many=True)

    class Meta:
        model = DispatchOrder
        fields = (
            "id",
            "number",
            "source",
            "paper_number",
            "state",
            "station",
            "operator",
            "valid_from",
            "valid_until",
            "issued_at",
            "token",
            "contents",
            "contents_sha256",
            "document_sha256",
            "signatures",
            "legs",
        )


class InspectionOutput(serializers.ModelSerializer[Inspection]):
    """What a check found: `findings` say why a coach was refused."""

    findings = serializers.SerializerMethodField()

    class Meta:
        model = Inspection
        fields = ("id", "visit", "departure", "result", "findings", "checked_at")

    @extend_schema_field(FindingOutput(many=True))
    def get_findings(self, inspection: Inspection) -> Any:
        found = [Finding(one["code"], Severity.BLOCK, one["facts"]) for one in inspection.findings]
        return [FindingOutput(finding).data for finding in found]


class GateDepartureOutput(serializers.ModelSerializer[Departure]):
    operator = serializers.CharField(source="operator.code")
    route = serializers.CharField(source="route.code")

    class Meta:
        model = Departure
        fields = ("id", "planned_at", "route", "operator", "state", "departed_at")


class VisitOutput(serializers.ModelSerializer[YardVisit]):
    class Meta:
        model = YardVisit
        fields = ("id", "plate", "state", "entered_at", "left_at", "exit_kind", "passengers_in")


class GateOutput(serializers.Serializer[Any]):
    visit = VisitOutput()
    departure = GateDepartureOutput(allow_null=True)
    verdict = serializers.ChoiceField(choices=["cleared", "not_cleared", "no_departure"])
    findings = FindingOutput(many=True)
