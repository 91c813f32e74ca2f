"""Prices, charges, payments and the ledger."""

from fees.models.bank import BankAccount, BankLine, TransferBack, TransferRequest
from fees.models.charges import Charge
from fees.models.closings import CashCount, ClosingCounter, TillClosing
from fees.models.corrections import TillCorrection
from fees.models.ledger import Entry, Payment, Posting
from fees.models.moves import CashMove
from fees.models.tariffs import Service, Tariff, VatRate

__all__ = [
    "BankAccount",
    "BankLine",
    "CashCount",
    "CashMove",
    "Charge",
    "ClosingCounter",
    "Entry",
    "Payment",
    "Posting",
    "Service",
    "Tariff",
    "TillClosing",
    "TillCorrection",
    "TransferBack",
    "TransferRequest",
    "VatRate",
]
