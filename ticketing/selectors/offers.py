"""What a counter can sell now: the departures that go somewhere, their price and free seats."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from station.clock import local_day
from station.models import Departure, RouteStop, Seat, Station
from station.rules.vietnamese import rank_of_match
from ticketing import rules
from ticketing.models import Fare
from ticketing.selectors.prices import extras_on, groups_of
from ticketing.selectors.seats import live_claims
from ticketing.selectors.selling import sold_by_others, sold_here
from ticketing.selectors.stretches import Stretch, stops_along, stretch_of


@dataclass(frozen=True)
class Offer:
    """One departure to one stop, its full price of the day (None: not declared, so not for sale), its free seats."""

    departure: Departure
    stretch: Stretch
    fare: int | None
    seats: int
    free: int
    posted: int | None = None  # without the surcharge
    extra: rules.Extra | None = None

    @property
    def taken(self) -> int:
        return self.seats - self.free

    @property
    def bay(self) -> str:
        return bay_of(self.departure)

    @property
    def plate(self) -> str:
        return self.departure.vehicle.plate if self.departure.vehicle else ""


def bay_of(departure: Departure) -> str:
    """The code of the bay kept for *departure*, or nothing."""
    booking = getattr(departure, "bay_booking", None)
    return booking.bay.code if booking and booking.is_live else ""


def with_facts(departures: QuerySet[Departure]) -> QuerySet[Departure]:
    """What every list of departures shows, without a query per row."""
    return joined(departures).prefetch_related("route__stops")


def joined(departures: QuerySet[Departure]) -> QuerySet[Departure]:
    """What is shown of one departure; its route knows its stops."""
    return departures.select_related("route", "operator", "vehicle", "seat_map", "station", "bay_booking__bay")


def on_sale(station: Station, now: datetime) -> QuerySet[Departure]:
    """Departures of *station* that may be sold at *now*, soonest first."""
    return with_facts(sold_here(station, now)).order_by("planned_at", "pk")


def departures_to(station: Station, place: str, now: datetime, *, only: int | None = None) -> list[Offer]:
    """What is still sold to the stop whose search key is *place*, soonest first, stops in the middle included; of
    them the departure *only*."""
    rows = on_sale(station, now).filter(route__in=_routes_to(place))
    return _to(place, list(rows.filter(pk=only) if only else rows), now)


def _routes_to(place: str) -> QuerySet[RouteStop, int]:
    return RouteStop.objects.filter(search_key=place).values_list("route", flat=True)


def _to(place: str, departures: Sequence[Departure], now: datetime) -> list[Offer]:
    pairs = []
    for departure in departures:
        end = next((stop for stop in stops_along(departure)[1:] if stop.search_key == place), None)
        if end is not None:
            pairs.append((departure, stretch_of(departure, None, end.pk)))
    return _priced(pairs, now)


def sold_elsewhere_to(station: Station, place: str, now: datetime) -> list[Offer]:
    """Departures to *place* that their operators sell themselves, soonest first: to be seen, not to be sold."""
    rows = with_facts(sold_by_others(station, now).filter(route__in=_routes_to(place)))
    return _to(place, list(rows.order_by("planned_at", "pk")), now)


def offers_of(departures: Sequence[Departure], now: datetime) -> list[Offer]:
    """*departures*, each to the end of its route."""
    return _priced([(row, stretch_of(row, None, None)) for row in departures if len(stops_along(row)) > 1], now)


def offer_of(departure: Departure, stretch: Stretch, now: datetime) -> Offer:
    return _priced([(departure, stretch)], now)[0]


def price_list(departure: Departure, stretch: Stretch, now: datetime) -> dict[str, object]:
    """What one passenger pays on *stretch*: in full, and in each discount group of the operator."""
    offer = offer_of(departure, stretch, now)
    groups = groups_of([departure.operator_id])
    rows = []
    for code, row in groups.of(departure).items():
        price = rules.price_ticket(offer.posted or 0, extra=offer.extra, discounts=groups.discounts(departure, code))
        names = {"code": code, "name": row.name, "name_en": row.name_en, "proof": row.proof}
        rows.append({**names, "percent": row.percent, "fare": price.fare})
    surcharge = (offer.fare or 0) - (offer.posted or 0)
    return {"posted": offer.posted, "surcharge": surcharge, "fare": offer.fare, "groups": rows if offer.fare else []}


def places_like(station: Station, letters: str, now: datetime) -> list[RouteStop]:
    """Stops that a coach goes to and that begin with *letters*, one per place: whole name, any word of it, or its
    initials (`bmt`). The best match stands first."""
    found: dict[str, tuple[int, RouteStop]] = {}
    known = [*on_sale(station, now), *with_facts(sold_by_others(station, now)).order_by("planned_at", "pk")]
    for departure in known:
        for stop in stops_along(departure)[1:]:
            rank = rank_of_match(stop.search_key.removeprefix("ben xe "), letters)
            if rank is not None and stop.search_key not in found:
                found[stop.search_key] = (rank, stop)
    return [stop for _, stop in sorted(found.values(), key=lambda pair: (pair[0], pair[1].search_key))]


def _priced(pairs: Sequence[tuple[Departure, Stretch]], now: datetime) -> list[Offer]:
    """Fares, surcharges, sizes and taken seats of all *pairs* in four queries."""
    fares, sizes = _fares(pairs), sizes_of({_map_of(departure) for departure, _ in pairs})
    taken = taken_on(((departure.pk, stretch.legs) for departure, stretch in pairs), now)
    extras = extras_on({local_day(departure.planned_at) for departure, _ in pairs})
    offers = []
    for departure, stretch in pairs:
        size = sizes.get(_map_of(departure) or 0, 0)
        posted, extra = fares.get(_fare_key(departure, stretch)), extras.of(departure)
        full = None if posted is None else rules.price_ticket(posted, extra=extra).fare
        offers.append(Offer(departure, stretch, full, size, max(size - taken.get(departure.pk, 0), 0), posted, extra))
    return offers


def _map_of(departure: Departure) -> int | None:
    return departure.seat_map_id or (departure.vehicle.seat_map_id if departure.vehicle else None)


def _fare_key(departure: Departure, stretch: Stretch) -> tuple[int, int, int, date]:
    day = local_day(departure.planned_at)
    return departure.operator_id, stretch.from_stop.pk, stretch.to_stop.pk, day


def _fares(pairs: Sequence[tuple[Departure, Stretch]]) -> dict[tuple[int, int, int, date], int]:
    routes = {departure.route_id for departure, _ in pairs}
    keys = {_fare_key(departure, stretch) for departure, stretch in pairs}
    prices: dict[tuple[int, int, int, date], int] = {}
    declared = Fare.objects.filter(route_id__in=routes).order_by("valid_from")
    days = {key[3] for key in keys}
    for fare in declared:
        for day in days:
            if fare.valid_from <= day and (fare.valid_until is None or day < fare.valid_until):
                prices[(fare.operator_id, fare.from_stop_id, fare.to_stop_id, day)] = fare.amount
    return prices


def sizes_of(maps: Collection[int | None]) -> dict[int, int]:
    """How many seats each of the seat maps has."""
    rows = Seat.objects.filter(seat_map_id__in=maps).values_list("seat_map_id").annotate(Count("pk"))
    return dict(rows.order_by("seat_map_id"))


def taken_on(rides: Iterable[tuple[int, range]], now: datetime) -> dict[int, int]:
    """Seats taken per departure on the legs asked for; departures with the same legs share one condition."""
    groups: dict[range, list[int]] = defaultdict(list)
    for departure_id, legs in rides:
        groups[legs].append(departure_id)
    if not groups:
        return {}
    on_legs = reduce(
        or_,
        (Q(departure_id__in=ids, leg__gte=legs.start, leg__lt=legs.stop) for legs, ids in groups.items()),
    )
    rows = live_claims(now).filter(on_legs).values_list("departure_id")
    return dict(rows.annotate(Count("seat", distinct=True)).order_by("departure_id"))
