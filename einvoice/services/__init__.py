"""Issuing, sending and sweeping: what workers and accountants do with invoices."""

from einvoice.services.issue import issue_for_charge, issue_for_sale
from einvoice.services.retry import try_again
from einvoice.services.send import send_again, submit_invoice
from einvoice.services.sweep import sweep

__all__ = ["issue_for_charge", "issue_for_sale", "send_again", "submit_invoice", "sweep", "try_again"]
