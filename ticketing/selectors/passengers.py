"""What the holder of a ticket sees on their phone: where and when, and nothing about any person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ticketing.enums import TicketState
from ticketing.models import Ticket
from ticketing.selectors.board import BoardRow, board_row
from ticketing.selectors.offers import with_facts
from ticketing.selectors.refunds import Step, refund_ladder_of
from ticketing.selectors.tickets import tickets

_ON_BOARD = frozenset({TicketState.BOARDED, TicketState.USED})
_TO_BE_MOVED = frozenset({TicketState.DISPLACED})


@dataclass(frozen=True)
class Ride:
    """A ticket and its departure as they stand now. `verdict`: valid, boarded, displaced, missed or over."""

    ticket: Ticket
    news: BoardRow
    verdict: str
    ladder: Sequence[Step]

    @property
    def bay_changed(self) -> bool:
        """The ticket names another bay than the one that is true now."""
        printed = self.ticket.printed.get("bay", "")
        return bool(self.news.bay) and bool(printed) and printed != self.news.bay

    @property
    def plate(self) -> str:
        vehicle = self.news.departure.vehicle
        return vehicle.plate if vehicle else ""

    @property
    def can_be_rated(self) -> bool:
        return self.ticket.is_valid and self.news.departure.departed_at is not None

    @property
    def is_ahead(self) -> bool:
        return self.verdict == "valid" and self.news.departure.is_live


def ride_ticket(code: str, lookup: str) -> Ticket | None:
    """The ticket that both numbers name."""
    return tickets().filter(code=code, sale__lookup_code=lookup).order_by("pk").first()


def ride_of(ticket: Ticket, now: datetime) -> Ride:
    departure = with_facts(type(ticket.departure).objects.filter(pk=ticket.departure_id)).get()
    ahead = ticket.state == TicketState.SOLD and departure.is_live
    ladder = [step for step in refund_ladder_of(ticket) if step.until > now] if ahead else []
    return Ride(ticket, board_row(departure, now), _verdict(ticket), ladder)


def _verdict(ticket: Ticket) -> str:
    if ticket.state in _ON_BOARD:
        return "boarded"
    if ticket.state in _TO_BE_MOVED:
        return "displaced"
    if ticket.state == TicketState.NO_SHOW:
        return "missed"
    return "valid" if ticket.is_valid else "over"
