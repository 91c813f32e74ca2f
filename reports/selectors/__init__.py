"""Reads of reports."""

from reports.selectors.shifts import ShiftReport, neighbours, newest_shift, shift_report, shifts_of

__all__ = ["ShiftReport", "neighbours", "newest_shift", "shift_report", "shifts_of"]
