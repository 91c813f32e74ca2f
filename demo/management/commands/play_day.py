"""`make day`: a day of one station over HTTP, as its users would play it, then the queues, then verify."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from demo.management.commands.play_demo import play_round
from demo.models import PlayedDay
from demo.providers.running_copy import RunningCopy
from demo.rules.diagram import LIVELY_FROM
from demo.rules.script import Step
from demo.selectors.diagram import moving_stations
from demo.services.days import script_of
from demo.services.keeping import Keeper
from demo.services.playing import IN_HAND, is_ahead, mark, one_player, play_station
from demo.services.rounds import begin_day, is_demonstration
from demo.services.visiting import Refused, Visitor
from station import clock
from station.enums import MessageState
from station.errors import DomainError
from station.models import OutboxMessage, Station

_QUEUES_EMPTY_WITHIN = 300.0
_LOOK_EVERY = 0.1
_ONE_MINUTE = 60

# A step and the day it is counted for.
Work = tuple[Step, PlayedDay]


class Command(BaseCommand):
    help = "Plays the rest of today up to now against a running copy, or with --date a whole day by its clock file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", required=True, help="of the running copy, with a slash at its end")
        parser.add_argument("--station", default="HB01")
        parser.add_argument("--seed", type=int, help="of the day's luck; default: the one it was laid out with")
        parser.add_argument("--speed", type=float, default=0, help="times as fast as life; 0: as fast as it goes")
        parser.add_argument("--date", type=date.fromisoformat, help="sets DATA_DIR/clock of the copy")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_demonstration(now=clock.now()):
            raise CommandError("This database is no demonstration: nothing is played in it.")
        station = Station.objects.filter(code=options["station"], is_ours=True).order_by("pk").first()
        if station is None:
            raise CommandError(f"There is no station {options['station']} here.")
        with one_player(IN_HAND):  # the demonstration's own program stands still meanwhile
            self._play(station, options)

    def _play(self, station: Station, options: dict[str, Any]) -> None:
        hands = _Hands(options["date"], options["speed"])
        hands.go_to_the_day()
        with one_player(station.pk):
            today = _laid_out(station, options["seed"])
            visitor = Visitor(station, RunningCopy(options["address"]))
            tally = _Tally()
            for step, played in hands.in_time(_due(station, whole=options["date"] is not None)):
                refusal = mark_step(visitor, step, played)
                tally.note(step, refusal)
                if refusal:
                    self.stdout.write(f"{clock.local(step.at):%d/%m %H:%M} {step.key} {step.who}: {refusal}")
        if options["date"] is not None:
            _catch_up_elsewhere(station)
        self.stdout.write(tally.summary(today))
        left = _left_in_queues()
        self.stdout.write(f"Left in the queues: {left}")
        call_command("verify", stdout=self.stdout)  # exits with 1 on a breach
        if tally.refusals or left:
            sys.exit(1)


def _laid_out(station: Station, seed: int | None) -> PlayedDay:
    """Today at *station*, laid out."""
    now = clock.now()
    begin_day(now=now)
    played = PlayedDay.objects.select_related("station").get(station=station, day=clock.local_day(now))
    if seed is not None and played.steps_done == 0:
        played.seed = seed
        played.save(update_fields=["seed"])
    return played


def _catch_up_elsewhere(station: Station) -> None:
    """The other stations have lived through the same day."""
    for other in moving_stations().exclude(pk=station.pk):
        play_station(other, until=clock.now())


def _due(station: Station, *, whole: bool) -> list[Work]:
    """What is left of the days that are not over: the night shift of yesterday ends this morning."""
    days = PlayedDay.objects.filter(station=station, is_over=False).select_related("station").order_by("day")
    works = [(step, played) for played in days for step in script_of(played) if is_ahead(step, played)]
    due = [work for work in works if whole or work[0].at <= clock.now()]
    return sorted(due, key=lambda work: work[0].order)


def mark_step(visitor: Visitor, step: Step, played: PlayedDay) -> str:
    """Why *step* was refused, its code first; empty when it was done."""
    code = said = ""
    try:
        visitor.perform(step)
    except Refused as refusal:
        code, said = refusal.answer.code, str(refusal)
    except DomainError as refusal:  # what was to be done is not there
        code, said = refusal.code, refusal.message
    mark(played, step, code)
    return f"{code}: {said}" if code else ""


class _Hands:
    """When the next step is taken, and what the copy's clock says then."""

    def __init__(self, day: date | None, speed: float) -> None:
        self._day = day
        self._speed = speed

    def go_to_the_day(self) -> None:
        """The copy's clock goes to the morning of the day, never back; what came before is caught up as by a start."""
        if self._day is None:
            return
        today = clock.local_day(clock.now())
        if today > self._day:
            raise CommandError(f"The clock of this copy is past {self._day:%d/%m/%Y} already.")
        if today < self._day:
            # The hour from which a start finds the diagram at its own times.
            self.set_clock(datetime.combine(self._day, LIVELY_FROM, clock.STATION_TIME))
            until = play_round(threading.Event())
            Keeper(until).look(clock.wall())  # frees what was held for the visitors of the day before

    def set_clock(self, at: datetime) -> None:
        """Renamed into place: a reader finds the old moment or the new one."""
        if self._day is not None:
            path = Path(settings.DATA_DIR) / clock.FILE
            draft = path.with_suffix(".new")
            draft.write_text(max(at, clock.now()).isoformat())  # it ticks while we wait, and never goes back
            draft.replace(path)

    def in_time(self, works: Iterable[Work]) -> Iterator[Work]:
        before: datetime | None = None
        for work in works:
            step = work[0]
            if self._speed and before is not None:
                time.sleep((step.at - before) / timedelta(seconds=1) / self._speed)
            before = step.at
            if self._day is not None:
                # A worker that read the clock before it jumps would write behind what comes after.
                _wait_while(_waiting().filter(due_at__lte=clock.now()))
            self.set_clock(step.at)
            yield work


class _Tally:
    """What was done and what was refused, counted."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._done: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def note(self, step: Step, refusal: str) -> None:
        if refusal:
            self.refusals[f"{step.kind} {refusal.partition(':')[0]}"] += 1
        else:
            self._done[step.kind] += 1

    def summary(self, played: PlayedDay) -> str:
        minutes, seconds = divmod(round(time.monotonic() - self._begun), _ONE_MINUTE)
        lines = [f"{played.station} {played.day:%d/%m/%Y}: {self._done.total()} steps in {minutes} min {seconds} s"]
        lines += [f"  {kind}: {count}" for kind, count in sorted(self._done.items())]
        lines += [f"  refused, {what}: {count}" for what, count in sorted(self.refusals.items())]
        return "\n".join(lines)


def _waiting() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=MessageState.PENDING).exclude(task__startswith="push.")


def _wait_while(waiting: QuerySet[OutboxMessage]) -> None:
    until = time.monotonic() + _QUEUES_EMPTY_WITHIN
    while waiting.exists() and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)


def _left_in_queues() -> int:
    """Wait until the worker has done everything; how many messages are left."""
    _wait_while(_waiting())
    return OutboxMessage.objects.exclude(state=MessageState.DONE).exclude(task__startswith="push.").count()
