"""Fares, seats, holds, sales and tickets."""

from ticketing.models.fares import Fare
from ticketing.models.tickets import Hold, Refund, RefundPolicy, Sale, SeatChange, SeatClaim, Ticket
from ticketing.models.waiting import WaitingSale

__all__ = [
    "Fare",
    "Hold",
    "Refund",
    "RefundPolicy",
    "Sale",
    "SeatChange",
    "SeatClaim",
    "Ticket",
    "WaitingSale",
]
from ticketing.models.fares import DiscountGroup, Surcharge
from ticketing.models.tickets import SeatBlock

__all__ = [
    "DiscountGroup",
    "Fare",
    "Hold",
    "Refund",
    "RefundPolicy",
    "Sale",
    "SeatBlock",
    "SeatChange",
    "SeatClaim",
    "Surcharge",
    "Ticket",
]
