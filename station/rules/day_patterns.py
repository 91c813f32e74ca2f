"""On which days a registered departure time runs: a slot is not simply daily (domain: registered trips)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DayPattern:
    """Days of the week and of the month (both must agree; empty = every), a validity, and what is suspended."""

    valid_from: date
    valid_until: date | None = None  # exclusive
    weekdays: frozenset[int] = frozenset()  # 1 = Monday
    days_of_month: frozenset[int] = frozenset()
    suspended: tuple[tuple[date, date], ...] = ()  # first and last day, both inclusive

    def __post_init__(self) -> None:
        if not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError(f"Days of the week count from 1 to 7: {sorted(self.weekdays)}")
        if not self.days_of_month <= frozenset(range(1, 32)):
            raise ValueError(f"Days of the month count from 1 to 31: {sorted(self.days_of_month)}")

    def runs_on(self, day: date) -> bool:
        return self._is_valid_on(day) and self._names(day) and not self.is_suspended_on(day)

    def is_suspended_on(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.suspended)

    def days(self, first: date, until: date) -> Iterator[date]:
        """The days it runs from *first* until before *until*."""
        every = (first + timedelta(days=offset) for offset in range((until - first).days))
        return (day for day in every if self.runs_on(day))

    def _is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def _names(self, day: date) -> bool:
        by_week = not self.weekdays or day.isoweekday() in self.weekdays
        return by_week and (not self.days_of_month or day.day in self.days_of_month)
