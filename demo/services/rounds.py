"""A round: what is to be played up to a moment is laid out, then played station by station."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from demo.models import Demonstration, PlayedDay
from demo.selectors.diagram import current_offset, moving_stations
from demo.services.days import eve_of, give_signers, script_of
from demo.services.diagram import ensure_diagram
from demo.services.network import set_freight
from demo.services.playing import is_ahead, prepare
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


def is_in_hand() -> bool:
    """A round is being played: nobody else plans a day meanwhile."""
    return Demonstration.objects.filter(is_ready=False).exists()


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
    set_freight(clock.local_day(now))
    ensure_diagram(now)
    for station in moving_stations():
        for day in _past(known):
            _lay_out_past(station, day)
        lay_out(station, clock.local_day(now), present=now)
    _count(now)


def begin_day(*, now: datetime) -> None:
    """Today everywhere, and tomorrow so that it can still be moved; what is there already stays."""
    today = clock.local_day(now)
    for station in moving_stations():
        prepare(station, today, eve_of(today))
        prepare(station, today + timedelta(days=1), eve_of(today), with_orders=False)
        lay_out(station, today, present=now)


def _count(now: datetime) -> None:
    """So that the progress of the whole round is known from its start; days that are not prepared yet are estimated by
    the oldest one."""
    moved = current_offset()
    for station in moving_stations():
        days = list(PlayedDay.objects.filter(station=station, is_over=False).select_related("station").order_by("day"))
        if days and days[0].played_until is None:
            prepare(station, days[0].day, eve_of(days[0].day))
        pattern = script_of(days[0]) if days else []
        for played in days:
            until = now - (played.day - days[0].day) - (moved if played is not days[0] else timedelta())
            due = sum(step.at <= until and (played is not days[0] or is_ahead(step, played)) for step in pattern)
            PlayedDay.objects.filter(pk=played.pk).update(steps_total=max(played.steps_total, played.steps_done + due))


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
    # The station that most people look at was made first.
    return [sorted(dealt, key=lambda station: station.pk) for dealt in shares if dealt]


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
        lay_out(station, day, present=eve_of(day + timedelta(days=3)))


def lay_out(station: Station, day: date, *, present: datetime) -> None:
    """*day* is to be played; whoever looks at *present* finds the first team at work."""
    if not PlayedDay.objects.filter(station=station, day=day).exists():
        as_laid_out(station, day, present=present).save()


def as_laid_out(station: Station, day: date, *, present: datetime) -> PlayedDay:
    """*day* as it would be played; nothing is written."""
    tickets = _THIN.get(station.code, 100)
    return PlayedDay(station=station, day=day, seed=int(f"{day:%y%m%d}"), present=present, tickets=tickets)
