"""What a station has."""

from station.models import Counter, Station


def counters_of(station: Station) -> list[Counter]:
    """Its counters, by code."""
    return list(Counter.objects.filter(station=station).order_by("code"))
