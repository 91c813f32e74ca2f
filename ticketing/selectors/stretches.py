"""From where to where a passenger rides, and the legs of the route between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from station.enums import Direction
from station.models import Departure, RouteStop
from station.models.written_once import any_of, asked_often
from ticketing import rules
from ticketing.errors import NoSuchStop


@dataclass(frozen=True)
class Stretch:
    """Between two stops of one departure. Leg n lies between stops n and n + 1, whichever way it runs."""

    from_stop: RouteStop
    to_stop: RouteStop

    @property
    def legs(self) -> range:
        low, high = sorted((self.from_stop.position, self.to_stop.position))
        return rules.legs_between(low, high)


def stops_along(departure: Departure) -> list[RouteStop]:
    """The stops of *departure* in the order in which it calls, from the station that sells it on."""
    return stops_from(departure.station_id, departure.route.stop_list, departure.direction)


def stops_from(station_id: int, along_route: Sequence[RouteStop], direction: str) -> list[RouteStop]:
    """The stops of a route in the order of *direction*, from the station on."""
    stops = list(along_route[:: -1 if direction == Direction.BACK else 1])
    here = next((n for n, stop in enumerate(stops) if stop.station_id == station_id), 0)
    return stops[here:]


def stops_of(routes: Iterable[int]) -> dict[int, list[RouteStop]]:
    """The stops of *routes*, each from its origin on."""
    found: dict[int, list[RouteStop]] = {route_id: [] for route_id in routes}
    for stop in _stops(list(found)):
        found[stop.route_id].append(stop)
    return found


@asked_often
def _stops(routes: Sequence[int]) -> QuerySet[RouteStop]:
    return RouteStop.objects.filter(any_of(route=routes)).order_by("route", "position")


def know_stops(departures: Sequence[Departure]) -> Sequence[Departure]:
    """*departures*, whose routes are not asked for their stops one by one."""
    stops = stops_of({departure.route_id for departure in departures}) if departures else {}
    for departure in departures:
        departure.route.stop_list = stops[departure.route_id]
    return departures


def all_legs(departure: Departure) -> range:
    """Every leg of its route, those before this station too. Raises NoSuchStop while its stops are not entered."""
    last = max((stop.position for stop in departure.route.stop_list), default=0)
    if not last:
        raise NoSuchStop(departure=str(departure))
    return rules.legs_between(0, last)


def stretch_of(departure: Departure, from_stop_id: int | None, to_stop_id: int | None) -> Stretch:
    """The stretch asked for; no stop named means from here, and to the end. Raises NoSuchStop."""
    along = stops_along(departure)
    places = {stop.pk: n for n, stop in enumerate(along)}
    first = 0 if from_stop_id is None else places.get(from_stop_id, -1)
    last = len(along) - 1 if to_stop_id is None else places.get(to_stop_id, -1)
    if not 0 <= first < last:
        raise NoSuchStop(departure=str(departure))
    return Stretch(along[first], along[last])
