"""The one place that reads the clock. Services take `now` as an argument; views, tasks and commands ask here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

STATION_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
# A file in DATA_DIR that sets the clock of a whole demonstration (contract: make day DATE=).
FILE = "clock"

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """This moment; the one that was said inside `frozen`."""
    return _frozen.get() or wall()


def wall() -> datetime:
    """What the clock on the wall says, also inside `frozen`: what leases and waiting are measured by.

    It is the machine's, unless a demonstration has a file DATA_DIR/clock: then the instant written in it, ticking on
    since it was written.
    """
    real = timezone.now()
    return _set_by_file(real) if settings.DEMO else real


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let `now` stand still at *at* for whoever asks inside."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)


def _set_by_file(real: datetime) -> datetime:
    path = Path(settings.DATA_DIR) / FILE
    try:
        with path.open() as file:
            written_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            instant = datetime.fromisoformat(file.read().strip())
    except (FileNotFoundError, ValueError):  # a file that is just being written sets nothing
        return real
    if instant.tzinfo is None:
        return real
    return instant.astimezone(UTC) + (real - written_at)


def local(at: datetime) -> datetime:
    """*at* as the station's wall clock shows it."""
    return at.astimezone(STATION_TIME)


def local_day(at: datetime) -> date:
    return local(at).date()
