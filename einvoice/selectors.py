"""Reading invoices."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from einvoice.enums import InvoiceKind, InvoiceState
from einvoice.models import Invoice
from fees.enums import ChargeState
from fees.models import Charge
from station.enums import TicketIssuer
from station.models import Contract
from ticketing.models import Sale

_WAITING = [InvoiceState.ISSUED, InvoiceState.IN_FLIGHT, InvoiceState.UNKNOWN]


def original_of_sale(sale_id: int) -> Invoice | None:
    return Invoice.objects.filter(sale_id=sale_id, kind=InvoiceKind.ORIGINAL).order_by("pk").first()


def original_of_charge(charge_id: int) -> Invoice | None:
    return Invoice.objects.filter(charge_id=charge_id, kind=InvoiceKind.ORIGINAL).order_by("pk").first()


def sales_without_invoice(before: datetime) -> QuerySet[Sale, int]:
    """Sales made before *before* that we should have invoiced (the operator did not keep that to itself)."""
    original = Invoice.objects.filter(sale=OuterRef("pk"), kind=InvoiceKind.ORIGINAL)
    ours = Contract.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("sold_at__date")),
        station=OuterRef("station"),
        operator=OuterRef("departure__operator"),
        valid_from__lte=OuterRef("sold_at__date"),
    ).exclude(ticket_issuer=TicketIssuer.OPERATOR)
    missing = Sale.objects.filter(~Exists(original), Exists(ours), sold_at__lt=before)
    return missing.order_by("pk").values_list("pk", flat=True)


def charges_without_invoice(before: datetime) -> QuerySet[Charge, int]:
    original = Invoice.objects.filter(charge=OuterRef("pk"), kind=InvoiceKind.ORIGINAL)
    owed = Charge.objects.filter(state__in=[ChargeState.PAID, ChargeState.ON_ACCOUNT], opened_at__lt=before)
    return owed.filter(~Exists(original)).order_by("pk").values_list("pk", flat=True)


def invoices_without_answer(before: datetime) -> QuerySet[Invoice, int]:
    waiting = Invoice.objects.filter(state__in=_WAITING, issued_at__lt=before)
    return waiting.order_by("pk").values_list("pk", flat=True)
