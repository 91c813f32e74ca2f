"""Background processes say that they live; `/readyz` reads it."""

from datetime import datetime

from station.models import Heartbeat


def beat(process: str, *, now: datetime) -> None:
    Heartbeat.objects.update_or_create(process=process, defaults={"seen_at": now})
