"""Claim, send, record: three short steps, and no transaction open while we wait."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from einvoice.enums import InvoiceState
from einvoice.errors import NotRefused
from einvoice.models import Invoice
from einvoice.providers import Accepted, InvoiceProvider, NoAnswer, Outcome, current
from einvoice.services.issue import SUBMIT
from station.models import User
from station.models.locks import lock
from station.models.written_once import asked_often
from station.services import outbox

_OVER = frozenset({InvoiceState.ACCEPTED, InvoiceState.REFUSED})
# A provider may be silent for hours: it is asked after as long again as it has been silent, within these limits.
SOONEST, LATEST = timedelta(seconds=10), timedelta(minutes=5)


def submit_invoice(*, invoice_id: int, message_id: int | None, now: datetime) -> None:
    """Hand the invoice to the provider once. When no answer comes the message waits, and then asks before it sends."""
    [invoice] = _invoices(invoice_id)
    if invoice.state in _OVER:
        outbox.finish(message_id, now=now)
        return
    provider = current()
    try:
        outcome = _answer_for(invoice, provider, now)
    except NoAnswer as silence:
        _note_silence(invoice, str(silence), message_id=message_id, now=now)
    else:
        _note_outcome(invoice, outcome, provider, message_id=message_id, now=now)


@asked_often
def _invoices(invoice_id: int) -> QuerySet[Invoice]:
    return Invoice.objects.filter(pk=invoice_id).select_related("xml", "series", "station").order_by("pk")


def _answer_for(invoice: Invoice, provider: InvoiceProvider, now: datetime) -> Outcome:
    """Send a new invoice; of one that may have been sent before, ask first what became of it. Raises NoAnswer."""
    key = str(invoice.key)
    if invoice.state != InvoiceState.ISSUED and (held := provider.lookup(key=key)):
        return held
    if invoice.state != InvoiceState.IN_FLIGHT:
        with transaction.atomic():
            invoice.become(InvoiceState.IN_FLIGHT, by=None, now=now, claimed_at=now)
    return provider.submit(key=key, xml=bytes(invoice.xml.content))


@transaction.atomic
def _note_silence(invoice: Invoice, text: str, *, message_id: int | None, now: datetime) -> None:
    """Nobody's fault here: the message is kept waiting and not counted as failed."""
    if invoice.state == InvoiceState.IN_FLIGHT:
        invoice.become(InvoiceState.UNKNOWN, by=None, now=now)
    silent_for = now - (invoice.claimed_at or now)
    outbox.postpone(message_id, until=now + min(max(silent_for, SOONEST), LATEST), error=text)
    outbox.push(topic_of(invoice), now=now)


@transaction.atomic
def _note_outcome(
    invoice: Invoice, outcome: Outcome, provider: InvoiceProvider, *, message_id: int | None, now: datetime
) -> None:
    sent: dict[str, Any] = {"sent_at": now, "provider": provider.name}
    if isinstance(outcome, Accepted):
        reference = outcome.reference
        invoice.become(InvoiceState.ACCEPTED, by=None, now=now, provider_reference=reference, refusal="", **sent)
    else:
        text = outcome.text
        invoice.become(InvoiceState.REFUSED, by=None, now=now, reason=text, refusal=text, **sent)
    outbox.finish(message_id, now=now)
    outbox.push(topic_of(invoice), now=now)


@transaction.atomic
def send_again(*, invoice_id: int, by: User, now: datetime) -> Invoice:
    """A refused invoice goes to the provider once more, after what was wrong at their side is mended.

    Raises NotRefused.
    """
    invoice = lock(Invoice.objects.filter(pk=invoice_id).select_related("station", "series")).get()
    if invoice.state != InvoiceState.REFUSED:
        raise NotRefused(invoice=str(invoice))
    # A refusal is an answer: the provider holds nothing, so this is waiting to be sent like a new one.
    invoice.become(InvoiceState.ISSUED, by=by, now=now)
    outbox.enqueue(SUBMIT, {"invoice_id": invoice.pk}, now=now)
    return invoice


def topic_of(invoice: Invoice) -> str:
    """What open pages of the station listen to."""
    return f"invoices-{invoice.station.code}"
