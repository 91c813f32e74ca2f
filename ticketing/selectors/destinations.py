"""The digits of a counter: places, and the next departure to each that still has a seat."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from station.models import Departure, Route, RouteStop, Station
from ticketing.models import Favourite
from ticketing.selectors.favourites import favourites_of
from ticketing.selectors.offers import Offer, departures_to, offers_of, sizes_of, taken_on, with_facts
from ticketing.selectors.selling import sold_here
from ticketing.selectors.stretches import Stretch, stops_from

FAVOURITES = 9

# A route in one direction, and where it calls from the station on.
Way = tuple[int, str]
Ways = Mapping[Way, Sequence[RouteStop]]


@dataclass(frozen=True)
class Destination:
    """A favourite: its digit, its place, and the next departure that still has a seat (None: nothing more today)."""

    number: int
    name: str
    key: str
    next_offer: Offer | None
    is_default: bool = False


@dataclass(frozen=True)
class _Run:
    """A departure that is on sale, as little of it as counting its seats takes: a big station has hundreds."""

    pk: int
    route_id: int
    direction: str
    map_id: int | None

    @property
    def way(self) -> Way:
        return self.route_id, self.direction


def destinations_of(station: Station, day: date, now: datetime, counter_id: int | None = None) -> list[Destination]:
    """The digits 1–9 of a counter: the places that were set for it, then those most departures of *day* go to.
    The day's whole plan counts, not what is left of it, so that a digit means the same place from morning to night."""
    planned, runs = _planned(station, day), _runs(station, now)
    ways = _ways(station, {*planned, *(run.way for run in runs)})
    often: Counter[str] = Counter()
    for way, count in planned.items():
        if way in ways:
            often[ways[way][-1].search_key] += count
    own = {row.number: row for row in favourites_of(counter_id)}
    taken = {row.key for row in own.values()}
    others = iter(sorted((key for key in often if key not in taken), key=lambda key: (-often[key], key)))
    places = {n: own[n].key if n in own else next(others, "") for n in range(1, FAVOURITES + 1)}
    names = {stops[-1].search_key: stops[-1].name for stops in ways.values()}
    soonest = _soonest(runs, ways, set(places.values()), now)
    return [
        _own(own[n], station, soonest, now) if n in own else Destination(n, names[key], key, soonest.get(key))
        for n, key in places.items()
        if key
    ]


def _planned(station: Station, day: date) -> dict[Way, int]:
    """How often each way is run on *day*."""
    rows = Departure.objects.filter(station=station, service_on=day, is_on_sale=True).order_by("route_id", "direction")
    counts = rows.values_list("route_id", "direction").annotate(Count("pk"))
    return {(route_id, direction): count for route_id, direction, count in counts}


def _runs(station: Station, now: datetime) -> list[_Run]:
    """What is on sale, soonest first."""
    rows = sold_here(station, now).order_by("planned_at", "pk")
    map_id = Coalesce(F("seat_map_id"), F("vehicle__seat_map_id"))
    return [_Run(*row) for row in rows.values_list("pk", "route_id", "direction", map_id)]


def _ways(station: Station, wanted: Collection[Way]) -> Ways:
    """Where each way calls; none for an imported route whose stops nobody entered yet: nowhere to sell to."""
    routes = Route.objects.filter(pk__in={route_id for route_id, _ in wanted}).prefetch_related("stops")
    known = {route.pk: route for route in routes.order_by("pk")}
    ways = {way: stops_from(station.pk, known[way[0]], way[1]) for way in wanted}
    return {way: stops for way, stops in ways.items() if len(stops) > 1}


def _soonest(runs: Sequence[_Run], ways: Ways, places: Collection[str], now: datetime) -> dict[str, Offer]:
    """The next departure with a seat to each of *places*; the next full one where all are full."""
    going = [run for run in runs if run.way in ways and ways[run.way][-1].search_key in places]
    sizes = sizes_of({run.map_id for run in going})
    taken = taken_on(((run.pk, Stretch(ways[run.way][0], ways[run.way][-1]).legs) for run in going), now)
    full = {run.pk for run in going if taken.get(run.pk, 0) >= sizes.get(run.map_id or 0, 0)}
    chosen: dict[str, int] = {}
    for run in going:
        key = ways[run.way][-1].search_key
        if key not in chosen or (chosen[key] in full and run.pk not in full):
            chosen[key] = run.pk
    rows = with_facts(Departure.objects.filter(pk__in=set(chosen.values())))
    offers = offers_of(list(rows.order_by("planned_at", "pk")), now)
    return {offer.stretch.to_stop.search_key: offer for offer in offers}


def _own(row: Favourite, station: Station, soonest: Mapping[str, Offer], now: datetime) -> Destination:
    """A place that was set; a stop on the way is looked for among the departures that pass it."""
    offer = soonest.get(row.key) or _first_with_a_seat(departures_to(station, row.key, now))
    return Destination(row.number, row.name, row.key, offer, is_default=row.is_default)


def _first_with_a_seat(offers: Sequence[Offer]) -> Offer | None:
    return next((offer for offer in offers if offer.free), next(iter(offers), None))
