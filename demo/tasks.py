"""Keeping the demonstration alive past midnight."""

from celery import shared_task

from demo import services
from station import clock


@shared_task(name="demo.prepare_ahead")
def prepare_ahead() -> None:
    services.prepare_ahead(now=clock.now())
