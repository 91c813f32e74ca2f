"""Payments by bank for machines: ask for one, follow it, and tell what arrived."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fees import selectors as money
from fees import services as fees
from fees.enums import LineState
from fees.models import BankLine, Charge, TransferRequest
from fees.services import Told
from station import clock
from station.api.base import StationView
from station.api.pages import Pages
from station.models import Departure
from ticketing import selectors, services
from ticketing.api.payment_shapes import (
    AskInput,
    AssignInput,
    BankLineInput,
    BankLineOutput,
    ConfirmPaymentInput,
    OwedBackOutput,
    PayBackInput,
    RequestOutput,
    SendBackInput,
    SentBackOutput,
)
from ticketing.api.serializers import buyer_of, parts_of

_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class PaymentsEndpoint(StationView):
    """Ask a customer to pay by VietQR: for seats, which are kept meanwhile, or for the charge of a coach."""

    right = "fees.take_payment"
    needs_key = True

    @extend_schema(request=AskInput, responses={201: RequestOutput}, parameters=[_KEY])
    def post(self, request: Request) -> Response:
        given = AskInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 201, lambda: self._ask(given.validated_data))

    def _ask(self, wish: Mapping[str, Any]) -> Mapping[str, object]:
        mine = self.place.stations_with("fees.take_payment")
        now = clock.now()
        if "charge" in wish:
            get_object_or_404(Charge, pk=wish["charge"], station__in=mine)
            asked = fees.ask_for_charge(charge_id=wish["charge"], till_id=self.place.till.pk, by=self.person, now=now)
            return RequestOutput(asked).data
        get_object_or_404(Departure, pk=wish["departure"], station__in=self.place.stations_with("ticketing.sell"))
        hold = services.hold_seats(
            departure_id=wish["departure"], seats=wish.get("seats"), count=wish.get("count", 1),
            from_stop_id=wish.get("from_stop"), to_stop_id=wish.get("to_stop"), till_id=self.place.till.pk,
            by=self.person, now=now,
        )  # fmt: skip
        waiting = services.ask_for_sale(
            hold_id=hold.pk, till_id=self.place.till.pk, parts=parts_of(wish), buyer=buyer_of(wish),
            by=self.person, now=now,
        )  # fmt: skip
        return RequestOutput(waiting.request).data


class _OnePayment(StationView):
    right = "fees.take_payment"

    def found(self, request_id: int) -> TransferRequest:
        mine = self.place.stations_with("fees.take_payment")
        return get_object_or_404(money.requests().filter(station__in=mine), pk=request_id)


class PaymentEndpoint(_OnePayment):
    @extend_schema(responses=RequestOutput)
    def get(self, request: Request, request_id: int) -> Response:
        """What became of a payment: `state` is waiting, paid, cancelled or expired; paid seats have their tickets."""
        return Response(RequestOutput(self.found(request_id)).data)


class CancelPaymentEndpoint(_OnePayment):
    @extend_schema(request=None, responses=RequestOutput)
    def post(self, request: Request, request_id: int) -> Response:
        """The customer will not pay by bank: the seats are free."""
        self.found(request_id)
        return self.write_once(request, 200, lambda: self._cancelled(request_id))

    def _cancelled(self, request_id: int) -> Mapping[str, object]:
        over = services.cancel_transfer(
            request_id=request_id, till_id=self.place.till.pk, by=self.person, now=clock.now()
        )
        return RequestOutput(over).data


class ConfirmPaymentEndpoint(_OnePayment):
    needs_key = True

    @extend_schema(request=ConfirmPaymentInput, responses=RequestOutput, parameters=[_KEY])
    def post(self, request: Request, request_id: int) -> Response:
        """The clerk saw the money on the bank's own screen, under *reference*."""
        self.found(request_id)
        given = ConfirmPaymentInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._confirmed(request_id, given.validated_data["reference"]))

    def _confirmed(self, request_id: int, reference: str) -> Mapping[str, object]:
        services.confirm_transfer(
            request_id=request_id, till_id=self.place.till.pk, reference=reference, by=self.person, now=clock.now()
        )
        return RequestOutput(self.found(request_id)).data


