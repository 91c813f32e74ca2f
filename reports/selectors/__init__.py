"""Reads of reports."""

from reports.selectors.pace import DayPace, pace_of_day
from reports.selectors.shifts import ShiftReport, neighbours, newest_day, newest_shift, shift_report, shifts_of

__all__ = [
    "DayPace",
    "ShiftReport",
    "neighbours",
    "newest_day",
    "newest_shift",
    "pace_of_day",
    "shift_report",
    "shifts_of",
]
