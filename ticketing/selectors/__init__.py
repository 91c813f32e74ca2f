"""Reads of the ticket counter: seats, offers, tickets, the public board."""

from ticketing.selectors.board import BoardRow, board_rows
from ticketing.selectors.boarding import boarding_refusal, not_boarded
from ticketing.selectors.desk import Desk, Want, desk_of
from ticketing.selectors.exchanges import EXCHANGEABLE, Exchange, exchanged_from, exchanges_for, seats_for
from ticketing.selectors.finding import MOST_FOUND, Wanted, found_tickets
from ticketing.selectors.offers import (
    Destination,
    Offer,
    bay_of,
    departures_to,
    destinations_of,
    offer_of,
    offers_of,
    places_like,
    with_facts,
)
from ticketing.selectors.refunds import REFUNDABLE, VOID_LASTS, WHOLE, RefundOffer, is_voidable, refund_offer
from ticketing.selectors.seats import SeatPlace, free_seats, proposed_seats, seat_plan, seats_of, taken_seats
from ticketing.selectors.stretches import Stretch, stops_along, stretch_of
from ticketing.selectors.tickets import (
    boarding_list,
    by_seat,
    counts_of,
    fare_on,
    history_of,
    last_sale_of,
    open_hold,
    refund_of,
    sold_with,
    ticket_by_code,
    tickets,
    tickets_of,
)

__all__ = [
    "EXCHANGEABLE",
    "MOST_FOUND",
    "REFUNDABLE",
    "VOID_LASTS",
    "WHOLE",
    "BoardRow",
    "Desk",
    "Destination",
    "Exchange",
    "Offer",
    "RefundOffer",
    "SeatPlace",
    "Stretch",
    "Want",
    "Wanted",
    "bay_of",
    "board_rows",
    "boarding_list",
    "boarding_refusal",
    "by_seat",
    "counts_of",
    "departures_to",
    "desk_of",
    "destinations_of",
    "exchanged_from",
    "exchanges_for",
    "fare_on",
    "found_tickets",
    "free_seats",
    "history_of",
    "is_voidable",
    "last_sale_of",
    "not_boarded",
    "offer_of",
    "offers_of",
    "open_hold",
    "places_like",
    "proposed_seats",
    "refund_of",
    "refund_offer",
    "seat_plan",
    "seats_for",
    "seats_of",
    "sold_with",
    "stops_along",
    "stretch_of",
    "taken_seats",
    "ticket_by_code",
    "tickets",
    "tickets_of",
    "with_facts",
]
