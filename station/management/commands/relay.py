"""The relay process: publishes the outbox until it is told to stop, whatever happens to Redis or the database."""

import logging
import signal
import threading
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from station import clock
from station.services import heartbeats, relay

log = logging.getLogger(__name__)

PAUSE = 0.1
LONGEST_PAUSE = 5.0
BEAT_EVERY = timedelta(seconds=5)


class Command(BaseCommand):
    help = "Publish what the outbox holds, until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="publish what is due now and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            _publish_all(threading.Event())
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run_until(stop)


def run_until(stop: threading.Event) -> None:
    """Publish until *stop* is set. An error costs a line in the log and a pause that doubles, never the process."""
    pause, beaten_at = PAUSE, None
    while not stop.is_set():
        try:
            beaten_at = _beat(beaten_at)
            _publish_all(stop)
            pause = PAUSE
        except Exception as error:  # noqa: BLE001 -- the relay outlives everything
            log.warning("relay: %s: %s", type(error).__name__, " ".join(str(error).split()))
            connections.close_all()  # Celery makes itself new connections to Redis, Django must be told
            pause = min(pause * 2, LONGEST_PAUSE)
        stop.wait(pause)


def _beat(beaten_at: datetime | None) -> datetime:
    now = clock.now()
    if beaten_at is not None and now - beaten_at < BEAT_EVERY:
        return beaten_at
    heartbeats.beat("relay", now=now)
    return now


def _publish_all(stop: threading.Event) -> None:
    while not stop.is_set() and relay.publish_due(now=clock.now()):
        pass
