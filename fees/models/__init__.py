"""Prices, charges, payments and the ledger."""

from fees.models.charges import Charge
from fees.models.closings import CashCount, ClosingCounter, TillClosing
from fees.models.ledger import Entry, Payment, Posting
from fees.models.tariffs import Service, Tariff, VatRate

__all__ = [
    "CashCount",
    "Charge",
    "ClosingCounter",
    "Entry",
    "Payment",
    "Posting",
    "Service",
    "Tariff",
    "TillClosing",
    "VatRate",
]
