"""Reading invoices: what exists, what is missing, and what somebody has to look at."""

from einvoice.selectors.failures import Failure, failures
from einvoice.selectors.missing import (
    charges_without_invoice,
    invoices_without_answer,
    sales_without_invoice,
    under_way,
)
from einvoice.selectors.originals import (
    original_of_charge,
    original_of_sale,
    outlet_letters,
    outlet_position,
    parts_to_invoice,
    sale_to_invoice,
    tickets_to_invoice,
)
from einvoice.selectors.pages import (
    accepted_on,
    counts_of,
    find,
    history_of,
    invoices_of,
    needing_a_person,
    reading_of,
    waiting,
)

__all__ = [
    "Failure",
    "accepted_on",
    "charges_without_invoice",
    "counts_of",
    "failures",
    "find",
    "history_of",
    "invoices_of",
    "invoices_without_answer",
    "needing_a_person",
    "original_of_charge",
    "original_of_sale",
    "outlet_letters",
    "outlet_position",
    "parts_to_invoice",
    "reading_of",
    "sale_to_invoice",
    "sales_without_invoice",
    "tickets_to_invoice",
    "under_way",
    "waiting",
]
