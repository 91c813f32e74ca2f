"""Where a ticket can be exchanged to."""

from dataclasses import dataclass
from datetime import datetime

from station.models import Seat
from ticketing import rules
from ticketing.enums import TicketState
from ticketing.errors import NoSuchStop
from ticketing.models import Refund, Ticket
from ticketing.selectors.offers import Offer, departures_to, offer_of
from ticketing.selectors.prices import Groups, groups_of
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
    groups = groups_of({one.departure.operator_id for one in fitting})
    prices = [(one, _price(one, groups, ticket)) for one in fitting if one.free]
    return [Exchange(one, price.fare - ticket.fare) for one, price in prices if price is not None]


def _price(offer: Offer, groups: Groups, ticket: Ticket) -> rules.Price | None:
    """The passenger stays who they are: the same group pays less there too, where that operator has it."""
    if offer.posted is None:
        return None
    discounts = groups.discounts(offer.departure, group_of(ticket))
    return rules.price_ticket(offer.posted, extra=offer.extra, discounts=discounts)


def group_of(ticket: Ticket) -> str:
    """The discount group *ticket* was sold in, or nothing."""
    return str(ticket.price["discount_code"])


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
