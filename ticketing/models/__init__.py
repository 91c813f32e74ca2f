"""Fares, seats, holds, sales and tickets."""

from ticketing.models.fares import Fare
from ticketing.models.tickets import Hold, Refund, RefundPolicy, Sale, SeatChange, SeatClaim, Ticket

__all__ = ["Fare", "Hold", "Refund", "RefundPolicy", "Sale", "SeatChange", "SeatClaim", "Ticket"]
