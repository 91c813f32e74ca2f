"""The ca of a day: which one an instant belongs to, and on whose business day its money stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from station.clock import STATION_TIME


@dataclass(frozen=True, slots=True)
class ShiftTimes:
    """A ca by local time; one that ends before it starts runs past midnight."""

    name: str
    starts_at: time
    ends_at: time


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """One ca of one day, from *starts_at* until before *ends_at*."""

    name: str
    business_on: date  # the local day of its start, also for a night
    starts_at: datetime
    ends_at: datetime


def span_on(day: date, times: ShiftTimes) -> ShiftSpan:
    """The ca that starts on the local *day*."""
    last_day = day if times.starts_at < times.ends_at else day + timedelta(days=1)
    return ShiftSpan(
        name=times.name,
        business_on=day,
        starts_at=datetime.combine(day, times.starts_at, STATION_TIME),
        ends_at=datetime.combine(last_day, times.ends_at, STATION_TIME),
    )


def span_at(at: datetime, day_of_times: Iterable[ShiftTimes]) -> ShiftSpan | None:
    """The ca that holds the instant *at*: it may have begun on the day before."""
    today = at.astimezone(STATION_TIME).date()
    for times in day_of_times:
        for day in (today, today - timedelta(days=1)):
            span = span_on(day, times)
            if span.starts_at <= at < span.ends_at:
                return span
    return None
