"""Doors for the workers."""

from celery import shared_task

from station import clock
from ticketing import services


@shared_task(name="ticketing.let_go_of_unpaid")
def let_go_of_unpaid() -> None:
    services.let_go_of_unpaid(now=clock.now())
