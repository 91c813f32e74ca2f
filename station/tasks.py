"""Periodic work of the station; no message of the outbox stands behind it."""

from celery import shared_task

from station import clock
from station.services import departures, heartbeats, outbox


@shared_task(name="station.beat")
def beat() -> None:
    """A worker lives and takes work: the scheduler asked for this, and a worker did it."""
    heartbeats.beat("worker", now=clock.now())


@shared_task(name="station.plan_ahead")
def plan_ahead() -> None:
    departures.plan_ahead(now=clock.now())


@shared_task(name="station.sweep_pushes")
def sweep_pushes() -> None:
    outbox.sweep_pushes(now=clock.now())
