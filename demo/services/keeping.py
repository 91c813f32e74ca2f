"""A demonstration that is left running: a new day begins, ca change hands, what is long overdue is brought along."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from demo.models import PlayedDay
from demo.rules.diagram import is_lively
from demo.rules.script import Step
from demo.selectors.diagram import current_offset, moving_stations
from demo.services import planting
from demo.services.days import script_of
from demo.services.diagram import ensure_diagram
from demo.services.playing import Player, one_player
from demo.services.rounds import begin_day
from station import clock
from station.enums import VisitState
from station.models import Departure, Station, YardVisit
from station.selectors.departures import LIVE

log = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=45)
# Nobody's drawer is counted under their hands the minute a ca ends.
HAND_OVER_LATE = timedelta(minutes=10)


@dataclass(slots=True)
class Keeper:
    """Looks after one demonstration from the end of a round (*since*) on."""

    since: datetime
    _tried: set[int] = field(default_factory=set)

    def look(self, now: datetime) -> None:
        """What the last minute left to do. A second look at the same moment does nothing."""
        for station in moving_stations():
            with one_player(station.pk):
                self._keep_station(station, now)
        self._begin_day(now)
        self.since = max(self.since, now - HAND_OVER_LATE)
        planting.plant(now)

    def _begin_day(self, now: datetime) -> None:
        today, before = clock.local_day(now), current_offset()
        has_begun = PlayedDay.objects.filter(day=today).exists()
        if not has_begun or _has_run_out(now, before):
            ensure_diagram(now)
        if has_begun and current_offset() == before:
            return
        begin_day(now=now)
        self._tried.clear()

    def _keep_station(self, station: Station, now: datetime) -> None:
        overdue = self._overdue(station, now)
        steps: list[Step] = []
        days = PlayedDay.objects.filter(station=station, is_over=False).select_related("station")
        for played in days.order_by("day"):
            steps += [step for step in script_of(played) if self._is_due(step, overdue, now)]
        works = [(step if step.departure else _late(step), None) for step in sorted(steps, key=_order)]
        Player(station).play(works)
        self._tried |= overdue

    def _overdue(self, station: Station, now: datetime) -> frozenset[int]:
        rows = Departure.objects.filter(station=station, state__in=LIVE, planned_at__lt=now - OVERDUE)
        rows = rows.filter(service_on__gte=clock.local_day(now) - timedelta(days=1)).exclude(vehicle=None)
        gone = YardVisit.objects.filter(departure__in=rows, state=VisitState.LEFT).values("departure")
        found = rows.exclude(pk__in=gone).order_by("pk").values_list("pk", flat=True)
        return frozenset(found) - planting.planted_departures() - self._tried

    def _is_due(self, step: Step, overdue: frozenset[int], now: datetime) -> bool:
        if step.departure is None:
            return self.since < step.at <= now - HAND_OVER_LATE
        return step.departure in overdue and step.at <= now


def _has_run_out(now: datetime, offset: timedelta) -> bool:
    """By the clock of its diagram the day is over, and the pages would stay empty."""
    return not is_lively(clock.local(now) - offset)


def _late(step: Step) -> Step:
    return replace(step, at=step.at + HAND_OVER_LATE)


def _order(step: Step) -> tuple[datetime, str]:
    return step.order
