"""Orders and the gate for machines."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from dispatch import selectors, services
from dispatch.api import serializers
from dispatch.errors import CoachNotInYard
from dispatch.models import DispatchOrder
from dispatch.rules import blocks
from station import clock
from station.api.base import StationView
from station.api.pages import Pages
from station.errors import NotInYard
from station.models import Departure, YardVisit
from station.place import Place
from station.rules import plates
from station.selectors.yard import visit_of_plate


def _checked(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class _OrdersHere(StationView):
    """Orders that this person may see: to others they are not there."""

    def orders(self) -> QuerySet[DispatchOrder]:
        place = self.place
        visible = selectors.visible_orders(place.user, place.station_or_none, place.rights)
        return selectors.with_facts(visible).order_by("-valid_from", "-pk")

    def answer(self, order_id: int) -> Mapping[str, object]:
        return serializers.OrderOutput(get_object_or_404(self.orders(), pk=order_id)).data


class OrdersEndpoint(_OrdersHere):
    right = "signed_in"

    @extend_schema(parameters=[serializers.OrdersQuery], responses=serializers.OrderOutput(many=True))
    def get(self, request: Request) -> Response:
        """Orders of your station or your company, the latest first; `?state=draft` waits for a signature."""
        wanted = _checked(serializers.OrdersQuery(data=request.query_params))
        orders = self.orders()
        if "state" in wanted:
            orders = orders.filter(state=wanted["state"])
        pages = Pages()
        page = pages.paginate_queryset(orders, request, view=self) or []
        return pages.get_paginated_response(serializers.OrderOutput(page, many=True).data)


class OrderEndpoint(_OrdersHere):
    right = "signed_in"

    @extend_schema(responses=serializers.OrderOutput)
    def get(self, request: Request, order_id: int) -> Response:
        """One order with its signatures and legs."""
        return Response(self.answer(order_id))


class SignEndpoint(_OrdersHere):
    right = "dispatch.sign_as_operator"

    @extend_schema(request=None, responses={200: serializers.OrderOutput})
    def post(self, request: Request, order_id: int) -> Response:
        """Sign your company's order. A worker puts the signature into the document a moment later."""
        get_object_or_404(self.orders(), pk=order_id)
        return self.write_once(request, 200, lambda: self._sign(order_id))

    def _sign(self, order_id: int) -> Mapping[str, object]:
        services.sign_order(order_id=order_id, by=self.place.user, now=clock.now())
        return self.answer(order_id)


class PhotoEndpoint(_OrdersHere):
    right = "signed_in"

    @extend_schema(request=serializers.PhotoInput, responses={200: serializers.OrderOutput})
    def post(self, request: Request, order_id: int) -> Response:
        """The photo of a paper order that was entered without one: from its operator, or from the station."""
        get_object_or_404(self.orders(), pk=order_id)
        right = "dispatch.sign_as_operator" if self.place.user.operator_id else "dispatch.enter_paper_order"
        if right not in self.place.rights:
            raise PermissionDenied
        wanted = _checked(serializers.PhotoInput(data=request.data))
        return self.write_once(request, 200, lambda: self._add(order_id, wanted["photo"]))

    def _add(self, order_id: int, photo: bytes) -> Mapping[str, object]:
        services.add_photo(order_id=order_id, photo=photo, by=self.place.user, now=clock.now())
        return self.answer(order_id)


class DepartureOrdersEndpoint(_OrdersHere):
    right = "dispatch.enter_paper_order"

    @extend_schema(request=serializers.OrderInput, responses={201: serializers.OrderOutput})
    def post(self, request: Request, departure_id: int) -> Response:
        """Draw up the electronic order of a departure, or enter its paper order."""
        departure = get_object_or_404(Departure, pk=departure_id, station=self.place.station)
        wanted = serializers.OrderInput(data=request.data)
        _checked(wanted)
        return self.write_once(request, 201, lambda: self._order(departure, wanted))

    def _order(self, departure: Departure, wanted: serializers.OrderInput) -> Mapping[str, object]:
        sheet, by, now = wanted.sheet(), self.place.user, clock.now()
        if sheet is None:
            order = services.create_order(departure_id=departure.pk, by=by, now=now)
        else:
            order = services.enter_paper_order(departure_id=departure.pk, sheet=sheet, by=by, now=now)
        return self.answer(order.pk)


