"""Fares, seats, holds, sales and tickets."""

from ticketing.models.fares import Fare
from ticketing.models.tickets import Hold, Refund, RefundPolicy, Sale, SeatChange, SeatClaim, Ticket
from ticketing.models.waiting import WaitingSale

__all__ = ["Fare", "Hold", "Refund", "RefundPolicy", "Sale", "SeatChange", "SeatClaim", "Ticket", "WaitingSale"]
