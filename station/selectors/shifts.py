"""Shifts of a station and the tills inside them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from station.models import Shift, ShiftTemplate, Station, Till
from station.rules.shifts import ShiftSpan, ShiftTimes, span_at

# People of the next ca come before it begins.
OPENS_EARLY = timedelta(hours=1)


def current_shift(station: Station, now: datetime) -> Shift | None:
    """The open shift of *station*: the latest that has begun."""
    shift_id = Shift.current_id(station.pk, now)
    return Shift.objects.select_related("station", "lead").get(pk=shift_id) if shift_id else None


def recent_shifts(station: Station) -> QuerySet[Shift]:
    """The latest first, with lead and tills."""
    rows = Shift.objects.filter(station=station).select_related("station", "lead", "closed_by")
    return rows.prefetch_related(Prefetch("tills", queryset=_tills())).order_by("-starts_at", "-pk")


def tills_of(shift: Shift) -> QuerySet[Till]:
    return _tills().filter(shift=shift)


def _tills() -> QuerySet[Till]:
    return Till.objects.select_related("clerk", "counter").order_by("opened_at", "pk")


def openable_spans(station: Station, now: datetime) -> list[tuple[ShiftTemplate, ShiftSpan]]:
    """Ca that are running or about to begin, and that nobody has opened yet."""
    templates = ShiftTemplate.objects.filter(station=station).order_by("starts_at", "pk")
    spans = list(_spans(templates, now))
    starts = [span.starts_at for _, span in spans]
    held = set(Shift.objects.filter(station=station, starts_at__in=starts).values_list("starts_at", flat=True))
    free = [(template, span) for template, span in spans if span.starts_at not in held]
    return sorted(free, key=lambda pair: pair[1].starts_at)


def span_of(template: ShiftTemplate, now: datetime) -> ShiftSpan | None:
    """The ca of *template* that holds *now* or is about to begin."""
    times = [ShiftTimes(template.name, template.starts_at, template.ends_at)]
    return span_at(now, times) or span_at(now + OPENS_EARLY, times)


def _spans(templates: Iterable[ShiftTemplate], now: datetime) -> Iterable[tuple[ShiftTemplate, ShiftSpan]]:
    for template in templates:
        if span := span_of(template, now):
            yield template, span
