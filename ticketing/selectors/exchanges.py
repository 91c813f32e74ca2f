"""Where a ticket can be exchanged to."""

from dataclasses import dataclass
from datetime import datetime

from station.models import Seat
from ticketing.enums import TicketState
from ticketing.errors import NoSuchStop
from ticketing.models import Refund, Ticket
from ticketing.selectors.offers import Offer, departures_to, offer_of
from ticketing.selectors.seats import free_seats
from ticketing.selectors.stretches import stretch_of

EXCHANGEABLE = frozenset({TicketState.SOLD, TicketState.DISPLACED})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One departure a ticket could be exchanged to. `difference` is to pay, or to give back when it is below 0."""

    offer: Offer
    difference: int

    @property
    def gets(self) -> int:
        """What the passenger gets back."""
        return max(-self.difference, 0)


def exchanges_for(ticket: Ticket, now: datetime) -> list[Exchange]:
    """Departures of the same station to the same place that have a seat and a fare, soonest first."""
    offers = departures_to(ticket.departure.station, ticket.to_stop.search_key, now)
    fitting = [_from_the_same_stop(one, ticket, now) for one in offers if one.departure.pk != ticket.departure_id]
    return [Exchange(one, one.fare - ticket.fare) for one in fitting if one.fare is not None and one.free]


def _from_the_same_stop(offer: Offer, ticket: Ticket, now: datetime) -> Offer:
    """Who gets on further down the road gets on there again, where the other coach passes it too."""
    try:
        stretch = stretch_of(offer.departure, ticket.from_stop_id, offer.stretch.to_stop.pk)
    except NoSuchStop:
        return offer
    return offer if stretch == offer.stretch else offer_of(offer.departure, stretch, now)


def seats_for(exchange: Exchange, now: datetime) -> list[Seat]:
    """The seats to choose from, front to rear, priority seats last."""
    free = free_seats(exchange.offer.departure, exchange.offer.stretch.legs, now)
    return sorted(free, key=lambda seat: (seat.is_priority, seat.ordinal))


def exchanged_from(ticket: Ticket) -> Ticket | None:
    """The ticket that *ticket* was exchanged for."""
    rows = Refund.objects.filter(replacement=ticket).select_related("ticket").order_by("pk")
    refund = rows.first()
    return refund.ticket if refund else None
