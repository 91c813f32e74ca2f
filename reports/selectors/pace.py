"""How fast clerks sell: from the moment a customer's seats are kept to the sale, by the server's own times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from station.models import Shift, Station, User
from ticketing.models import Sale

_TENTH = timedelta(milliseconds=100)
# Who pays by bank takes their own time, and the clerk serves the next customer meanwhile.
_TIMED = Q(held_at__isnull=False, waited_for=None)


class _Percentile(Aggregate):
    """The duration that *share* of the rows do not exceed."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, share: str) -> None:
        super().__init__(F("sold_at") - F("held_at"), filter=_TIMED, share=share, output_field=DurationField())


@dataclass(frozen=True, slots=True)
class Pace:
    """Sales, how many of them were timed, and their seconds: half are not slower than `median`, nine of ten not slower
    than `slow`."""

    sales: int = 0
    timed: int = 0
    median: Decimal | None = None
    slow: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClerkPace:
    clerk: User
    pace: Pace


@dataclass(frozen=True, slots=True)
class ShiftPace:
    """One ca: its clerks, who sold most first."""

    shift: Shift
    whole: Pace
    clerks: Sequence[ClerkPace]


@dataclass(frozen=True, slots=True)
class DayPace:
    on: date
    whole: Pace
    shifts: Sequence[ShiftPace]


def pace_of_day(station: Station, on: date) -> DayPace:
    """The shifts of the business date *on*."""
    shifts = list(Shift.objects.filter(station=station, business_on=on).order_by("starts_at"))
    sales = Sale.objects.filter(till__shift__in=shifts)
    by_shift, by_clerk = _by(sales, "till__shift"), _by(sales, "till__shift", "sold_by")
    people = User.objects.in_bulk({clerk for _shift, clerk in by_clerk})
    return DayPace(on, _whole(sales), [
        ShiftPace(shift, by_shift.get((shift.pk,), Pace()), _clerks(shift, by_clerk, people)) for shift in shifts
    ])  # fmt: skip


def _clerks(shift: Shift, by_clerk: dict[tuple[int, ...], Pace], people: dict[int, User]) -> list[ClerkPace]:
    lines = [ClerkPace(people[clerk], pace) for (its, clerk), pace in by_clerk.items() if its == shift.pk]
    return sorted(lines, key=lambda line: (-line.pace.sales, line.clerk.username))


def pace_of_shift(shift: Shift) -> Pace:
    return _whole(Sale.objects.filter(till__shift=shift))


def pace_by_till(shift: Shift) -> dict[int, Pace]:
    return {till: pace for (till,), pace in _by(Sale.objects.filter(till__shift=shift), "till").items()}


def _by(sales: QuerySet[Sale], *names: str) -> dict[tuple[int, ...], Pace]:
    rows = sales.values(*names).order_by(*names).annotate(**_figures())
    return {tuple(row[name] for name in names): _pace(row) for row in rows}


def _whole(sales: QuerySet[Sale]) -> Pace:
    return _pace(sales.aggregate(**_figures()))


def _figures() -> dict[str, Aggregate]:
    return {
        "sales": Count("pk"),
        "timed": Count("pk", filter=_TIMED),
        "median": _Percentile("0.5"),
        "slow": _Percentile("0.9"),
    }


def _pace(row: dict[str, Any]) -> Pace:
    return Pace(row["sales"], row["timed"], _seconds(row["median"]), _seconds(row["slow"]))


def _seconds(lasted: timedelta | None) -> Decimal | None:
    return None if lasted is None else Decimal((lasted + _TENTH / 2) // _TENTH) / 10
