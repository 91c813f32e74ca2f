"""The digits of a counter: places, and the next departure to each that still has a seat."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce

from station.models import Departure, RouteStop, Station
from station.models.written_once import asked_often
from ticketing.selectors.favourites import favourites_of
from ticketing.selectors.offers import Offer, departures_to, offers_of, sizes_of, taken_on, with_facts
from ticketing.selectors.selling import sold_here
from ticketing.selectors.stretches import Stretch, stops_from, stops_of

FAVOURITES = 9

# A route in one direction, and where it calls from the station on.
Way = tuple[int, str]
Ways = Mapping[Way, Sequence[RouteStop]]


@dataclass(frozen=True)
class Digit:
    """A favourite of a counter: its digit and its place."""

    number: int
    name: str
    key: str
    is_default: bool = False


@dataclass(frozen=True)
class Destination:
    """A favourite and the next departure to it that still has a seat (None: nothing more today)."""

    digit: Digit
    next_offer: Offer | None


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


def digits_of(station: Station, day: date, counter_id: int | None = None) -> list[Digit]:
    """The digits 1–9 of a counter: the places that were set for it, then those most departures of *day* go to.
    The day's whole plan counts, not what is left of it, so that a digit means the same place from morning to night."""
    rows = favourites_of(counter_id)
    own = {row.number: Digit(row.number, row.name, row.key, row.is_default) for row in rows}
    taken = {digit.key for digit in own.values()}
    others = [(key, name) for key, name in _most_planned(station, day) if key not in taken]
    free = [number for number in range(1, FAVOURITES + 1) if number not in own]
    filled = {number: Digit(number, name, key) for number, (key, name) in zip(free, others, strict=False)}
    return [digit for _number, digit in sorted({**own, **filled}.items())]


def destinations_of(station: Station, day: date, now: datetime, counter_id: int | None = None) -> list[Destination]:
    """The digits of a counter, each with its next departure."""
    digits, runs = digits_of(station, day, counter_id), _runs(station, now)
    soonest = _soonest(runs, _ways(station, {run.way for run in runs}), {digit.key for digit in digits}, now)
    # Where nothing ends any more today, something may still pass.
    return [
        Destination(digit, soonest.get(digit.key) or _first_with_a_seat(departures_to(station, digit.key, now)))
        for digit in digits
    ]


def _most_planned(station: Station, day: date) -> list[tuple[str, str]]:
    """Search key and name of the places that departures of *day* end at, most departures first."""
    planned = _planned(station, day)
    often: Counter[str] = Counter()
    names: dict[str, str] = {}
    for way, stops in _ways(station, planned).items():
        often[stops[-1].search_key] += planned[way]
        names[stops[-1].search_key] = stops[-1].name
    return [(key, names[key]) for key in sorted(often, key=lambda key: (-often[key], key))]


def _planned(station: Station, day: date) -> dict[Way, int]:
    """How often each way is run on *day*."""
    return {(route_id, direction): count for route_id, direction, count in _planned_ways(station.pk, day)}


@asked_often
def _planned_ways(station_id: int, day: date) -> "QuerySet[Departure, tuple[int, str, int]]":
    rows = Departure.objects.filter(station=station_id, service_on=day, is_on_sale=True)
    return rows.values_list("route_id", "direction").annotate(Count("pk")).order_by("route_id", "direction")


def _runs(station: Station, now: datetime) -> list[_Run]:
    """What is on sale, soonest first."""
    rows = sold_here(station, now).order_by("planned_at", "pk")
    map_id = Coalesce(F("seat_map_id"), F("vehicle__seat_map_id"))
    return [_Run(*row) for row in rows.values_list("pk", "route_id", "direction", map_id)]


def _ways(station: Station, wanted: Collection[Way]) -> Ways:
    """Where each way calls; none for an imported route whose stops nobody entered yet: nowhere to sell to."""
    stops = stops_of({route_id for route_id, _ in wanted})
    ways = {way: stops_from(station.pk, stops[way[0]], way[1]) for way in wanted}
    return {way: along for way, along in ways.items() if len(along) > 1}


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


def _first_with_a_seat(offers: Sequence[Offer]) -> Offer | None:
    return next((offer for offer in offers if offer.free), next(iter(offers), None))
