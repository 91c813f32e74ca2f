"""Tills and charges for machines."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from fees import selectors, services
from fees.api import serializers
from fees.enums import Method
from fees.errors import DifferenceNeedsReason
from fees.models import Charge
from station import clock
from station.api.base import StationView
from station.api.pages import Pages
from station.models import Departure, Till


def _checked(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class TillsEndpoint(StationView):
    right = "station.open_till"
    needs_key = True

    @extend_schema(request=serializers.OpenTillInput, responses={201: serializers.TillOutput})
    def post(self, request: Request) -> Response:
        """Open your till in the shift that runs now."""
        wanted = _checked(serializers.OpenTillInput(data=request.data))
        return self.write_once(request, 201, lambda: self._open(wanted))

    def _open(self, wanted: Mapping[str, Any]) -> Mapping[str, object]:
        till = services.open_till(
            station=self.place.station,
            clerk=self.place.user,
            counter_id=self._counter_id(wanted["counter"]),
            opening_float=wanted["opening_float"],
            now=clock.now(),
        )
        return serializers.TillOutput(till).data

    def _counter_id(self, code: str | None) -> int | None:
        if not code:
            return None
        counter = self.place.station.counters.filter(code=code).order_by("pk").first()
        if counter is None:
            raise ValidationError({"counter": [code]})
        return counter.pk


class CloseTillEndpoint(StationView):
    right = "station.open_till"
    needs_key = True

    @extend_schema(request=serializers.CloseTillInput, responses={200: serializers.ClosingOutput})
    def post(self, request: Request, till_id: int) -> Response:
        """Close a till with the notes found in its drawer; a difference needs a reason. A refused count is kept."""
        till = get_object_or_404(Till, pk=till_id, station__in=self.place.stations)
        wanted = _checked(serializers.CloseTillInput(data=request.data))
        counts = {row["denomination"]: row["quantity"] for row in wanted["counts"]}
        try:
            return self.write_once(request, 200, lambda: self._close(till, counts, wanted))
        except DifferenceNeedsReason:
            services.keep_count(till_id=till.pk, counts=counts, by=self.place.user, now=clock.now())
            raise

    def _close(self, till: Till, counts: Mapping[int, int], wanted: Mapping[str, Any]) -> Mapping[str, object]:
        closing = services.close_till(
            till_id=till.pk, counts=counts, reason=wanted["reason"], by=self.place.user, now=clock.now()
        )
        return serializers.ClosingOutput(closing).data


class ChargesEndpoint(StationView):
    right = {"GET": "fees.see", "POST": "fees.take_payment"}

    @extend_schema(parameters=[serializers.ChargesQuery], responses=serializers.ChargeOutput(many=True))
    def get(self, request: Request) -> Response:
        """Charges of the station, the earliest departure first."""
        wanted = _checked(serializers.ChargesQuery(data=request.query_params))
        pages = Pages()
        rows = pages.paginate_queryset(self._charges(wanted), request, view=self)
        return pages.get_paginated_response(serializers.ChargeOutput(rows, many=True).data)

    def _charges(self, wanted: Mapping[str, Any]) -> QuerySet[Charge]:
        rows = selectors.with_plate(selectors.charges_of(self.place.station), wanted.get("plate", ""))
        if "state" in wanted:
            rows = rows.filter(state=wanted["state"])
        if "service_on" in wanted:
            rows = rows.filter(departure__service_on=wanted["service_on"])
        return rows

    @extend_schema(request=serializers.OpenChargeInput, responses={201: serializers.ChargeOutput})
    def post(self, request: Request) -> Response:
        """Price a departure: its in/out charge, made once."""
        wanted = _checked(serializers.OpenChargeInput(data=request.data))
        departure = get_object_or_404(Departure, pk=wanted["departure"], station=self.place.station)
        return self.write_once(request, 201, lambda: self._opened(departure))

    def _opened(self, departure: Departure) -> Mapping[str, object]:
        charge = services.charge_departure(departure=departure, by=self.place.user, now=clock.now())
        return serializers.ChargeOutput(charge).data


class PayChargeEndpoint(StationView):
    right = "fees.take_payment"
    needs_key = True

    @extend_schema(request=serializers.PayInput, responses={200: serializers.ChargeOutput})
    def post(self, request: Request, charge_id: int) -> Response:
        """Take the whole charge into your own open till."""
        mine = self.place.stations_with("fees.take_payment")
        get_object_or_404(Charge, pk=charge_id, station__in=mine)
        wanted = _checked(serializers.PayInput(data=request.data))
        return self.write_once(request, 200, lambda: self._paid(charge_id, wanted))

    def _paid(self, charge_id: int, wanted: Mapping[str, Any]) -> Mapping[str, object]:
        charge = services.pay_charge(
            charge_id=charge_id,
            till_id=self.place.till.pk,
            method=Method(wanted["method"]),
            received=wanted["received"],
            reference=wanted["reference"],
            by=self.place.user,
            now=clock.now(),
        )
        return serializers.ChargeOutput(charge).data
