"""E-invoice providers behind one small protocol (einvoice law: a station sends through a licensed provider)."""

from einvoice.providers.protocol import Accepted, InvoiceProvider, Outcome, Refused, current
from station.providers.outside import NoAnswer

__all__ = ["Accepted", "InvoiceProvider", "NoAnswer", "Outcome", "Refused", "current"]
