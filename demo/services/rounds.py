"""A round: what is to be played up to a moment is laid out, then played station by station."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum

from demo.models import Demonstration, PlayedDay
from demo.services.days import dawn_of, give_signers, prepare_past_day, script_of
from demo.services.playing import is_ahead
from demo.services.today import prepare_ahead
from station import clock
from station.models import Station

# The same weekday, so that today can be compared with it.
_A_WEEK = timedelta(days=7)
# The catalogue's station has three times as many coaches: a few tickets each keep it as quick as the others.
_THIN = {"BX120": 20}


def demonstration() -> Demonstration | None:
    """None: this database is somebody's own, and nothing is ever played in it."""
    return Demonstration.objects.order_by("pk").first()


def begin_demonstration(*, history_days: int, now: datetime) -> Demonstration:
    """Inside the transaction that builds it."""
    return Demonstration.objects.create(built_at=now, history_days=history_days)


def played_stations() -> QuerySet[Station]:
    return Station.objects.filter(is_ours=True, slots__isnull=False).distinct().order_by("pk")


def begin_round(*, now: datetime) -> None:
    """Lay out everything up to *now*: what was begun and not ended, the past of a new demonstration, and today.

    A round that was interrupted is begun again and changes nothing that is laid out.
    """
    known = Demonstration.objects.get()
    if known.is_ready or known.round_at is None:
        known.done_before = PlayedDay.objects.aggregate(done=Sum("steps_done", default=0))["done"]
    known.round_at, known.is_ready = now, False
    known.save()
    give_signers(now)
    for station in played_stations():
        for day in _past(known):
            _lay_out_past(station, day)
    prepare_ahead(now=now)
    for station in played_stations():
        _lay_out(station, clock.local_day(now), present=now)
    for played in _open_days():
        _count(played, now)


def end_round() -> None:
    Demonstration.objects.update(is_ready=True)


def share(stations: Iterable[Station], players: int) -> list[list[Station]]:
    """*stations* dealt out to *players* so that all end at about the same time; the longest first."""
    weights = {station.pk: _weight(station) for station in stations}
    loads = [0] * players
    shares: list[list[Station]] = [[] for _ in range(players)]
    for station in sorted(stations, key=lambda station: (-weights[station.pk], station.pk)):
        least = loads.index(min(loads))
        loads[least] += weights[station.pk]
        shares[least].append(station)
    return [dealt for dealt in shares if dealt]


def _weight(station: Station) -> int:
    days = PlayedDay.objects.filter(station=station, is_over=False)
    return sum(played.steps_total - played.steps_done for played in days.order_by("day"))


def _past(known: Demonstration) -> list[date]:
    built_on = clock.local_day(known.built_at)
    if not known.history_days:
        return [built_on - _A_WEEK]
    return [built_on - timedelta(days=back) for back in range(known.history_days, 0, -1)]


@transaction.atomic
def _lay_out_past(station: Station, day: date) -> None:
    """Oldest first and never later: once a step is played, no day is added before it."""
    laid_out = PlayedDay.objects.filter(station=station)
    if not laid_out.filter(day=day).exists() and not laid_out.filter(steps_done__gt=0).exists():
        prepare_past_day(station, day)
        _lay_out(station, day, present=dawn_of(day + timedelta(days=2)))


def _lay_out(station: Station, day: date, *, present: datetime) -> None:
    values = {
        "seed": int(f"{day:%y%m%d}"),
        "present": present,
        "tickets": _THIN.get(station.code, 100),
    }
    PlayedDay.objects.get_or_create(station=station, day=day, defaults=values)


def _open_days() -> QuerySet[PlayedDay]:
    return PlayedDay.objects.filter(is_over=False).select_related("station").order_by("day", "station")


def _count(played: PlayedDay, now: datetime) -> None:
    """So that the progress of the whole round is known from its start."""
    due = sum(is_ahead(step, played) and step.at <= now for step in script_of(played))
    PlayedDay.objects.filter(pk=played.pk).update(steps_total=played.steps_done + due)
