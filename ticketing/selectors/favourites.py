"""The digits of a counter: what somebody set, and what can be set."""

from datetime import date, timedelta

from django.db.models import QuerySet

from station.models import Departure, RouteStop, Station
from station.models.written_once import asked_often
from ticketing.models import Favourite

_LOOKS_BACK = timedelta(days=7)


def favourites_of(counter_id: int | None) -> list[Favourite]:
    """What was set for a counter, by digit."""
    return _favourites(counter_id) if counter_id else []


@asked_often
def _favourites(counter_id: int) -> QuerySet[Favourite]:
    return Favourite.objects.filter(counter=counter_id).order_by("number")


def places_from(station: Station, day: date) -> dict[str, str]:
    """Names of the places that coaches of *station* call at around *day*, by search key and in its order."""
    recent = Departure.objects.filter(station=station, service_on__gte=day - _LOOKS_BACK)
    routes = set(recent.order_by("route").values_list("route", flat=True).distinct())
    stops = RouteStop.objects.filter(route__in=routes).exclude(station=station)
    return {stop.search_key: stop.name for stop in stops.order_by("search_key", "pk")}
