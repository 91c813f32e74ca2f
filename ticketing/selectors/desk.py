"""The screen of a counter: what is chosen, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from station.clock import local, local_day
from station.models import RouteStop, Station, Till
from ticketing import rules
from ticketing.errors import NoSuchPlace, NoSuchStop
from ticketing.models import DiscountGroup, Hold
from ticketing.selectors.destinations import digits_of
from ticketing.selectors.offers import Offer, departures_to, kept_offer, offer_of, places_like, sold_elsewhere_to
from ticketing.selectors.prices import Groups, groups_of
from ticketing.selectors.seats import SeatPlace, proposed_seats, seat_plan
from ticketing.selectors.stretches import stops_along, stretch_of
from ticketing.selectors.tickets import LastSale, last_sale_of, open_hold


def minute_of(now: datetime) -> str:
    return f"{local(now):%H%M}"


# Who stands at the counter now may want a coach of the next day that leaves so soon.
SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Listed:
    """Which list of departures is on the screen: that to a place, with one of them marked, as it was in some minute.
    What goes and what is full changes by itself: an older list is made anew."""

    minute: str
    departure_id: int
    to: str

    @classmethod
    def parse(cls, text: str) -> "Listed | None":
        minute, _, rest = text.partition(" ")
        number, _, to = rest.partition(" ")
        return cls(minute, int(number), to) if number.isascii() and number.isdigit() else None

    def __str__(self) -> str:
        return f"{self.minute} {self.departure_id} {self.to}"


@dataclass(frozen=True)
class Want:
    """What the clerk asked for; whatever is missing is proposed. A list that is on the screen is not made again."""

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
    listed: Listed | None = None
    is_shown: bool = False  # the screen was drawn for the same line


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
    """Everything the page shows of the sale. Without `offer` there is nothing to sell."""

    to: str
    days: Sequence[SaleDay]
    listed: Listed | None  # the list that belongs on the screen
    is_listed: bool  # it is there already: `days` is empty then
    offer: Offer | None
    is_replaced: bool  # the departure that was asked for is not sold any more: this one is offered instead
    stops: Sequence[RouteStop]
    plan: Sequence[SeatPlace]
    chosen: Sequence[str]
    count: int
    is_picked: bool
    hold: Hold | None
    last_sale: LastSale | None
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
    if want.departure_id is None and (shown := _shown_offer(till, want, now)):
        return shown
    _to, offers = _offers(till.station, till.counter_id, want, now, only=want.departure_id)
    if not offers and want.departure_id:
        _to, offers = _offers(till.station, till.counter_id, want, now)
    return _chosen_offer(offers, want, now)


def _shown_offer(till: Till, want: Want, now: datetime) -> Offer | None:
    """Enter takes what the screen has proposed for the same line within this minute, if that still fits: not a
    departure that nobody has looked at. The others are not read."""
    listed = want.listed
    if not want.is_shown or listed is None or listed.minute != minute_of(now):
        return None
    offers = departures_to(till.station, listed.to, now, only=listed.departure_id)
    fits = [offer for offer in offers if offer.free >= want.count and offer.fare]
    return _on_stretch(fits[0], want, now) if fits else None


def desk_of(station: Station, till: Till | None, want: Want, now: datetime) -> Desk:
    """The screen for *want*. What the till keeps for a customer stands above every wish. Raises NoSuchPlace."""
    hold = open_hold(till, now) if till else None
    offer: Offer | None
    offers: Sequence[Offer] = []
    if hold:
        to, offer = hold.to_stop.search_key, kept_offer(hold, now)
    else:
        to, offers = _offers(station, till.counter_id if till else None, want, now)
        offer = _chosen_offer(offers, want, now)
    listed = Listed(minute_of(now), offer.departure.pk, to) if offer else None
    is_listed = listed is not None and listed == want.listed
    if hold and not is_listed:
        offers = departures_to(station, to, now)
    others = sold_elsewhere_to(station, to, now) if to and not is_listed else []
    plan = _plan(offer, hold, now)
    chosen = _chosen_seats(plan, want, hold)
    groups = groups_of([offer.departure.operator_id] if offer else [])
    return Desk(
        to=to,
        days=[] if is_listed else _days(offers, others, offer, now),
        listed=listed,
        is_listed=is_listed,
        offer=offer,
        is_replaced=not hold and offer is not None and want.departure_id not in {None, offer.departure.pk},
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


def _offers(
    station: Station, counter_id: int | None, want: Want, now: datetime, *, only: int | None = None
) -> tuple[str, list[Offer]]:
    """The search key of the place to go to and what goes there, of which the departure *only*. Raises NoSuchPlace."""
    if not (want.favourite or want.letters or want.to):
        return _first_that_runs(station, counter_id, now)
    to = _place(station, counter_id, want, now)
    return to, departures_to(station, to, now, only=only)


def _place(station: Station, counter_id: int | None, want: Want, now: datetime) -> str:
    """By digit, by letters, or as it was. Raises NoSuchPlace."""
    if want.favourite:
        digits = digits_of(station, local_day(now), counter_id)
        chosen = next((digit for digit in digits if digit.number == want.favourite), None)
        if chosen is None:
            raise NoSuchPlace(place=want.favourite)
        return chosen.key
    if want.letters:
        found = places_like(station, want.letters, now)
        if not found:
            raise NoSuchPlace(place=want.letters)
        return found[0].search_key
    return want.to


def _first_that_runs(station: Station, counter_id: int | None, now: datetime) -> tuple[str, list[Offer]]:
    """The default of the counter, or the first of its digits that something still goes to."""
    digits = digits_of(station, local_day(now), counter_id)
    for digit in sorted(digits, key=lambda digit: not digit.is_default):
        if offers := departures_to(station, digit.key, now):
            return digit.key, offers
    return "", []


def _chosen_offer(offers: Sequence[Offer], want: Want, now: datetime) -> Offer | None:
    """The departure that is named, or at that time or next after it, or the next one with enough seats."""
    fitting = [offer for offer in offers if offer.departure.pk == want.departure_id]
    if not fitting and want.at:
        at = want.at
        fitting = [offer for offer in offers if local(offer.departure.planned_at).time() >= at]
    fitting = fitting or [offer for offer in offers if offer.free >= want.count and offer.fare] or list(offers)
    return _on_stretch(fitting[0], want, now) if fitting else None


def _on_stretch(offer: Offer, want: Want, now: datetime) -> Offer:
    """*offer* between the stops asked for; between its own where those make no ride."""
    if want.from_stop_id is None and want.to_stop_id is None:
        return offer
    try:
        stretch = stretch_of(offer.departure, want.from_stop_id, want.to_stop_id or offer.stretch.to_stop.pk)
    except NoSuchStop:
        return offer
    return offer if stretch == offer.stretch else offer_of(offer.departure, stretch, now)


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
