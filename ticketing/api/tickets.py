"""Tickets after the sale, for machines."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fees.enums import Method
from fees.forms import MOST_MONEY
from station import clock
from station.api.base import StationView
from ticketing import selectors, services
from ticketing.api.serializers import TicketOutput
from ticketing.enums import RefundReason
from ticketing.forms.search import wanted
from ticketing.models import Refund, Ticket
from ticketing.services import Approval

_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class ApprovalInput(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    note = serializers.CharField(max_length=255, help_text="why, in a few words")
    amount = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_MONEY, help_text="đồng; else what the rule gives"
    )


class RefundInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=RefundReason.choices, default=RefundReason.PASSENGER)
    method = serializers.ChoiceField(choices=Method.choices, default=Method.CASH)
    reference = serializers.CharField(required=False, allow_blank=True, max_length=50, default="")
    approval = ApprovalInput(required=False, allow_null=True, help_text="a second person, for what is outside the rule")


class RefundOutput(serializers.ModelSerializer[Refund]):
    ticket = serializers.CharField(source="ticket.code")
    state = serializers.CharField(source="ticket.state")
    approved_by = serializers.CharField(source="approved_by.username", allow_null=True, default=None)

    class Meta:
        model = Refund
        fields = ("ticket", "state", "kind", "reason", "paid", "amount", "retained", "rule", "approved_by", "at")


class StepOutput(serializers.Serializer[Any]):
    percent = serializers.IntegerField()
    amount = serializers.IntegerField()
    until = serializers.DateTimeField()
    is_law = serializers.BooleanField()


class OfferOutput(serializers.Serializer[Any]):
    """What the rule gives now, and until when."""

    basis = serializers.ChoiceField(choices=["law", "policy", "cancelled", "changed", "late", "nothing"])
    percent = serializers.IntegerField()
    amount = serializers.IntegerField()
    retained = serializers.IntegerField()
    ladder = StepOutput(many=True)


class TicketView(StationView):
    """An endpoint about one ticket of one's own stations."""

    def ticket(self, code: str, right_name: str) -> Ticket:
        try:
            found = selectors.ticket_by_code(code)
        except Ticket.DoesNotExist:
            raise Http404 from None
        if found.sale.station not in self.place.stations_with(right_name):
            raise Http404
        return found

    def approval(self, ticket: Ticket, said: Mapping[str, Any] | None) -> Approval | None:
        if not said:
            return None
        person = services.approver_of(
            username=said["username"], password=said["password"], station=ticket.sale.station,
            by=self.person, now=clock.now(),
        )  # fmt: skip
        return Approval(person, said["note"], said.get("amount"))


class TicketsEndpoint(StationView):
    """Find tickets of one's own stations: `?q=` the last 5 digits or more, a phone number, or A05/1430."""

    right = "ticketing.see"

    @extend_schema(responses=TicketOutput(many=True), parameters=[OpenApiParameter("q", str, required=True)])
    def get(self, request: Request) -> Response:
        words = request.query_params.get("q", "").strip()
        found = selectors.found_tickets(wanted(words), self.place.stations_with("ticketing.see"), clock.now())
        return Response(TicketOutput(found, many=True).data)


class RefundEndpoint(TicketView):
    """Give a ticket back: the rule decides how much; outside it a second person agrees with their own password."""

    right = {"GET": "ticketing.see", "POST": "ticketing.refund"}
    needs_key = True

    @extend_schema(responses=OfferOutput)
    def get(self, request: Request, code: str) -> Response:
        return Response(OfferOutput(selectors.refund_offer(self.ticket(code, "ticketing.see"), clock.now())).data)

    @extend_schema(request=RefundInput, responses=RefundOutput, parameters=[_KEY])
    def post(self, request: Request, code: str) -> Response:
        found = self.ticket(code, "ticketing.refund")
        given = RefundInput(data=request.data)
        given.is_valid(raise_exception=True)
        approval = self.approval(found, given.validated_data.get("approval"))
        return self.write_once(request, 200, lambda: self._refund(code, given.validated_data, approval))

    def _refund(self, code: str, said: Mapping[str, Any], approval: Approval | None) -> Mapping[str, object]:
        done = services.refund_ticket(
            code=code, till_id=self.place.till.pk, reason=RefundReason(said["reason"]), approval=approval,
            method=Method(said["method"]), reference=said["reference"], by=self.person, now=clock.now(),
        )  # fmt: skip
        return RefundOutput(done).data


