"""Moving the diagram, so that whoever starts the demonstration finds it in the middle of its morning."""

from datetime import datetime, time, timedelta

from django.db import transaction

from demo.rules.diagram import choose_offset, moved, opens_at
from demo.selectors.diagram import current_offset, last_news, made_on, moving_stations, offset_at, standing_slots
from station import clock
from station.enums import DepartureState
from station.models import Departure, Station, YardVisit
from station.services.departures import unplan
from station.services.timetable import change_times

__all__ = ["current_offset", "ensure_diagram"]


@transaction.atomic
def ensure_diagram(now: datetime) -> timedelta:
    """To be called when the demonstration starts, never in the middle of it: move the diagram if it must, everywhere.

    The offset that stands then. A second call at the same time changes nothing.
    """
    here = clock.local(now)
    offset = choose_offset(here, current=current_offset(), made_on=made_on())
    for station in moving_stations():
        if offset_at(station) != offset:
            _move(station, offset, now)
    return offset


def _move(station: Station, offset: timedelta, now: datetime) -> None:
    """A day that has begun goes on by its old diagram until now; one that has not is made anew.

    The journal has it at the moment when the station did something last: what was not played since is caught up behind
    it, and the time of a journal never runs back.
    """
    here, news = clock.local(now), last_news(station)
    at = news or now
    slots = list(standing_slots(station))
    since = here
    if not _has_begun(station, now):
        midnight = datetime.combine(here.date(), time(), here.tzinfo)
        unplan(station=station, slots=[slot.pk for slot in slots], since=midnight, by=None, now=at)
        # What would have left before the station's last news could not be played at its time any more.
        since = max(opens_at(here, offset), clock.local(news or midnight))
    times = {slot.pk: moved((slot.adjusts or slot).departs_at, offset) for slot in slots}
    change_times(station=station, times=times, since=since, by=None, now=at)


def _has_begun(station: Station, now: datetime) -> bool:
    """Did anything of today move at *station* already?"""
    day = clock.local_day(now)
    midnight = datetime.combine(day, time(), clock.STATION_TIME)
    departures = Departure.objects.filter(station=station, service_on=day)
    came = YardVisit.objects.filter(station=station, entered_at__gte=midnight, entered_at__lte=now)
    return departures.exclude(state=DepartureState.PLANNED).exists() or came.exists()
