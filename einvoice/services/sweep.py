"""What the news missed: every sale and charge gets its invoice, every invoice gets its answer."""

from datetime import datetime, timedelta

from einvoice.selectors import charges_without_invoice, invoices_without_answer, sales_without_invoice
from einvoice.services.issue import SUBMIT
from station.enums import MessageState
from station.models import OutboxMessage
from station.services import outbox

PATIENCE = timedelta(minutes=2)
BATCH = 500
ISSUE_FOR_SALE = "einvoice.issue_for_sale"
ISSUE_FOR_CHARGE = "einvoice.issue_for_charge"


def sweep(*, now: datetime) -> int:
    """Queue again what has waited longer than PATIENCE with no message under way; returns how many."""
    before = now - PATIENCE
    wanted = [
        *((ISSUE_FOR_SALE, "sale_id", pk) for pk in sales_without_invoice(before)[:BATCH]),
        *((ISSUE_FOR_CHARGE, "charge_id", pk) for pk in charges_without_invoice(before)[:BATCH]),
        *((SUBMIT, "invoice_id", pk) for pk in invoices_without_answer(before)[:BATCH]),
    ]
    queued = 0
    for task, name, pk in wanted:
        if not _is_under_way(task, name, pk):
            outbox.enqueue(task, {name: pk}, now=now)
            queued += 1
    return queued


def _is_under_way(task: str, name: str, pk: int) -> bool:
    pending = OutboxMessage.objects.filter(task=task, payload__contains={name: pk})
    return pending.exclude(state=MessageState.DONE).exists()
