"""Playing days up to a moment: step by step, each in a transaction of its own that also says how far we are.

Whatever happens (kill -9 too), the next start goes on behind the last step. What workers would do for a step is done
here, at the moment of the step; one player works at a time.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import F

from demo.models import PlayedDay
from demo.rules.script import Step
from demo.services.days import eve_of, script_of
from demo.services.moments import at_its_moment
from demo.services.performing import Performer
from demo.services.today import prepare_day
from station import clock
from station.courier import deliver
from station.errors import DomainError
from station.models import OutboxMessage, Station
from station.services import outbox

T = TypeVar("T")

log = logging.getLogger(__name__)

# "demo" in the first half of an advisory lock's key; the second is the station, or one of two that no station has:
# who leads the players, and whose hands are at this demonstration just now (the program's own, or `make day`'s).
_LOCKS = 0x64656D6F
LEADING = 0
IN_HAND = -1
_TRIES = 3
_PAUSE = timedelta(milliseconds=400).total_seconds()

# From the eve of a day until its night shift has handed over.
_A_DAY = timedelta(hours=36)

# A step and the day it is counted for.
Work = tuple[Step, PlayedDay | None]


class Stopped(Exception):
    """Whoever started this player is gone or wants it to end."""


def always() -> bool:
    return True


def nothing() -> None:
    pass


def play_station(
    station: Station,
    *,
    until: datetime,
    go_on: Callable[[], bool] = always,
    before_last: Callable[[], None] = nothing,
) -> None:
    """Play every day of *station* that is laid out, up to *until*, their steps in one order.

    Each day is prepared on its eve, behind what came before it; then, for the last one, *before_last* is called.
    Raises Stopped.
    """
    with one_player(station.pk):
        player = Player(station, go_on, today=clock.local_day(until))
        player.finish_what_was_left()
        days = list(PlayedDay.objects.filter(station=station, is_over=False).order_by("day"))
        rest: list[Work] = []
        for played in days:
            eve = eve_of(played.day)
            player.play([work for work in rest if work[0].at < eve])
            player.prepare(played, eve, is_last=played.day == clock.local_day(until))
            if played is days[-1]:
                before_last()
            due = _due(played, until)
            _say_total(played, len(due))
            rest = sorted([*(work for work in rest if work[0].at >= eve), *due], key=lambda work: work[0].order)
        player.play(rest)
        for played in days:
            _close(played, until)


def _due(played: PlayedDay, until: datetime) -> list[Work]:
    return [(step, played) for step in script_of(played) if step.at <= until and is_ahead(step, played)]


def is_ahead(step: Step, played: PlayedDay) -> bool:
    return played.played_until is None or step.order > (played.played_until, played.played_key)


def _say_total(played: PlayedDay, due: int) -> None:
    PlayedDay.objects.filter(pk=played.pk).update(steps_total=F("steps_done") + due)


def _close(played: PlayedDay, until: datetime) -> None:
    """A day is over when its night shift is, and with it everything else."""
    if until > eve_of(played.day) + _A_DAY:
        PlayedDay.objects.filter(pk=played.pk).update(is_over=True)


def prepare(station: Station, day: date, at: datetime, *, with_orders: bool = True) -> None:
    at_its_moment(station, at, lambda moment: prepare_day(station, day, now=moment, with_orders=with_orders))


class Player:
    """Plays steps at one station, and does what workers would do because of them; tells the pages at the end."""

    def __init__(
        self, station: Station, go_on: Callable[[], bool] = always, *, today: date | None = None
    ) -> None:  # fmt: skip
        self._station = station
        self._performer = Performer(station, today)
        self._go_on = go_on

    def prepare(self, played: PlayedDay, eve: datetime, *, is_last: bool) -> None:
        """Departures, crews, bays and orders of the day; after the last one also departures of the next."""
        if played.played_until is not None:
            return
        with self._telling_pages() as topics, outbox.kept_back(self._station.code) as kept:
            prepare(self._station, played.day, eve)
            if is_last:
                prepare(self._station, played.day + timedelta(days=1), eve, with_orders=False)
            self._work_off(kept)
            topics.update(kept.topics)

    def play(self, works: Iterable[Work]) -> None:
        """Perform *works* in their order; those without a day are not counted. Raises Stopped."""
        with self._telling_pages() as topics:
            for step, played in works:
                if not self._go_on():
                    raise Stopped
                topics.update(self._play_step(step, played))

    def do(self, work: Callable[[datetime], None], *, at: datetime) -> None:
        """Something that is in no script. Raises what *work* raises."""
        with self._telling_pages() as topics, outbox.kept_back(self._station.code) as kept:
            at_its_moment(self._station, at, lambda moment: _afresh(kept, lambda: work(moment)))
            self._work_off(kept)
            topics.update(kept.topics)

    def _play_step(self, step: Step, played: PlayedDay | None) -> set[str]:
        def work(moment: datetime) -> None:
            refusal = _afresh(kept, lambda: self._attempt(replace(step, at=moment), kept))
            if played is not None:
                mark(played, step, refusal)

        with outbox.kept_back(self._station.code) as kept:
            for tries_left in reversed(range(_TRIES)):
                try:
                    at_its_moment(self._station, step.at, work)
                    break
                except OperationalError:  # somebody at a screen holds what the step needs
                    if not tries_left:
                        raise
                    time.sleep(_PAUSE)
            self._work_off(kept)
        return kept.topics

    def _attempt(self, step: Step, kept: outbox.KeptBack) -> str:
        """Why the step was refused; empty when it was done."""
        try:
            with transaction.atomic():
                self._performer.perform(step)
        except DomainError as refusal:
            log.info("%s %s: %s", step.at, step.key, refusal)
            kept.messages.clear()
            return refusal.code
        except OperationalError:
            raise
        except Exception as error:  # one step that fails does not end the demonstration; it is counted and said
            log.exception("%s %s", step.at, step.key)
            kept.messages.clear()
            return f"error {type(error).__name__}"
        return ""

    def _work_off(self, kept: outbox.KeptBack) -> None:
        while kept.messages:
            message, others = kept.messages[0], kept.messages[1:]

            def work(moment: datetime, message: OutboxMessage = message, others: list[OutboxMessage] = others) -> None:
                kept.messages[:] = others
                deliver(message, keeper=self._station.code, at=moment)

            at_its_moment(self._station, message.created_at, work)

    def finish_what_was_left(self) -> None:
        """The work of messages over which the last player died."""
        with self._telling_pages() as topics, outbox.kept_back(self._station.code) as kept:
            kept.messages.extend(outbox.left_by_keeper(self._station.code))
            self._work_off(kept)
            topics.update(kept.topics)

    @contextmanager
    def _telling_pages(self) -> Iterator[set[str]]:
        topics = set[str]()
        try:
            yield topics
        finally:
            for topic in sorted(topics):
                outbox.push(topic, now=clock.wall())


def _afresh(kept: outbox.KeptBack, work: Callable[[], T]) -> T:
    """What was told by a try that was taken back is forgotten."""
    kept.messages.clear()
    return work()


def mark(played: PlayedDay, step: Step, refusal: str) -> None:
    """*step* is behind us; *refusal* is the code with which it was refused, if it was."""
    at, key = step.order
    changes: dict[str, object] = {"played_until": at, "played_key": key, "steps_done": F("steps_done") + 1}
    if refusal:
        played.skipped[refusal] = played.skipped.get(refusal, 0) + 1
        changes["skipped"] = played.skipped
    PlayedDay.objects.filter(pk=played.pk).update(**changes)


def do_not_wait_for_the_disk() -> None:
    """A crash of the database may cost the last steps of this connection, whole and in order: they are played again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


@contextmanager
def one_player(number: int, go_on: Callable[[], bool] = always) -> Iterator[None]:
    """Wait until nobody else plays station *number* (or leads, or has it in hand); the lock ends with the connection.

    Raises Stopped.
    """
    while not _asked("SELECT pg_try_advisory_lock(%s, %s)", number):
        if not go_on():
            raise Stopped
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s, %s)", number)


def _asked(sql: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_LOCKS, number])
        return bool(cursor.fetchone()[0])