class CheckEndpoint(StationView):
    right = "dispatch.work_desk"

    @extend_schema(request=serializers.CheckInput, responses={201: serializers.InspectionOutput})
    def post(self, request: Request, departure_id: int) -> Response:
        """Check the coach that stands in the yard for a departure; what speaks against it is kept as a refusal."""
        rows = Departure.objects.select_related("vehicle")
        departure = get_object_or_404(rows, pk=departure_id, station=self.place.station)
        wanted = serializers.CheckInput(data=request.data)
        _checked(wanted)
        return self.write_once(request, 201, lambda: self._check(departure, wanted))

    def _check(self, departure: Departure, wanted: serializers.CheckInput) -> Mapping[str, object]:
        visit = selectors.open_visit(departure)
        if visit is None:
            raise CoachNotInYard(plate=plates.display(departure.vehicle.plate) if departure.vehicle else str(departure))
        inspection = services.admit(
            visit_id=visit.pk,
            sheet=wanted.sheet(),
            next_leg_of=wanted.validated_data.get("next_leg_of"),
            by=self.place.user,
            now=clock.now(),
        )
        return serializers.InspectionOutput(inspection).data


class ConfirmEndpoint(_OrdersHere):
    right = "dispatch.confirm_departure"

    @extend_schema(request=serializers.ConfirmInput, responses={200: serializers.OrderOutput})
    def post(self, request: Request, departure_id: int) -> Response:
        """Confirm a departure while its coach stands in the yard; the station's signature follows."""
        departure = get_object_or_404(Departure, pk=departure_id, station=self.place.station)
        wanted = _checked(serializers.ConfirmInput(data=request.data))
        return self.write_once(request, 200, lambda: self._confirm(departure, wanted["passengers"]))

    def _confirm(self, departure: Departure, passengers: int) -> Mapping[str, object]:
        leg = services.confirm_departure(
            departure_id=departure.pk, passengers=passengers, by=self.place.user, now=clock.now()
        )
        return self.answer(leg.order_id)


class UnconfirmEndpoint(_OrdersHere):
    right = "dispatch.confirm_departure"

    @extend_schema(request=serializers.UnconfirmInput, responses={200: serializers.OrderOutput})
    def post(self, request: Request, departure_id: int) -> Response:
        """Take a confirmation back while the coach still stands here; sale opens again."""
        departure = get_object_or_404(Departure, pk=departure_id, station=self.place.station)
        wanted = _checked(serializers.UnconfirmInput(data=request.data))
        return self.write_once(request, 200, lambda: self._withdraw(departure, wanted["reason"]))

    def _withdraw(self, departure: Departure, reason: str) -> Mapping[str, object]:
        leg = services.withdraw_confirmation(
            departure_id=departure.pk, reason=reason, by=self.place.user, now=clock.now()
        )
        return self.answer(leg.order_id)


class GateEventsEndpoint(StationView):
    right = "station.work_gate"

    @cached_property
    def place(self) -> Place:
        """The station stands in the body, as a gate controller sends it."""
        wanted = self.request.data.get("station") if isinstance(self.request.data, dict) else None
        wanted = wanted if isinstance(wanted, str | int) else None  # the serializer refuses lists and objects
        place = Place(self.request.user, wanted, clock.now())  # type: ignore[arg-type]  # the permission asked first
        if wanted and wanted not in {station.code for station in place.stations}:
            raise Http404
        return place

    @extend_schema(request=serializers.GateInput, responses={201: serializers.GateOutput})
    def post(self, request: Request) -> Response:
        """A coach passes the gate. Out: 409 with the codes of what is missing when it may not."""
        wanted = _checked(serializers.GateInput(data=request.data))
        return self.write_once(request, 201, lambda: self._pass(wanted))

    def _pass(self, wanted: Mapping[str, Any]) -> Mapping[str, object]:
        station, by, now = self.place.station, self.place.user, clock.now()
        if wanted["direction"] == "in":
            visit = services.let_in(
                station=station, plate=wanted["plate"], passengers_in=wanted.get("passengers"), by=by, now=now
            )
            return _told(visit)
        inside = visit_of_plate(station, wanted["plate"])
        if inside is None:
            raise NotInYard(plate=plates.display(plates.normalise(wanted["plate"])))
        leave = services.let_out_empty if wanted["empty"] else services.let_out
        return _told(leave(visit_id=inside.pk, by=by, now=now))


def _told(visit: YardVisit) -> Mapping[str, object]:
    """The visit, the departure it serves, and what would stop that departure now."""
    departure = None
    if visit.departure_id:
        rows = Departure.objects.select_related("route", "operator", "vehicle")
        departure = rows.get(pk=visit.departure_id)
    findings = selectors.clearance(departure, clock.now()) if departure and departure.is_live else []
    verdict = "no_departure"
    if departure:
        verdict = "not_cleared" if blocks(findings) else "cleared"
    told = {"visit": visit, "departure": departure, "verdict": verdict, "findings": findings}
    return serializers.GateOutput(told).data
