"""Claim, send, record: three short steps, and no transaction open while we wait."""

from datetime import datetime

from django.db import transaction

from einvoice.enums import InvoiceState
from einvoice.errors import NotRefused
from einvoice.models import Invoice
from einvoice.providers import Accepted, InvoiceProvider, NoAnswer, Outcome, current
from einvoice.services.issue import SUBMIT
from station.models import User
from station.services import outbox

_OVER = {InvoiceState.ACCEPTED, InvoiceState.REFUSED}


def submit_invoice(*, invoice_id: int, message_id: int | None, now: datetime) -> None:
    """Hand the invoice to the provider once. Raises NoAnswer when nobody knows: the message is then tried again,
    and asks before it sends."""
    invoice = Invoice.objects.select_related("xml", "series").get(pk=invoice_id)
    if invoice.state in _OVER:
        outbox.finish(message_id, now=now)
        return
    provider = current()
    try:
        outcome = _ask_first(invoice, provider, now) or provider.submit(
            key=str(invoice.key), xml=bytes(invoice.xml.content)
        )
    except NoAnswer:
        _note_silence(invoice, now)
        raise
    _note_outcome(invoice, outcome, provider, message_id=message_id, now=now)


def _ask_first(invoice: Invoice, provider: InvoiceProvider, now: datetime) -> Outcome | None:
    """Claim a new invoice; for one that may have been sent before, ask what became of it."""
    if invoice.state == InvoiceState.ISSUED:
        _claim(invoice, now)
        return None
    outcome = provider.lookup(key=str(invoice.key))
    if outcome is None and invoice.state == InvoiceState.UNKNOWN:
        _claim(invoice, now)
    return outcome


@transaction.atomic
def _claim(invoice: Invoice, now: datetime) -> None:
    invoice.become(InvoiceState.IN_FLIGHT, by=None, now=now, claimed_at=now)


@transaction.atomic
def _note_silence(invoice: Invoice, now: datetime) -> None:
    if invoice.state == InvoiceState.IN_FLIGHT:
        invoice.become(InvoiceState.UNKNOWN, by=None, now=now)


@transaction.atomic
def _note_outcome(
    invoice: Invoice, outcome: Outcome, provider: InvoiceProvider, *, message_id: int | None, now: datetime
) -> None:
    if isinstance(outcome, Accepted):
        invoice.become(
            InvoiceState.ACCEPTED,
            by=None,
            now=now,
            sent_at=now,
            provider=provider.name,
            provider_reference=outcome.reference,
            refusal="",
        )
    else:
        invoice.become(
            InvoiceState.REFUSED, by=None, now=now, sent_at=now, provider=provider.name, refusal=outcome.text
        )
    outbox.finish(message_id, now=now)


@transaction.atomic
def send_again(*, invoice_id: int, by: User, now: datetime) -> Invoice:
    """A refused invoice goes to the provider once more, after what was wrong at their side is mended."""
    invoice = Invoice.objects.select_related("station", "series").get(pk=invoice_id)
    if invoice.state != InvoiceState.REFUSED:
        raise NotRefused(invoice=str(invoice))
    invoice.become(InvoiceState.IN_FLIGHT, by=by, now=now, claimed_at=now)
    outbox.enqueue(SUBMIT, {"invoice_id": invoice.pk}, now=now)
    return invoice
