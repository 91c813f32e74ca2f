"""The relay: the only thing that publishes. Rows that Redis lost are published again when their lease ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django_eventstream import send_event

from station.enums import MessageState
from station.models import OutboxMessage

LEASE = timedelta(seconds=30)
BATCH = 100
PUSH = "push."


def publish_due(*, now: datetime) -> int:
    """Publish what is due, at most a batch; returns how many. Raises what the broker raises, leases kept."""
    messages = _lease_due(now)
    for message in messages:
        if message.task.startswith(PUSH):
            _push(message, now)
        else:
            _publish(message)
    return len(messages)


@transaction.atomic
def _lease_due(now: datetime) -> Sequence[OutboxMessage]:
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = OutboxMessage.objects.filter(free, unclaimed, state=MessageState.PENDING, due_at__lte=now)
    rows = list(due.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("due_at", "pk")[:BATCH])
    ids = [message.pk for message in rows]
    OutboxMessage.objects.filter(pk__in=ids).update(leased_until=now + LEASE, publications=F("publications") + 1)
    return rows


def _publish(message: OutboxMessage) -> None:
    # The id names the delivery: Celery redelivers under the same id, a new publication gets another.
    delivery = f"{message.pk}-{message.publications + 1}"
    task = current_app.signature(message.task, kwargs={"message_id": message.pk, **message.payload}, immutable=True)
    task.apply_async(task_id=delivery, retry=False, ignore_result=True)


def _push(message: OutboxMessage, now: datetime) -> None:
    """A push carries no data and may be missed: it is done when it was sent."""
    send_event(message.task.removeprefix(PUSH), "message", {}, json_encode=True)
    OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.DONE, done_at=now, leased_until=None)
