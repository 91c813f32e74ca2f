"""Day patterns of slots and the ca of a day."""

from datetime import UTC, date, datetime, time

import pytest

from station.rules.day_patterns import DayPattern
from station.rules.shifts import ShiftTimes, span_at, span_on

THREE = (
    ShiftTimes("Ca 1", time(5), time(13)),
    ShiftTimes("Ca 2", time(13), time(21)),
    ShiftTimes("Ca 3", time(21), time(5)),
)
YEAR = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1)}


def test_a_daily_slot_runs_31_times_in_a_month_of_31_days():
    days = DayPattern(**YEAR).days(date(2026, 12, 1), date(2027, 1, 1))

    assert len(list(days)) == 31


def test_a_slot_runs_from_its_first_day_until_before_its_last():
    pattern = DayPattern(valid_from=date(2026, 11, 20), valid_until=date(2026, 11, 22))

    days = list(pattern.days(date(2026, 11, 1), date(2026, 12, 1)))

    assert days == [date(2026, 11, 20), date(2026, 11, 21)]


def test_a_slot_without_an_end_runs_for_ever():
    assert DayPattern(valid_from=date(2026, 1, 1)).runs_on(date(2040, 5, 5)) is True


def test_weekdays_count_from_monday():
    pattern = DayPattern(**YEAR, weekdays=frozenset({1, 7}))

    days = list(pattern.days(date(2026, 11, 16), date(2026, 11, 23)))

    assert days == [date(2026, 11, 16), date(2026, 11, 22)]


def test_a_day_that_a_month_has_not_is_left_out():
    pattern = DayPattern(**YEAR, days_of_month=frozenset({15, 31}))

    days = list(pattern.days(date(2026, 10, 20), date(2026, 12, 16)))

    assert days == [date(2026, 10, 31), date(2026, 11, 15), date(2026, 12, 15)]


def test_weekday_and_day_of_month_must_agree():
    pattern = DayPattern(**YEAR, weekdays=frozenset({7}), days_of_month=frozenset({21, 22}))

    assert list(pattern.days(date(2026, 11, 1), date(2026, 12, 1))) == [date(2026, 11, 22)]


def test_a_suspension_covers_both_its_ends():
    pattern = DayPattern(**YEAR, suspended=((date(2026, 2, 15), date(2026, 2, 17)),))

    days = list(pattern.days(date(2026, 2, 14), date(2026, 2, 19)))

    assert days == [date(2026, 2, 14), date(2026, 2, 18)]
    assert pattern.is_suspended_on(date(2026, 2, 17)) is True


@pytest.mark.parametrize("days", [{"weekdays": frozenset({0})}, {"days_of_month": frozenset({32})}])
def test_days_that_do_not_exist_are_refused(days):
    with pytest.raises(ValueError, match="count from 1"):
        DayPattern(**YEAR, **days)


@pytest.mark.parametrize(
    ("at", "name", "business_on"),
    [
        (datetime(2026, 11, 21, 22, 0, tzinfo=UTC), "Ca 1", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 5, 59, tzinfo=UTC), "Ca 1", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 6, 0, tzinfo=UTC), "Ca 2", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 14, 0, tzinfo=UTC), "Ca 3", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), "Ca 3", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 21, 59, tzinfo=UTC), "Ca 3", date(2026, 11, 22)),
    ],
)
def test_an_instant_belongs_to_one_ca_and_a_night_to_the_day_it_began(at, name, business_on):
    span = span_at(at, THREE)

    assert (span.name, span.business_on) == (name, business_on)


def test_a_time_between_the_ca_belongs_to_none():
    assert span_at(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), THREE[:2]) is None


def test_a_night_ends_on_the_next_morning():
    span = span_on(date(2026, 11, 22), THREE[2])

    assert span.starts_at == datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    assert span.ends_at == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
