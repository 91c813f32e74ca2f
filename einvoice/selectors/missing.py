"""What should have an invoice, or an answer, and has none."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from einvoice.enums import InvoiceKind, InvoiceState
from einvoice.models import Invoice
from fees.enums import ChargeState
from fees.models import Charge
from station.enums import MessageState, TicketIssuer
from station.models import Contract, OutboxMessage
from ticketing.models import Sale

WAITING = (InvoiceState.ISSUED, InvoiceState.IN_FLIGHT, InvoiceState.UNKNOWN)
_NOT_DONE = (MessageState.PENDING, MessageState.DEAD)


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
    """Charges that arose before *before*, are done or paid, and have no invoice."""
    original = Invoice.objects.filter(charge=OuterRef("pk"), kind=InvoiceKind.ORIGINAL)
    owed = Charge.objects.filter(state__in=[ChargeState.PAID, ChargeState.ON_ACCOUNT], opened_at__lt=before)
    return owed.filter(~Exists(original)).order_by("pk").values_list("pk", flat=True)


def invoices_without_answer(before: datetime) -> QuerySet[Invoice, int]:
    waiting = Invoice.objects.filter(state__in=WAITING, issued_at__lt=before)
    return waiting.order_by("pk").values_list("pk", flat=True)


def under_way(task: str, name: str) -> set[int]:
    """Ids (*name* in the payload) for which a message of *task* waits, is worked on, or was given up."""
    messages = OutboxMessage.objects.filter(task=task, state__in=_NOT_DONE)
    return {int(value) for value in messages.values_list(KT(f"payload__{name}"), flat=True) if value}
