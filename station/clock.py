"""The one place that reads the clock. Services take `now` as an argument; views, tasks and commands ask here."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

STATION_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    return timezone.now()


def local(at: datetime) -> datetime:
    """*at* as the station's wall clock shows it."""
    return at.astimezone(STATION_TIME)


def local_day(at: datetime) -> date:
    return local(at).date()
