"""What a counter can sell now: the departures that go somewhere, their price and free seats."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Count, QuerySet

from station.clock import local_day
from station.models import Departure, RouteStop, Seat, Station
from station.models.written_once import MOST, any_of, asked_often, said_often
from station.rules.vietnamese import rank_of_match
from ticketing import rules
from ticketing.models import Fare, Hold
from ticketing.selectors.prices import extras_on, groups_of
from ticketing.selectors.selling import Moments, Terms, sold_by_others, sold_here, sold_on
from ticketing.selectors.stretches import Stretch, know_stops, stops_along, stretch_of


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
    first, last = (only, only) if only else (0, MOST)
    sold = _sold_to(Terms.of(station))(place, first, last, station.pk, *Moments.at(station, now))
    return _to(place, know_stops(sold), now)


@cache
def _sold_to(terms: Terms) -> Callable[..., list[Departure]]:
    """Asked with each key at a counter; what a station chose is part of the SQL."""

    @asked_often
    def rows(  # noqa: PLR0917 -- the places of arguments
        place: str, first: int, last: int, station_id: int,
        now: datetime, today: date, soonest: datetime, latest: datetime, closing: datetime,
    ) -> QuerySet[Departure]:  # fmt: skip
        sold = sold_on(terms, station_id, Moments(now, today, soonest, latest, closing))
        return _listed(sold, place).filter(pk__gte=first, pk__lte=last)

    return rows


def sold_elsewhere_to(station: Station, place: str, now: datetime) -> list[Offer]:
    """Departures to *place* that their operators sell themselves, soonest first: to be seen, not to be sold."""
    return _to(place, know_stops(_sold_by_others_to(place, station.pk, *Moments.at(station, now))), now)


@asked_often
def _sold_by_others_to(  # noqa: PLR0917 -- the places of arguments
    place: str, station_id: int,
    now: datetime, today: date, soonest: datetime, latest: datetime, closing: datetime,
) -> QuerySet[Departure]:  # fmt: skip
    return _listed(sold_by_others(station_id, Moments(now, today, soonest, latest, closing)), place)


def _listed(rows: QuerySet[Departure], place: str) -> QuerySet[Departure]:
    """Those of *rows* that call at *place*, soonest first."""
    calling = RouteStop.objects.filter(search_key=place).values_list("route", flat=True)
    return joined(rows.filter(route__in=calling)).order_by("planned_at", "pk")


def _to(place: str, departures: Sequence[Departure], now: datetime) -> list[Offer]:
    pairs = []
    for departure in departures:
        end = next((stop for stop in stops_along(departure)[1:] if stop.search_key == place), None)
        if end is not None:
            pairs.append((departure, stretch_of(departure, None, end.pk)))
    return _priced(pairs, now)


def offers_of(departures: Sequence[Departure], now: datetime) -> list[Offer]:
    """*departures*, each to the end of its route."""
    return _priced([(row, stretch_of(row, None, None)) for row in departures if len(stops_along(row)) > 1], now)


def offer_of(departure: Departure, stretch: Stretch, now: datetime) -> Offer:
    return _priced([(departure, stretch)], now)[0]


def kept_offer(hold: Hold, now: datetime) -> Offer:
    """What *hold* keeps, whether it may still be sold or not: who takes the money is told why not."""
    [departure] = know_stops(departures_numbered(hold.departure_id))
    return offer_of(departure, Stretch(hold.from_stop, hold.to_stop), now)


@asked_often
def departures_numbered(departure_id: int) -> QuerySet[Departure]:
    """The departure of that number with what is shown of it, or none."""
    return joined(Departure.objects.filter(pk=departure_id)).order_by("pk")


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
    others = with_facts(sold_by_others(station.pk, Moments.at(station, now))).order_by("planned_at", "pk")
    known = [*on_sale(station, now), *others]
    for departure in known:
        for stop in stops_along(departure)[1:]:
            rank = rank_of_match(stop.search_key.removeprefix("ben xe "), letters)
            if rank is not None and stop.search_key not in found:
                found[stop.search_key] = (rank, stop)
    return [stop for _, stop in sorted(found.values(), key=lambda pair: (pair[0], pair[1].search_key))]


def _priced(pairs: Sequence[tuple[Departure, Stretch]], now: datetime) -> list[Offer]:
    """Fares, surcharges, sizes and taken seats of all *pairs* in four queries."""
    if not pairs:
        return []
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
    keys = {_fare_key(departure, stretch) for departure, stretch in pairs}
    days = {key[3] for key in keys}
    prices: dict[tuple[int, int, int, date], int] = {}
    rides = {(stretch.from_stop.pk, stretch.to_stop.pk) for _, stretch in pairs}
    declared = _declared(list({start for start, _ in rides}), list({end for _, end in rides}))
    for operator_id, start, end, valid_from, valid_until, amount in declared:
        for day in days:
            if valid_from <= day and (valid_until is None or day < valid_until):
                prices[(operator_id, start, end, day)] = amount
    return prices


@asked_often
def _declared(from_stops: Sequence[int], to_stops: Sequence[int]) -> "QuerySet[Fare, tuple[Any, ...]]":
    rows = Fare.objects.filter(any_of(from_stop=from_stops), any_of(to_stop=to_stops)).order_by("valid_from", "pk")
    return rows.values_list("operator_id", "from_stop_id", "to_stop_id", "valid_from", "valid_until", "amount")


def sizes_of(maps: Collection[int | None]) -> dict[int, int]:
    """How many seats each of the seat maps has."""
    return dict(_sizes([map_id for map_id in maps if map_id is not None]))


@asked_often
def _sizes(maps: Sequence[int]) -> "QuerySet[Seat, tuple[int, int]]":
    rows = Seat.objects.filter(any_of(seat_map=maps)).values_list("seat_map_id")
    return rows.annotate(Count("pk")).order_by("seat_map_id")


def taken_on(rides: Iterable[tuple[int, range]], now: datetime) -> dict[int, int]:
    """Seats taken per departure on the legs asked for."""
    asked = [(departure_id, legs.start, legs.stop) for departure_id, legs in rides]
    return dict(_taken(*(list(column) for column in zip(*asked, strict=True)), now)) if asked else {}


# Seats of live_claims, each departure between legs of its own.
_taken = said_often(
    "SELECT departure_id, COUNT(DISTINCT seat) FROM ticketing_seatclaim"
    " JOIN unnest(%s::bigint[], %s::int[], %s::int[]) AS ride (departure, first, stop)"
    " ON departure_id = ride.departure AND leg >= ride.first AND leg < ride.stop"
    " WHERE expires_at IS NULL OR expires_at >= %s GROUP BY departure_id"
)
