"""Invoices for machines: read only, they are made by what happens at the counter."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from einvoice import selectors
from einvoice.api import serializers
from einvoice.models import Invoice
from station.api.base import StationView
from station.api.pages import Pages

_FIELDS = {"day": "issued_at__date", "state": "state", "sale": "sale_id", "charge": "charge_id"}


class InvoicesEndpoint(StationView):
    right = "einvoice.see"

    @extend_schema(
        parameters=[serializers.InvoicesQuery], responses=serializers.InvoiceOutput(many=True), operation_id="invoices"
    )
    def get(self, request: Request) -> Response:
        """Invoices of the station, the newest first."""
        query = serializers.InvoicesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        pages = Pages()
        page = pages.paginate_queryset(_wanted(self, query.validated_data), request, view=self)
        return pages.get_paginated_response(serializers.InvoiceOutput(page, many=True).data)


class InvoiceEndpoint(StationView):
    right = "einvoice.see"

    @extend_schema(responses=serializers.InvoiceOutput, operation_id="invoice")
    def get(self, request: Request, invoice_id: int) -> Response:
        return Response(serializers.InvoiceOutput(_found(self, invoice_id)).data)


class _AnyAccept(BaseContentNegotiation):
    """The bytes are what they are; nobody chooses between forms of them."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class InvoiceXmlEndpoint(StationView):
    right = "einvoice.see"
    content_negotiation_class = _AnyAccept

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY}, operation_id="invoice_xml")
    def get(self, request: Request, invoice_id: int) -> HttpResponse:
        """The signed bytes, as issued."""
        invoice = _found(self, invoice_id)
        return HttpResponse(bytes(invoice.xml.content), content_type=invoice.xml.media_type)


def _wanted(view: StationView, query: dict[str, Any]) -> QuerySet[Invoice]:
    words = query.pop("q", "")
    rows = selectors.find(view.place.station, words) if words else selectors.invoices_of(view.place.station)
    rows = rows.filter(**{_FIELDS[name]: value for name, value in query.items()})
    return rows.select_related("station", "xml").defer("xml__content")


def _found(view: StationView, invoice_id: int) -> Invoice:
    rows = selectors.invoices_of(view.place.station).select_related("station", "xml")
    return get_object_or_404(rows, pk=invoice_id)
