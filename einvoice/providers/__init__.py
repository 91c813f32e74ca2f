"""E-invoice providers behind one small protocol (einvoice law: a station sends through a licensed provider)."""

from einvoice.providers.protocol import Accepted, InvoiceProvider, NoAnswer, Outcome, Refused, current

__all__ = ["Accepted", "InvoiceProvider", "NoAnswer", "Outcome", "Refused", "current"]
