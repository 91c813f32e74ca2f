"""How far the player is, for whoever opens the first page while it works."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Sum

from demo.models import Demonstration, PlayedDay
from station import clock
from station.models.written_once import asked_often

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps of the days that are played in this round; `day` is the one in hand, None when all is played."""

    done_steps: int
    total_steps: int
    percent: int
    is_done: bool
    day: date | None


def progress() -> Progress:
    """Three queries at most. A database in which nothing is played is done."""
    known = Demonstration.objects.order_by("pk").first()
    if known is None or known.is_ready:
        return Progress(0, 0, _WHOLE, is_done=True, day=None)
    sums = PlayedDay.objects.aggregate(done=Sum("steps_done", default=0), total=Sum("steps_total", default=0))
    done, total = sums["done"] - known.done_before, sums["total"] - known.done_before
    # The last percent is the planted things.
    percent = min(done * _WHOLE // total, _WHOLE - 1) if total > 0 else 0
    return Progress(done, max(total, done), percent, is_done=False, day=_day_in_hand())


def _day_in_hand() -> date | None:
    unfinished = PlayedDay.objects.filter(steps_done__lt=F("steps_total"))
    return unfinished.order_by("day").values_list("day", flat=True).first()


def stations_in_play() -> frozenset[int] | None:
    """Where the past is still being played, by primary key; None: nowhere is it known yet how much of it there is."""
    known = next(iter(_demonstrations()), None)
    if known is None or known.is_ready:
        return frozenset()
    unfinished = PlayedDay.objects.filter(steps_done__lt=F("steps_total"))
    if known.round_at is None or not PlayedDay.objects.filter(day=clock.local_day(known.round_at)).exists():
        return None
    return frozenset(unfinished.order_by("pk").values_list("station_id", flat=True))


@asked_often
def _demonstrations() -> QuerySet[Demonstration]:
    return Demonstration.objects.order_by("pk")[:1]
