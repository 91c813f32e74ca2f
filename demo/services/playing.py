"""Playing days up to a moment: step by step, each in a transaction of its own that also says how far we are.

Whatever happens (kill -9 too), the next start goes on behind the last step. What workers would do for a step is done
here, at the moment of the step; one player works at a time.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F

from demo.models import PlayedDay
from demo.rules.script import Step
from demo.services.days import script_of
from demo.services.performing import Performer
from station import clock
from station.courier import deliver
from station.errors import DomainError
from station.models import Station
from station.services import outbox

log = logging.getLogger(__name__)

# "demo" in the first half of an advisory lock's key; the second is the station, 0 the whole.
_LOCKS = 0x64656D6F
_TRIES = 3
_PAUSE = timedelta(milliseconds=400).total_seconds()

Work = tuple[Step, PlayedDay]


class Stopped(Exception):
    """Whoever started this player is gone or wants it to end."""


def play_station(station: Station, *, until: datetime, go_on: Callable[[], bool] = lambda: True) -> None:
    """Play every day of *station* that is laid out, up to *until*, their steps in one order. Raises Stopped."""
    with one_player(station.pk):
        days = list(PlayedDay.objects.filter(station=station, is_over=False).order_by("day"))
        scripts = {played.pk: [step for step in script_of(played) if is_ahead(step, played)] for played in days}
        due = [(step, played) for played in days for step in scripts[played.pk] if step.at <= until]
        due.sort(key=lambda work: work[0].order)
        for played in days:
            _say_total(played, sum(work[1] is played for work in due))
        play(due, Performer(station), go_on=go_on)
        for played in days:
            if all(step.at <= until for step in scripts[played.pk]):
                PlayedDay.objects.filter(pk=played.pk).update(is_over=True)


def is_ahead(step: Step, played: PlayedDay) -> bool:
    return played.played_until is None or step.order > (played.played_until, played.played_key)


def _say_total(played: PlayedDay, due: int) -> None:
    PlayedDay.objects.filter(pk=played.pk).update(steps_total=F("steps_done") + due)


def play(works: Sequence[Work], performer: Performer, *, go_on: Callable[[], bool] = lambda: True) -> None:
    """Perform *works* in their order; pages are told at the end. Raises Stopped."""
    topics: set[str] = set()
    try:
        for step, played in works:
            if not go_on():
                raise Stopped
            topics |= play_step(step, played, performer)
    finally:
        tell_pages(topics)


def play_step(step: Step, played: PlayedDay | None, performer: Performer) -> set[str]:
    """One step, and what workers do because of it; returns the topics of the pages that show it."""
    with outbox.kept_back() as kept:
        for tries_left in reversed(range(_TRIES)):
            try:
                with transaction.atomic():
                    refusal = _attempt(step, performer, kept)
                    if played is not None:
                        mark(played, step, refusal)
                break
            except OperationalError:  # somebody at a screen holds what the step needs
                kept.messages.clear()
                if not tries_left:
                    raise
                time.sleep(_PAUSE)
        while kept.messages:
            deliver(kept.messages.pop(0))
    return kept.topics


def do_at_once(work: Callable[[], None]) -> None:
    """Something that is in no script, and what workers do because of it. Raises what *work* raises."""
    with outbox.kept_back() as kept:
        with transaction.atomic():
            work()
        while kept.messages:
            deliver(kept.messages.pop(0))
    tell_pages(kept.topics)


def _attempt(step: Step, performer: Performer, kept: outbox.KeptBack) -> str:
    """Why the step was refused; empty when it was done."""
    try:
        with transaction.atomic():
            performer.perform(step)
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


def mark(played: PlayedDay, step: Step, refusal: str) -> None:
    at, key = step.order
    changes: dict[str, object] = {"played_until": at, "played_key": key, "steps_done": F("steps_done") + 1}
    if refusal:
        played.skipped[refusal] = played.skipped.get(refusal, 0) + 1
        changes["skipped"] = played.skipped
    PlayedDay.objects.filter(pk=played.pk).update(**changes)


def tell_pages(topics: set[str]) -> None:
    for topic in sorted(topics):
        outbox.push(topic, now=clock.wall())


def finish_what_was_left() -> None:
    """The work of messages over which a player died; call it while no player is at work."""
    with outbox.kept_back() as kept:
        kept.messages.extend(outbox.left_by_keepers())
        while kept.messages:
            deliver(kept.messages.pop(0))
    tell_pages(kept.topics)


def do_not_wait_for_the_disk() -> None:
    """A crash of the database may cost the last steps of this connection, whole and in order: they are played again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


@contextmanager
def one_player(number: int) -> Iterator[None]:
    """Wait until nobody else plays station *number* (0: leads the players); the lock ends with the connection."""
    while not _asked("SELECT pg_try_advisory_lock(%s, %s)", number):
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s, %s)", number)


def _asked(sql: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_LOCKS, number])
        return bool(cursor.fetchone()[0])
