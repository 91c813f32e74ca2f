"""Copies of a ticket on paper, for machines."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from ticketing import selectors, services
from ticketing.api.tickets import TicketView
from ticketing.enums import Paper
from ticketing.models import TicketPrint


class PrintInput(serializers.Serializer[Any]):
    paper = serializers.ChoiceField(choices=Paper.choices, default=Paper.RECEIPT)
    sale = serializers.BooleanField(default=False, help_text="every ticket that was sold with it")


class PrintOutput(serializers.ModelSerializer[TicketPrint]):
    ticket = serializers.CharField(source="ticket.code")
    by = serializers.CharField(source="by.username")

    class Meta:
        model = TicketPrint
        fields = ("ticket", "copy", "paper", "by", "at")


class PrintsEndpoint(TicketView):
    """Which copies came out; `POST` counts one more, before it is printed."""

    right = {"GET": "ticketing.see", "POST": "ticketing.print"}

    @extend_schema(responses=PrintOutput(many=True))
    def get(self, request: Request, code: str) -> Response:
        return Response(PrintOutput(selectors.prints_of(self.ticket(code, "ticketing.see")), many=True).data)

    @extend_schema(request=PrintInput, responses={200: PrintOutput(many=True)})
    def post(self, request: Request, code: str) -> Response:
        found = self.ticket(code, "ticketing.print")
        given = PrintInput(data=request.data)
        given.is_valid(raise_exception=True)
        codes = [one.code for one in selectors.to_print(found, whole_sale=given.validated_data["sale"])]
        answer = self.write_once(request, 200, lambda: self._print(codes, given.validated_data["paper"]))
        return Response(answer.data["copies"] if isinstance(answer.data, dict) else [])

    def _print(self, codes: list[str], paper: str) -> Mapping[str, object]:
        made = services.print_tickets(codes=codes, paper=Paper(paper), by=self.person, now=clock.now())
        return {"copies": PrintOutput(made, many=True).data}
