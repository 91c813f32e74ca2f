"""The relay: the only thing that publishes. Rows that Redis lost are published again when their lease ends."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from redis.backoff import NoBackoff
from redis.retry import Retry

from station.enums import MessageState
from station.models import OutboxMessage

# How long after publishing a message that nobody claimed is taken for lost. Short, so that a killed worker or a
# flushed Redis costs seconds; a message does not wait that long by itself, because the queue is kept short.
LEASE = timedelta(seconds=10)
BATCH = 100
MOST_QUEUED = 100
PUSH = "push."
# Where the events process listens, and how it reads a message (django_eventstream).
EVENTS_CHANNEL = "events_channel"
# A frozen Redis answers nothing: nobody waits longer than this for it.
REDIS_PATIENCE = 2


def publish_due(*, now: datetime) -> int:
    """Publish what is due, at most a batch and only pushes while the queue is full; returns how many.

    Raises what the broker raises. The message it failed on keeps its lease (nobody knows whether it arrived), those
    behind it are free again, and so are pushes: to send one twice does no harm.
    """
    messages = _lease_due(now, room=MOST_QUEUED - _queued())
    pushes = [message for message in messages if message.task.startswith(PUSH)]
    tasks = [message for message in messages if not message.task.startswith(PUSH)]
    sent = 0
    try:
        _push(pushes, now)
        for message in tasks:
            sent += 1
            _publish(message)
    except Exception:
        _release([*pushes, *tasks[sent:]])
        raise
    return len(messages)


def _queued() -> int:
    """Messages that Redis holds for the workers; raises when it does not answer, before anything is leased."""
    return int(_redis().llen(current_app.conf.task_default_queue))


@transaction.atomic
def _lease_due(now: datetime, *, room: int) -> Sequence[OutboxMessage]:
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = OutboxMessage.objects.filter(free, unclaimed, state=MessageState.PENDING, due_at__lte=now)
    if room <= 0:
        due = due.filter(task__startswith=PUSH)
    most = min(BATCH, room) if room > 0 else BATCH
    rows = list(due.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("due_at", "pk")[:most])
    ids = [message.pk for message in rows]
    OutboxMessage.objects.filter(pk__in=ids).update(leased_until=now + LEASE, publications=F("publications") + 1)
    return rows


def _release(messages: Sequence[OutboxMessage]) -> None:
    """Nothing was sent of these: their lease and the count of their publications are taken back."""
    rows = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages], state=MessageState.PENDING)
    rows.update(leased_until=None, publications=F("publications") - 1)


def _publish(message: OutboxMessage) -> None:
    # The id names the delivery: Celery redelivers under the same id, a new publication gets another.
    delivery = f"{message.pk}-{message.publications + 1}"
    task = current_app.signature(message.task, kwargs={"message_id": message.pk, **message.payload}, immutable=True)
    task.apply_async(task_id=delivery, retry=False, ignore_result=True)


def _push(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """A push carries no data and may be missed: it is done when it was sent, and once is enough for each topic."""
    if not messages:
        return
    for topic in dict.fromkeys(message.task.removeprefix(PUSH) for message in messages):
        data = json.dumps({"topic": topic})
        event = {"channel": topic, "event_type": "message", "data": data, "pub_id": None}
        _redis().publish(EVENTS_CHANNEL, json.dumps(event))
    rows = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
    rows.update(state=MessageState.DONE, done_at=now, leased_until=None)


def _redis() -> redis.Redis:
    return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> redis.Redis:
    """One pool of connections: it opens a new one where the old one broke."""
    return redis.Redis.from_url(
        url,
        socket_timeout=REDIS_PATIENCE,
        socket_connect_timeout=REDIS_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