class BankLinesEndpoint(StationView):
    right = "fees.handle_bank"
    needs_key = True

    @extend_schema(
        responses=BankLineOutput(many=True), parameters=[OpenApiParameter("state", str, enum=LineState.values)]
    )
    def get(self, request: Request) -> Response:
        """What arrived at the bank, the newest first; `?state=unmatched` is the work list."""
        pages = Pages()
        rows = pages.paginate_queryset(self._lines(request.query_params.get("state", "")), request, view=self)
        return pages.get_paginated_response(BankLineOutput(rows, many=True).data)

    def _lines(self, state: str) -> QuerySet[BankLine]:
        rows = money.lines_of(self.place.stations_with("fees.handle_bank")).order_by("-received_at", "-pk")
        return rows.filter(state=state) if state in LineState.values else rows

    @extend_schema(request=BankLineInput, responses={201: BankLineOutput}, parameters=[_KEY])
    def post(self, request: Request) -> Response:
        """Money arrived. Told again under the same `number`, it is known already and nothing happens."""
        given = BankLineInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 201, lambda: self._received(given.validated_data))

    def _received(self, facts: Mapping[str, Any]) -> Mapping[str, object]:
        line = services.receive_line(station=self.place.station, told=Told(**facts), by=self.person, now=clock.now())
        return BankLineOutput(line).data


class _OneLine(StationView):
    right = "fees.handle_bank"
    needs_key = True

    def check_mine(self, line_id: int) -> None:
        if not money.lines_of(self.place.stations_with("fees.handle_bank")).filter(pk=line_id).exists():
            raise Http404


class AssignLineEndpoint(_OneLine):
    @extend_schema(request=AssignInput, responses=BankLineOutput, parameters=[_KEY])
    def post(self, request: Request, line_id: int) -> Response:
        """Say what the money was meant for: a payment that was asked for, or one taken by a typed reference."""
        self.check_mine(line_id)
        given = AssignInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._assigned(line_id, given.validated_data))

    def _assigned(self, line_id: int, wish: Mapping[str, Any]) -> Mapping[str, object]:
        now = clock.now()
        if "transfer" in wish:
            line = services.explain_by_payment(line_id=line_id, payment_id=wish["transfer"], by=self.person, now=now)
            return BankLineOutput(line).data
        till = self.place.till_or_none
        line = services.assign_line(
            line_id=line_id, request_id=wish["payment"], till_id=till.pk if till else 0, by=self.person, now=now
        )
        return BankLineOutput(line).data


class PayBackLineEndpoint(_OneLine):
    @extend_schema(request=PayBackInput, responses=BankLineOutput, parameters=[_KEY])
    def post(self, request: Request, line_id: int) -> Response:
        """The money went back to its payer."""
        self.check_mine(line_id)
        given = PayBackInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._paid_back(line_id, given.validated_data))

    def _paid_back(self, line_id: int, wish: Mapping[str, Any]) -> Mapping[str, object]:
        line = fees.pay_back_line(
            line_id=line_id, returned_as=wish["reference"], reason=wish["reason"], by=self.person, now=clock.now()
        )
        return BankLineOutput(line).data


class OwedBackEndpoint(StationView):
    right = "fees.handle_bank"

    @extend_schema(responses=OwedBackOutput(many=True))
    def get(self, request: Request) -> Response:
        """What came by transfer, was undone at a counter, and is to be sent back; the oldest first."""
        owed = selectors.owed_back(self.place.stations_with("fees.handle_bank"))
        return Response(OwedBackOutput(owed, many=True).data)


class SendBackEndpoint(StationView):
    right = "fees.handle_bank"
    needs_key = True

    @extend_schema(request=SendBackInput, responses=SentBackOutput, parameters=[_KEY])
    def post(self, request: Request, payment_id: int) -> Response:
        """The bank sent it back."""
        given = SendBackInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.write_once(request, 200, lambda: self._sent(payment_id, given.validated_data["reference"]))

    def _sent(self, payment_id: int, reference: str) -> Mapping[str, object]:
        mine = self.place.stations_with("fees.handle_bank")
        sent = fees.send_back(
            payment_id=payment_id, stations=mine, reference=reference, by=self.person, now=clock.now()
        )  # fmt: skip
        return SentBackOutput(sent).data
