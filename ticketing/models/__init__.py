"""Fares, seats, holds, sales and tickets; their paper, what passengers say, what happens to a departure."""

from ticketing.models.changes import Affected, Disruption
from ticketing.models.fares import DiscountGroup, Fare, Surcharge
from ticketing.models.favourites import Favourite
from ticketing.models.freight import FreightRate, LuggageTag, Parcel
from ticketing.models.papers import TicketPrint
from ticketing.models.passengers import Complaint, Rating
from ticketing.models.tickets import (
    Hold,
    Refund,
    RefundPart,
    RefundPolicy,
    Sale,
    SalePart,
    SeatBlock,
    SeatChange,
    SeatClaim,
    Ticket,
)
from ticketing.models.waiting import WaitingSale

__all__ = [
    "Affected",
    "Complaint",
    "DiscountGroup",
    "Disruption",
    "Fare",
    "Favourite",
    "FreightRate",
    "Hold",
    "LuggageTag",
    "Parcel",
    "Rating",
    "Refund",
    "RefundPart",
    "RefundPolicy",
    "Sale",
    "SalePart",
    "SeatBlock",
    "SeatChange",
    "SeatClaim",
    "Surcharge",
    "Ticket",
    "TicketPrint",
    "WaitingSale",
]
