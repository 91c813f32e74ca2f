"""A round: what is to be played up to a moment is laid out, then played station by station."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum

from demo.models import Demonstration, PlayedDay
from demo.selectors.diagram import moving_stations
from demo.services.days import dawn_of, give_signers, script_of
from demo.services.diagram import ensure_diagram
from demo.services.playing import is_ahead
from demo.services.today import prepare_day
from station import clock
from station.models import Station, Till, YardVisit

# The same weekday, so that today can be compared with it.
_A_WEEK = timedelta(days=7)
# The catalogue's station has three times as many coaches: a few tickets each keep it as quick as the others.
_THIN = {"BX120": 20}


# By its tax number, which nobody real can have, a demonstration of an earlier version is known.
_INVENTED = {"code": "HB01", "tax_code": "5499000105"}


def is_demonstration(*, now: datetime) -> bool:
    """Else this database is somebody's own, and nothing is ever played in it."""
    if not Demonstration.objects.exists() and Station.objects.filter(**_INVENTED).exists():
        begin_demonstration(history_days=0, now=now)
    return Demonstration.objects.exists()


def begin_demonstration(*, history_days: int, now: datetime) -> Demonstration:
    """Inside the transaction that builds it."""
    return Demonstration.objects.create(built_at=now, history_days=history_days)


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
    ensure_diagram(now)
    for station in moving_stations():
        for day in _past(known):
            _lay_out_past(station, day)
    begin_day(now=now)


def count_round(*, now: datetime) -> None:
    """So that the progress of the whole round is known from its start."""
    for played in _open_days():
        due = sum(is_ahead(step, played) and step.at <= now for step in script_of(played))
        PlayedDay.objects.filter(pk=played.pk).update(steps_total=played.steps_done + due)


def begin_day(*, now: datetime) -> None:
    """Today is planned as if it had been at midnight, tomorrow so that it can still be moved."""
    today = clock.local_day(now)
    for station in moving_stations():
        prepare_day(station, today, now=dawn_of(today))
        prepare_day(station, today + timedelta(days=1), now=now, with_orders=False)
        _lay_out(station, today, present=now)


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
    """Oldest first and never later: once anything happened at *station*, no day is added before it."""
    has_begun = YardVisit.objects.filter(station=station).exists() or Till.objects.filter(station=station).exists()
    if not has_begun and not PlayedDay.objects.filter(station=station, day=day).exists():
        prepare_day(station, day, now=dawn_of(day))
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
