"""The counter for machines: the same services as the page."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fees.enums import Method
from station import clock
from station.api.base import StationView
from station.models import Departure
from station.models.written_once import asked_often
from ticketing import selectors, services
from ticketing.api.serializers import (
    PricesOutput,
    SaleInput,
    SaleOutput,
    SeatOutput,
    TicketOutput,
    buyer_of,
    parts_of,
    sale_answer,
)
from ticketing.models import Ticket

MOST_DIGITS = 18  # of an id: what is longer would not fit the database
_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class SalesEndpoint(StationView):
    """Sell one or more seats of one departure in one payment: all or none."""

    right = "ticketing.sell"
    needs_key = True

    @extend_schema(request=SaleInput, responses={201: SaleOutput}, parameters=[_KEY])
    def post(self, request: Request) -> Response:
        given = SaleInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 201, lambda: self._sell(request, given.validated_data))

    def _sell(self, request: Request, wish: Mapping[str, Any]) -> Mapping[str, object]:
        mine = {station.pk for station in self.place.stations_with("ticketing.sell")}
        if not mine.issuperset(_station_of(wish["departure"]) or {None}):
            raise Http404
        seats, count, passengers = _passengers(wish)
        sale = services.sell_tickets(
            departure_id=wish["departure"],
            seats=seats,
            count=count,
            passengers=passengers,
            from_stop_id=wish.get("from_stop"),
            to_stop_id=wish.get("to_stop"),
            till_id=self.place.till.pk,
            method=Method(wish["method"]),
            received=wish.get("received"),
            reference=wish.get("reference", ""),
            parts=parts_of(wish),
            buyer=buyer_of(wish),
            idempotency_key=f"{self.person.pk}:{request.headers['Idempotency-Key']}",
            by=self.person,
            now=clock.now(),
        )
        return sale_answer(sale)


@asked_often
def _station_of(departure_id: int) -> QuerySet[Departure, int]:
    return Departure.objects.filter(pk=departure_id).order_by("pk").values_list("station_id", flat=True)


def _passengers(wish: Mapping[str, Any]) -> tuple[list[str] | None, int, list[services.Passenger]]:
    """Seats (or how many) and who sits there, from either way of saying it."""
    if "tickets" not in wish:
        return wish.get("seats"), wish.get("count", 1), []
    passengers = [
        services.Passenger(one.get("group") or "", one.get("lap_children", 0), one.get("seat") or "")
        for one in wish["tickets"]
    ]
    return [one.seat for one in passengers if one.seat] or None, len(passengers), passengers


class PricesEndpoint(StationView):
    """What one passenger pays on a stretch of a departure, in full and in each discount group."""

    right = "ticketing.see"

    @extend_schema(
        responses=PricesOutput, parameters=[OpenApiParameter("from_stop", int), OpenApiParameter("to_stop", int)]
    )
    def get(self, request: Request, departure_id: int) -> Response:
        mine = Departure.objects.filter(station__in=self.place.stations_with("ticketing.see"))
        departure = get_object_or_404(selectors.with_facts(mine), pk=departure_id)
        stretch = selectors.stretch_of(departure, _stop(request, "from_stop"), _stop(request, "to_stop"))
        return Response(PricesOutput(selectors.price_list(departure, stretch, clock.now())).data)


def _stop(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


class TicketEndpoint(StationView):
    """One ticket of one's own stations."""

    right = "ticketing.see"

    @extend_schema(responses=TicketOutput)
    def get(self, request: Request, code: str) -> Response:
        try:
            ticket = selectors.ticket_by_code(code)
        except Ticket.DoesNotExist:
            raise Http404 from None
        if ticket.sale.station not in self.place.stations_with("ticketing.see"):
            raise Http404
        return Response(TicketOutput(ticket).data)


class SeatsEndpoint(StationView):
    """The seats of one departure on a stretch (`?from_stop=&to_stop=`, else from here to the end)."""

    right = "ticketing.see"

    @extend_schema(
        responses=SeatOutput(many=True),
        parameters=[OpenApiParameter("from_stop", int), OpenApiParameter("to_stop", int)],
    )
    def get(self, request: Request, departure_id: int) -> Response:
        mine = Departure.objects.filter(station__in=self.place.stations_with("ticketing.see"))
        rows = selectors.with_facts(mine)
        departure = get_object_or_404(rows, pk=departure_id)
        stretch = selectors.stretch_of(departure, _stop(request, "from_stop"), _stop(request, "to_stop"))
        plan = selectors.seat_plan(departure, stretch.legs, clock.now())
        return Response(SeatOutput(plan, many=True).data)