class VoidEndpoint(TicketView):
    """Undo a ticket that this clerk sold at this till not more than 120 seconds ago."""

    right = "ticketing.refund"
    needs_key = True

    @extend_schema(request=None, responses=RefundOutput, parameters=[_KEY])
    def post(self, request: Request, code: str) -> Response:
        self.ticket(code, "ticketing.refund")
        return self.write_once(request, 200, lambda: self._void(code))

    def _void(self, code: str) -> Mapping[str, object]:
        done = services.void_tickets(codes=[code], till_id=self.place.till.pk, by=self.person, now=clock.now())
        return RefundOutput(done[0]).data


class BoardInput(serializers.Serializer[Any]):
    departure = serializers.IntegerField(required=False, min_value=1, help_text="the door that scans: only its tickets")


class BoardEndpoint(TicketView):
    """A scan at the door of a coach."""

    right = "ticketing.board"

    @extend_schema(request=BoardInput, responses=TicketOutput)
    def post(self, request: Request, code: str) -> Response:
        self.ticket(code, "ticketing.board")
        given = BoardInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._board(code, given.validated_data.get("departure")))

    def _board(self, code: str, departure_id: int | None) -> Mapping[str, object]:
        services.board_ticket(code=code, departure_id=departure_id, by=self.person, now=clock.now())
        return TicketOutput(selectors.ticket_by_code(code)).data


class SeatInput(serializers.Serializer[Any]):
    seat = serializers.CharField(max_length=5)


class SeatEndpoint(TicketView):
    """The passenger sits elsewhere."""

    right = "ticketing.board"

    @extend_schema(request=SeatInput, responses=TicketOutput)
    def post(self, request: Request, code: str) -> Response:
        self.ticket(code, "ticketing.board")
        given = SeatInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._change(code, given.validated_data["seat"]))

    def _change(self, code: str, seat: str) -> Mapping[str, object]:
        services.change_seat(code=code, seat=seat, by=self.person, now=clock.now())
        return TicketOutput(selectors.ticket_by_code(code)).data


class ExchangeInput(serializers.Serializer[Any]):
    departure = serializers.IntegerField(min_value=1)
    seat = serializers.CharField(required=False, allow_blank=True, max_length=5, default="", help_text="else the best")
    from_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    to_stop = serializers.IntegerField(required=False, min_value=1, allow_null=True)
    reason = serializers.ChoiceField(choices=RefundReason.choices, default=RefundReason.PASSENGER)
    method = serializers.ChoiceField(choices=Method.choices, default=Method.CASH, help_text="of the difference")
    reference = serializers.CharField(required=False, allow_blank=True, max_length=50, default="")
    approval = ApprovalInput(required=False, allow_null=True, help_text="a second person, when it is late")


class ExchangeOutput(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="the old one")
    replacement = TicketOutput()
    difference = serializers.IntegerField(help_text="đồng; below 0 it was given back")


class ExchangeEndpoint(TicketView):
    """Exchange a ticket for one of another departure; only the difference is paid or given back."""

    right = "ticketing.refund"
    needs_key = True

    @extend_schema(request=ExchangeInput, responses=ExchangeOutput, parameters=[_KEY])
    def post(self, request: Request, code: str) -> Response:
        found = self.ticket(code, "ticketing.refund")
        given = ExchangeInput(data=request.data)
        given.is_valid(raise_exception=True)
        approval = self.approval(found, given.validated_data.get("approval"))
        return self.write_once(request, 200, lambda: self._exchange(request, code, given.validated_data, approval))

    def _exchange(
        self, request: Request, code: str, said: Mapping[str, Any], approval: Approval | None
    ) -> Mapping[str, object]:
        wanted_place = services.Wanted(said["departure"], said["seat"], said.get("from_stop"), said.get("to_stop"))
        done = services.exchange_ticket(
            code=code, wanted=wanted_place, till_id=self.place.till.pk, reason=RefundReason(said["reason"]),
            approval=approval, method=Method(said["method"]), reference=said["reference"],
            idempotency_key=f"{self.person.pk}:{request.headers['Idempotency-Key']}", by=self.person, now=clock.now(),
        )  # fmt: skip
        new = selectors.tickets().get(exchanged_from=done)
        return ExchangeOutput({"ticket": code, "replacement": new, "difference": new.fare - done.paid}).data
