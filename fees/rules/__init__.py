"""Arithmetic of money that knows no database: the price of a coach's stay, and the QR codes of banks."""

from fees.rules.prices import PricedDeparture, PriceLine, is_in_band, is_within, price_departure
from fees.rules.vietqr import note_of, reference_of, references_in, vietqr

__all__ = [
    "PriceLine",
    "PricedDeparture",
    "is_in_band",
    "is_within",
    "note_of",
    "price_departure",
    "reference_of",
    "references_in",
    "vietqr",
]
