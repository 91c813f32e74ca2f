"""Corrections of closed tills for machines."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fees import services
from fees.enums import Method
from fees.forms import MOST_MONEY
from fees.models import TillClosing, TillCorrection
from station import clock
from station.api.base import StationView
from station.models import User
from station.services.approvals import second_person


class CorrectionInput(serializers.Serializer[None]):
    amount = serializers.IntegerField(
        min_value=-MOST_MONEY, max_value=MOST_MONEY, help_text="+ it turned up, − it is given back"
    )
    reason = serializers.CharField(max_length=255)
    method = serializers.ChoiceField(choices=Method.choices, default=Method.CASH)
    reference = serializers.CharField(allow_blank=True, default="", max_length=50)
    username = serializers.CharField(max_length=150, help_text="the second person")
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class CorrectionOutput(serializers.ModelSerializer[TillCorrection]):
    till = serializers.IntegerField(source="payment.till_id", help_text="where it is booked")
    amount = serializers.IntegerField(source="payment.amount")
    method = serializers.CharField(source="payment.method")
    by = serializers.CharField(source="by.username")
    approved_by = serializers.CharField(source="approved_by.username")

    class Meta:
        model = TillCorrection
        fields = ("id", "closing", "till", "amount", "method", "reason", "by", "approved_by", "at")


class CorrectionsEndpoint(StationView):
    right = "station.open_till"
    needs_key = True

    @extend_schema(request=CorrectionInput, responses={201: CorrectionOutput})
    def post(self, request: Request, closing_id: int) -> Response:
        """Book what turned up about a closed till in your own open till, before a second person."""
        closing = get_object_or_404(TillClosing, pk=closing_id, station__in=self.place.stations)
        shape = CorrectionInput(data=request.data)
        shape.is_valid(raise_exception=True)
        said = dict(shape.validated_data)
        approver = second_person(
            username=said["username"], password=said["password"], right_name="fees.correct_till",
            station=closing.station, by=self.person, now=clock.now(),
        )  # fmt: skip
        return self.write_once(request, 201, lambda: self._correct(closing, said, approver))

    def _correct(self, closing: TillClosing, said: Mapping[str, Any], approver: User) -> Mapping[str, object]:
        correction = services.Correction(said["amount"], said["reason"], Method(said["method"]), said["reference"])
        done = services.correct_till(
            closing_id=closing.pk, till_id=self.place.till.pk, correction=correction, approver=approver,
            by=self.person, now=clock.now(),
        )  # fmt: skip
        return CorrectionOutput(done).data
