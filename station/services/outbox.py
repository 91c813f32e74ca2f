"""Telling, claiming, finishing: the life of a message (ADR 0002). Publishing is the relay's alone."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from station import clock
from station.enums import MessageState
from station.events import subscribers
from station.models import Alarm, OutboxMessage
from station.models.written_once import Changes, changed_often, insert

MAX_ATTEMPTS = 5
CLAIM_LASTS = timedelta(seconds=60)
RETRY_AFTER = timedelta(seconds=5)
GIVEN_UP = "message_given_up"
CLAIMANT_LENGTH = 60
PUSHES_KEPT = timedelta(hours=1)
# How long whoever keeps messages back has to do their work; afterwards the relay publishes them as usual.
KEPT_BACK_FOR = timedelta(minutes=5)
KEEPER = "keeper"


@dataclass(slots=True)
class KeptBack:
    """What was told while messages were kept back: they wait in `messages`; of pushes only the topics are known."""

    name: str = ""
    messages: list[OutboxMessage] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)


_kept: ContextVar[KeptBack | None] = ContextVar("kept_back", default=None)


@contextmanager
def kept_back(name: str = "") -> Iterator[KeptBack]:
    """Keep what is told inside from the relay: the caller, known as *name*, does the work of the messages at once.

    They are written like all others, but due only in KEPT_BACK_FOR by the clock on the wall, so that nothing is lost
    when the caller dies over them; `left_by_keeper` finds them sooner. Pushes are not written at all.
    """
    token = _kept.set(kept := KeptBack(name))
    try:
        yield kept
    finally:
        _kept.reset(token)


def left_by_keeper(name: str = "") -> list[OutboxMessage]:
    """What the keeper *name* left undone, oldest first; call it when that one is not at work."""
    rows = OutboxMessage.objects.filter(state=MessageState.PENDING, claimed_by__startswith=keepers_delivery(name))
    return list(rows.order_by("created_at", "pk"))


def keepers_delivery(name: str, message_id: int | str = "") -> str:
    """How a keeper claims a message: the same words again after it died, so that it may take over at once."""
    return f"{KEEPER}-{name}-{message_id}"


def tell(event: str, *, now: datetime, **ids: object) -> None:
    """Write one message per task subscribed to *event*; call it inside the transaction of what happened."""
    for task in subscribers(event):
        enqueue(task, ids, now=now)


def enqueue(task: str, ids: Mapping[str, object], *, now: datetime, due_at: datetime | None = None) -> OutboxMessage:
    """Have the registered *task* run with *ids* after this transaction commits."""
    message = OutboxMessage(
        task=task, payload=dict(ids), dedupe_key=f"{task}#{uuid.uuid4()}", created_at=now, due_at=due_at or now
    )
    if kept := _kept.get():
        message.due_at = clock.wall() + KEPT_BACK_FOR
        message.claimed_by = keepers_delivery(kept.name)
        kept.messages.append(message)
    return insert(message)


def push(topic: str, *, now: datetime) -> None:
    """Tell open pages that *topic* changed; carries no data, the page fetches again."""
    if kept := _kept.get():
        kept.topics.add(topic)
        return
    enqueue(f"push.{topic}", {}, now=now)


def sweep_pushes(*, now: datetime) -> int:
    """Forget what open pages were told long ago; every seat kept or sold writes such a row. Returns how many."""
    done = OutboxMessage.objects.filter(task__startswith="push.", state=MessageState.DONE)
    return done.filter(done_at__lt=now - PUSHES_KEPT).delete()[0]


def claim(message_id: int, *, delivery: str, now: datetime, worker: str = "") -> bool:
    """Take the message for this delivery and count the attempt, before any work starts.

    False when it is done, given up, or another delivery works on it. A redelivery of the same delivery means that
    its worker died: it may take over at once. A message that killed its worker MAX_ATTEMPTS times is given up.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_by__startswith=f"{delivery} ")
    rows = OutboxMessage.objects.filter(free, pk=message_id, state=MessageState.PENDING)
    claimant = f"{delivery} {worker}"[:CLAIMANT_LENGTH]
    fresh = rows.filter(attempts__lt=MAX_ATTEMPTS)
    if fresh.update(claimed_by=claimant, claimed_until=now + CLAIM_LASTS, attempts=F("attempts") + 1):
        return True
    if rows.exists():
        give_back(message_id, error=f"the worker died {MAX_ATTEMPTS} times over it", now=now)
    return False


def release_claims_of(worker: str, *, now: datetime) -> int:
    """A worker of this name starts: whatever one of the same name worked on died with it and may be published again."""
    rows = OutboxMessage.objects.filter(state=MessageState.PENDING, claimed_until__gte=now)
    return rows.filter(claimed_by__endswith=f" {worker}").update(claimed_until=None, leased_until=None)


def finish(message_id: int | None, *, now: datetime) -> None:
    """The effect is there: call it in the transaction that writes it. None when no message stands behind the work."""
    if message_id is not None:
        _finish(message_id, now)


@changed_often
def _finish(message_id: int, now: datetime) -> Changes:
    done = {"state": MessageState.DONE, "done_at": now, "claimed_until": None, "leased_until": None, "last_error": ""}
    return OutboxMessage.objects.filter(pk=message_id, state=MessageState.PENDING), done


@transaction.atomic
def give_back(message_id: int, *, error: str, now: datetime) -> None:
    """The attempt failed: try again later, or give up after MAX_ATTEMPTS with an alarm."""
    message = OutboxMessage.objects.select_for_update(of=("self",), no_key=True).get(pk=message_id)
    if message.state != MessageState.PENDING:
        return
    message.last_error = error[:2000]
    message.claimed_until = message.leased_until = None
    message.claimed_by = ""
    message.due_at = now + RETRY_AFTER * 2**message.attempts
    if message.attempts >= MAX_ATTEMPTS:
        message.state = MessageState.DEAD
        alarm = Alarm(obj=f"outbox:{message.pk}", code=GIVEN_UP, detail=message.last_error, opened_at=now)
        Alarm.objects.bulk_create([alarm], ignore_conflicts=True)
    message.save()


@transaction.atomic
def postpone(message_id: int | None, *, until: datetime, error: str) -> None:
    """Somebody outside does not answer: run again at *until*, however often that takes; no attempt has failed."""
    if message_id is not None:
        OutboxMessage.objects.filter(pk=message_id, state=MessageState.PENDING).update(
            due_at=until, attempts=0, claimed_by="", claimed_until=None, leased_until=None, last_error=error[:2000]
        )


@transaction.atomic
def reopen(message_id: int, *, now: datetime) -> None:
    """What the message did counts no more, or it was given up: its work is done once more from the start."""
    _again(OutboxMessage.objects.filter(pk=message_id).exclude(state=MessageState.PENDING), message_id, now)


@transaction.atomic
def revive(message_id: int, *, now: datetime) -> bool:
    """A person mended the cause: run the given-up message again and close its alarm. False when it is not given up."""
    return _again(OutboxMessage.objects.filter(pk=message_id, state=MessageState.DEAD), message_id, now)


def _again(rows: QuerySet[OutboxMessage], message_id: int, now: datetime) -> bool:
    """Let the relay publish the message if it is one of *rows*; that it was given up is over."""
    fresh = {"done_at": None, "attempts": 0, "due_at": now, "claimed_until": None, "leased_until": None}
    if not rows.update(state=MessageState.PENDING, **fresh):
        return False
    Alarm.objects.filter(obj=f"outbox:{message_id}", code=GIVEN_UP, closed_at=None).update(closed_at=now)
    return True
