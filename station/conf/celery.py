"""Celery, the courier between the relay and the workers; its settings stand in settings.py under CELERY_."""

import os
from contextlib import suppress
from pathlib import Path

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "station.conf.settings")

app = Celery("station")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _let_counters_go_first(**_: object) -> None:
    """Where programs fight for the processors, somebody at a window waits for the web; nobody waits for an invoice."""
    os.nice(10)
    with suppress(OSError):  # where Linux shares by session first, what is nice is so only within its own
        Path("/proc/self/autogroup").write_text("10")
