"""How a Celery task consumes one outbox message: claim, work, or give back."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery import Task, current_app, shared_task
from celery.signals import task_prerun, worker_init
from django.db import close_old_connections, connections

from station import clock
from station.errors import DomainError
from station.models import OutboxMessage
from station.services import outbox

log = logging.getLogger(__name__)


def outbox_task(name: str) -> Callable[[Callable[..., None]], Any]:
    """Register a task whose body is a door: ids in, one service call.

    The body gets the message's payload and `message_id`; the service it calls marks the message done with
    `outbox.finish(message_id, now=now)` in the transaction that writes the effect.
    """

    def register(door: Callable[..., None]) -> Any:
        @shared_task(name=name, bind=True)
        def consume(self: "Task[Any, None]", /, *, message_id: int, **payload: object) -> None:
            now = clock.now()
            if not outbox.claim(message_id, delivery=str(self.request.id), worker=self.request.hostname or "", now=now):
                return
            try:
                door(message_id=message_id, **payload)
            except DomainError as refusal:
                log.warning("%s %s: %s", name, payload, refusal)
                outbox.give_back(message_id, error=str(refusal), now=clock.now())
            except Exception as error:
                outbox.give_back(message_id, error=f"{type(error).__name__}: {error}", now=clock.now())
                raise

        return consume

    return register


def deliver(message: OutboxMessage, *, keeper: str, at: datetime) -> None:
    """Do the work of a message that *keeper* kept back, here and as a worker would whose clock says *at*.

    What fails is given back to the relay: a worker tries again at its own time.
    """
    if message.task not in current_app.tasks:
        current_app.loader.import_default_modules()
    work = current_app.tasks[message.task]
    with clock.frozen(at):
        work.apply(
            kwargs={"message_id": message.pk, **message.payload},
            task_id=outbox.keepers_delivery(keeper, message.pk),
            throw=False,
        )


@task_prerun.connect
def look_after_connections(task: Any, **_: object) -> None:
    """As Django does before each request: one that is old, or broken since the database started anew, is closed."""
    if not task.request.is_eager:
        close_old_connections()


@worker_init.connect
def free_what_the_last_worker_held(sender: Any = None, **_: object) -> None:
    """A killed worker cannot let go of its messages; the next one of its name does, before it takes any."""
    outbox.release_claims_of(str(sender), now=clock.now())
    connections.close_all()  # the children that are forked next must not share ours
