"""The screen of a counter: what is chosen, and what there is to choose from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from station.clock import local, local_day
from station.models import RouteStop, Station, Till
from ticketing import rules
from ticketing.errors import NoSuchPlace, NoSuchStop
from ticketing.models import DiscountGroup, Hold, Sale
from ticketing.selectors.destinations import Destination, destinations_of
from ticketing.selectors.offers import Offer, departures_to, offer_of, places_like, sold_elsewhere_to
from ticketing.selectors.prices import Groups, groups_of
from ticketing.selectors.seats import SeatPlace, proposed_seats, seat_plan
from ticketing.selectors.stretches import stops_along, stretch_of
from ticketing.selectors.tickets import last_sale_of, open_hold

# Who stands at the counter now may want a coach of the next day that leaves so soon.
SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Want:
    """What the clerk asked for; whatever is missing is proposed."""

    to: str = ""
    departure_id: int | None = None
    from_stop_id: int | None = None
    to_stop_id: int | None = None
    count: int = 1
    seats: Sequence[str] = ()
    favourite: int | None = None
    letters: str = ""
    at: time | None = None
    groups: Sequence[str] = ()
    laps: Sequence[int] = ()


@dataclass(frozen=True)
class Rider:
    """One passenger on the screen: the seat, who they are, and what they pay (None: no fare is declared)."""

    seat: str
    group: str
    lap_children: int
    price: rules.Price | None


@dataclass(frozen=True)
class SaleDay:
    """What goes there on one day; folded away until somebody asks for a departure of it."""

    on: date
    offers: Sequence[Offer]
    others: Sequence[Offer]
    is_open: bool


@dataclass(frozen=True)
class Desk:
    """Everything the page shows. Without `offer` there is nothing to sell."""

    destinations: Sequence[Destination]
    to: str
    offers: Sequence[Offer]
    others: Sequence[Offer]
    days: Sequence[SaleDay]
    offer: Offer | None
    stops: Sequence[RouteStop]
    plan: Sequence[SeatPlace]
    chosen: Sequence[str]
    count: int
    is_picked: bool
    hold: Hold | None
    last_sale: Sale | None
    riders: Sequence[Rider]
    groups: Sequence[DiscountGroup]

    @property
    def total(self) -> int | None:
        """What all of them pay, as long as every one has a price."""
        if self.offer is None or self.offer.fare is None:
            return None
        return sum(rider.price.fare for rider in self.riders if rider.price)

    @property
    def passengers(self) -> int:
        return sum(1 + rider.lap_children for rider in self.riders)

    @property
    def decks(self) -> dict[int, list[SeatPlace]]:
        decks: dict[int, list[SeatPlace]] = {}
        for place in self.plan:
            decks.setdefault(place.seat.deck, []).append(place)
        return decks


def offer_wanted(till: Till, want: Want, now: datetime) -> Offer | None:
    """What *want* means at *till*, without the rest of the screen: what its next Enter keeps. Raises NoSuchPlace."""
    station = till.station
    to = _place(station, lambda: destinations_of(station, local_day(now), now, till.counter_id), want, now)
    offers = departures_to(station, to, now, only=want.departure_id) if to and want.departure_id else []
    return _chosen_offer(offers or (departures_to(station, to, now) if to else []), want, None, now)


def desk_of(station: Station, till: Till | None, want: Want, now: datetime) -> Desk:
    """The screen for *want*. What the till keeps for a customer stands above every wish; the digits are those of its
    counter. Raises NoSuchPlace."""
    destinations = destinations_of(station, local_day(now), now, till.counter_id if till else None)
    hold = open_hold(till, now) if till else None
    to = hold.to_stop.search_key if hold else _place(station, lambda: destinations, want, now)
    offers = departures_to(station, to, now) if to else []
    others = sold_elsewhere_to(station, to, now) if to else []
    offer = _chosen_offer(offers, want, hold, now)
    plan = _plan(offer, hold, now)
    chosen = _chosen_seats(plan, want, hold)
    groups = groups_of([offer.departure.operator_id] if offer else [])
    return Desk(
        destinations=destinations,
        to=to,
        offers=offers,
        others=others,
        days=_days(offers, others, offer, now),
        offer=offer,
        stops=stops_along(offer.departure) if offer else [],
        plan=plan,
        chosen=chosen,
        count=len(chosen) or want.count,
        is_picked=bool(want.seats) and set(chosen) == set(want.seats),
        hold=hold,
        last_sale=last_sale_of(till) if till else None,
        riders=_riders(offer, groups, chosen, want),
        groups=list(groups.of(offer.departure).values()) if offer else [],
    )


def _days(offers: Sequence[Offer], others: Sequence[Offer], chosen: Offer | None, now: datetime) -> list[SaleDay]:
    """The departures by day. Open are that of the chosen one, one that begins soon (at midnight the next coach is
    tomorrow's), and one on which nothing is to be chosen."""
    days = []
    for day in sorted({offer.departure.service_on for offer in (*offers, *others)}):
        mine = [offer for offer in offers if offer.departure.service_on == day]
        soon = not mine or mine[0].departure.planned_at < now + SOON
        is_open = soon or (chosen is not None and chosen.departure.service_on == day)
        days.append(SaleDay(day, mine, [row for row in others if row.departure.service_on == day], is_open))
    return days


def _riders(offer: Offer | None, groups: Groups, seats: Sequence[str], want: Want) -> list[Rider]:
    """The passengers by seat; a group that the operator does not have is none."""
    if offer is None:
        return []
    riders = []
    for n, seat in enumerate(seats):
        wanted = want.groups[n] if n < len(want.groups) else ""
        discounts = groups.discounts(offer.departure, wanted)
        posted = offer.posted
        price = None if posted is None else rules.price_ticket(posted, extra=offer.extra, discounts=discounts)
        laps = want.laps[n] if n < len(want.laps) else 0
        riders.append(Rider(seat, wanted if discounts else "", laps, price))
    return riders


def _place(station: Station, destinations: Callable[[], Sequence[Destination]], want: Want, now: datetime) -> str:
    """The search key of the place to go to: by digit, by letters, as it was, the default, or the first favourite that
    still runs."""
    if want.favourite:
        chosen = next((row for row in destinations() if row.number == want.favourite), None)
        if chosen is None:
            raise NoSuchPlace(place=want.favourite)
        return chosen.key
    if want.letters:
        found = places_like(station, want.letters, now)
        if not found:
            raise NoSuchPlace(place=want.letters)
        return found[0].search_key
    if want.to:
        return want.to
    running = sorted((row for row in destinations() if row.next_offer), key=lambda row: not row.is_default)
    return running[0].key if running else ""


def _chosen_offer(offers: Sequence[Offer], want: Want, hold: Hold | None, now: datetime) -> Offer | None:
    """The departure that is kept, or named, or at that time or next after it, or the next one with enough seats."""
    named = hold.departure_id if hold else want.departure_id
    fitting = [offer for offer in offers if offer.departure.pk == named]
    if not fitting and want.at:
        at = want.at
        fitting = [offer for offer in offers if local(offer.departure.planned_at).time() >= at]
    fitting = fitting or [offer for offer in offers if offer.free >= want.count and offer.fare] or list(offers)
    return _on_stretch(fitting[0], want, hold, now) if fitting else None


def _on_stretch(offer: Offer, want: Want, hold: Hold | None, now: datetime) -> Offer:
    """*offer* between the stops asked for; between its own where those make no ride."""
    start = hold.from_stop_id if hold else want.from_stop_id
    end = hold.to_stop_id if hold else want.to_stop_id
    if start is None and end is None:
        return offer
    try:
        stretch = stretch_of(offer.departure, start, end or offer.stretch.to_stop.pk)
    except NoSuchStop:
        return offer
    return offer_of(offer.departure, stretch, now)


def _plan(offer: Offer | None, hold: Hold | None, now: datetime) -> list[SeatPlace]:
    if offer is None or not offer.seats:
        return []
    return seat_plan(offer.departure, offer.stretch.legs, now, hold_id=hold.pk if hold else None)


def _chosen_seats(plan: Sequence[SeatPlace], want: Want, hold: Hold | None) -> list[str]:
    """The seats that are kept, or asked for as long as they are all free, or the best ones."""
    if hold:
        return [place.label for place in plan if place.state == "mine"]
    free = [place.seat for place in plan if place.state == "free"]
    labels = [seat.label for seat in free]
    if want.seats and set(want.seats) <= set(labels):
        return [label for label in labels if label in set(want.seats)]
    return [seat.label for seat in proposed_seats(free, len(want.seats) or want.count)]
