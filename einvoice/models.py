"""Series of numbers, and the tax documents that took one."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from einvoice.enums import InvoiceKind, InvoiceState, Subject
from fees.models import Charge
from station.models import Stateful, Station, StoredFile
from station.models.guards import no_delete
from ticketing.models import Sale


class Series(models.Model):
    """One line of numbers: per outlet, kind, seller and year; restarts at 1 on 1 January (TT 91/2026 PL I)."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="invoice_series")
    subject = models.CharField(max_length=10, choices=Subject)
    seller_tax_code = models.CharField(max_length=14)
    template = models.CharField(max_length=1, help_text="KHMSHDon: 1 VAT invoice, 5 ticket")
    symbol = models.CharField(max_length=6, help_text="KHHDon, e.g. K26TAA")
    year = models.PositiveSmallIntegerField()
    format_version = models.CharField(max_length=6, default="2.1.0", help_text="PBan")
    last_number = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, help_text="clock guard: numbers never go back in time")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_symbol_is_one_series", fields=["seller_tax_code", "template", "symbol", "year"]
            ),
            models.UniqueConstraint(
                name="one_series_per_outlet_seller_and_year",
                fields=["station", "subject", "seller_tax_code", "year"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template}{self.symbol}-{self.seller_tax_code}"


class Invoice(Stateful):
    """Born numbered, built and signed in one transaction: there is no number without its bytes."""

    noun = "invoice"
    transitions = {
        InvoiceState.ISSUED: frozenset({InvoiceState.IN_FLIGHT}),
        InvoiceState.IN_FLIGHT: frozenset({InvoiceState.ACCEPTED, InvoiceState.REFUSED, InvoiceState.UNKNOWN}),
        InvoiceState.UNKNOWN: frozenset({InvoiceState.ACCEPTED, InvoiceState.REFUSED, InvoiceState.IN_FLIGHT}),
        InvoiceState.ACCEPTED: frozenset(),
        InvoiceState.REFUSED: frozenset({InvoiceState.ISSUED}),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="invoices")
    key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="idempotency key at the provider")
    kind = models.CharField(max_length=10, choices=InvoiceKind, default=InvoiceKind.ORIGINAL)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveIntegerField()
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT, related_name="invoices")
    sale = models.ForeignKey(Sale, null=True, on_delete=models.PROTECT, related_name="invoices")
    buyer_name = models.CharField(max_length=400)
    buyer_tax_code = models.CharField(max_length=14, blank=True)
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()
    xml = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", help_text="bytes as signed")
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.ISSUED)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_reference = models.CharField(max_length=64, blank=True)
    refusal = models.TextField(blank=True, help_text="the provider's own words")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_number_is_used_once", fields=["series", "number"]),
            models.UniqueConstraint(
                name="a_charge_has_one_original_invoice",
                fields=["charge"],
                condition=Q(kind=InvoiceKind.ORIGINAL),
            ),
            models.UniqueConstraint(
                name="a_sale_has_one_original_invoice", fields=["sale"], condition=Q(kind=InvoiceKind.ORIGINAL)
            ),
            models.CheckConstraint(
                name="an_invoice_is_about_one_thing", condition=Q(charge__isnull=True) ^ Q(sale__isnull=True)
            ),
            models.CheckConstraint(name="invoice_net_and_tax_make_gross", condition=Q(gross=F("net") + F("tax"))),
            models.CheckConstraint(
                name="an_accepted_invoice_was_sent",
                condition=~Q(state=InvoiceState.ACCEPTED) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["station", "issued_at"]), models.Index(fields=["state"])]
        triggers = [
            pgtrigger.Protect(
                name="what_was_issued_is_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "key", "kind", "series", "number", "charge", "sale", "buyer_name", "buyer_tax_code",
                    "net", "tax", "gross", "xml", "issued_at",
                ),
            ),
            no_delete(),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.series.template}{self.series.symbol} {self.number}"

    @property
    def file_name(self) -> str:
        """Of the XML when it leaves the house: seller, series and number."""
        return f"{self.series.seller_tax_code}-{self.series.template}{self.series.symbol}-{self.number}.xml"
