"""What the news missed: every sale and charge gets its invoice, every invoice gets its answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from einvoice import selectors
from einvoice.models import Invoice
from einvoice.services.issue import SUBMIT
from station.models.locks import lock
from station.services import outbox

PATIENCE = timedelta(minutes=2)
BATCH = 500
ISSUE_FOR_SALE = "einvoice.issue_for_sale"
ISSUE_FOR_CHARGE = "einvoice.issue_for_charge"


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Queue again what has waited longer than PATIENCE with no message under way; returns how many.

    A message that was given up counts as under way: it waits for a person (`try_again`).
    """
    before = now - PATIENCE
    # Two messages for one invoice might send it twice at once; the lock keeps a second sweep out until we commit.
    invoices = lock(Invoice.objects.filter(pk__in=selectors.invoices_without_answer(before)[:BATCH]))
    silent = [invoice.pk for invoice in invoices]
    queued = _queue(SUBMIT, "invoice_id", silent, now)
    queued += _queue(ISSUE_FOR_SALE, "sale_id", selectors.sales_without_invoice(before)[:BATCH], now)
    queued += _queue(ISSUE_FOR_CHARGE, "charge_id", selectors.charges_without_invoice(before)[:BATCH], now)
    return queued


def _queue(task: str, name: str, ids: Iterable[int], now: datetime) -> int:
    wanted = sorted(set(ids) - selectors.under_way(task, name))
    for pk in wanted:
        outbox.enqueue(task, {name: pk}, now=now)
    return len(wanted)
