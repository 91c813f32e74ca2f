"""Messages about invoices that the workers gave up on, and what each was about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from einvoice.models import Invoice
from fees.models import Charge
from station.enums import MessageState
from station.models import OutboxMessage, Station
from ticketing.models import Sale

_IDS = {
    "einvoice.issue_for_sale": "sale_id",
    "einvoice.issue_for_charge": "charge_id",
    "einvoice.submit_invoice": "invoice_id",
}
# A refusal is noted as «code: sentence»; a person needs the sentence.
_CODE = re.compile(r"^[a-z_]+: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A given-up message: what it was about, and the last words of the worker."""

    message_id: int
    task: str
    obj: str
    about: str
    gross: int
    error: str
    since: datetime


def failures(station: Station) -> list[Failure]:
    """Given-up messages about sales, charges and invoices of *station*, oldest first."""
    rows = OutboxMessage.objects.filter(task__in=_IDS, state=MessageState.DEAD).order_by("pk")
    messages = [message for message in rows if message.payload.get(_IDS[message.task])]
    facts = _facts(station, messages)
    return [
        Failure(
            message_id=message.pk, task=message.task, obj=obj, about=about, gross=gross,
            error=_CODE.sub("", message.last_error), since=message.created_at,
        )
        for message in messages
        if (known := facts.get((message.task, message.payload[_IDS[message.task]])))
        for obj, about, gross in [known]
    ]  # fmt: skip


def _facts(station: Station, messages: Iterable[OutboxMessage]) -> dict[tuple[str, int], tuple[str, str, int]]:
    """(task, id) → what the message is about, its words, its amount; only what belongs to *station*."""
    ids: dict[str, list[int]] = {task: [] for task in _IDS}
    for message in messages:
        ids[message.task].append(message.payload[_IDS[message.task]])
    sale_task, charge_task, invoice_task = _IDS
    found: dict[tuple[str, int], tuple[str, str, int]] = {}
    sales = Sale.objects.filter(station=station, pk__in=ids[sale_task]).select_related("departure__route")
    for sale in sales.order_by("pk"):
        found[sale_task, sale.pk] = (f"sale:{sale.pk}", str(sale.departure), sale.total)
    charges = Charge.objects.filter(station=station, pk__in=ids[charge_task]).select_related("service")
    for charge in charges.order_by("pk"):
        found[charge_task, charge.pk] = (f"charge:{charge.pk}", str(charge), charge.gross)
    invoices = Invoice.objects.filter(station=station, pk__in=ids[invoice_task]).select_related("series")
    for invoice in invoices.order_by("pk"):
        found[invoice_task, invoice.pk] = (f"invoice:{invoice.pk}", str(invoice), invoice.gross)
    return found
