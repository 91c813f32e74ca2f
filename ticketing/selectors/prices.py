"""What a passenger pays: the posted fare, the surcharge of the day, the one discount that is best."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from station.clock import local_day
from station.models import Departure
from station.models.written_once import any_of, asked_often
from ticketing import rules
from ticketing.models import DiscountGroup, Surcharge


@dataclass(frozen=True)
class Extras:
    """The surcharges of some days, read once."""

    rows: Sequence[Surcharge]

    def of(self, departure: Departure) -> rules.Extra | None:
        """The narrowest one that covers *departure*: its operator's before everybody's, its route's before any."""
        day = local_day(departure.planned_at)
        fitting = [row for row in self.rows if _covers(row, departure, day)]
        best = max(fitting, key=lambda row: (bool(row.operator_id), bool(row.route_id), row.direction), default=None)
        return rules.Extra(best.percent, best.name, best.declared_number) if best else None


def _covers(row: Surcharge, departure: Departure, day: date) -> bool:
    return (
        row.operator_id in {None, departure.operator_id}
        and row.route_id in {None, departure.route_id}
        and row.direction in {"", departure.direction}
        and row.valid_from <= day < row.valid_until
    )


def extras_on(days: Collection[date]) -> Extras:
    """What is declared on top of the fares on *days*, in one query."""
    if not days:
        return Extras(())
    return Extras(_surcharges(min(days), max(days)))


@asked_often
def _surcharges(first: date, last: date) -> QuerySet[Surcharge]:
    return Surcharge.objects.filter(valid_from__lte=last, valid_until__gt=first).order_by("pk")


@dataclass(frozen=True)
class Groups:
    """Discount groups, read once: each operator has its own and those of all."""

    rows: Sequence[DiscountGroup]

    def of(self, departure: Departure) -> dict[str, DiscountGroup]:
        """By code, the better one where its operator and all have the same; the largest reduction first."""
        day = local_day(departure.planned_at)
        best: dict[str, DiscountGroup] = {}
        for row in self.rows:
            lasts = row.valid_from <= day and (row.valid_until is None or day < row.valid_until)
            known = best.get(row.code)
            if (
                lasts
                and row.operator_id in {None, departure.operator_id}
                and (not known or row.percent > known.percent)
            ):
                best[row.code] = row
        return dict(sorted(best.items(), key=lambda pair: (-pair[1].percent, pair[0])))

    def discounts(self, departure: Departure, code: str) -> list[rules.Discount]:
        row = self.of(departure).get(code)
        return [rules.Discount(row.code, row.percent, row.name, row.name_en)] if row else []


def groups_of(operators: Iterable[int]) -> Groups:
    """The groups of *operators* and of all, in one query."""
    return Groups(_groups(list(set(operators))))


@asked_often
def _groups(operators: Sequence[int]) -> QuerySet[DiscountGroup]:
    return DiscountGroup.objects.filter(Q(operator=None) | any_of(operator=operators)).order_by("pk")


def groups_from(day: date) -> QuerySet[DiscountGroup]:
    """What counts on *day* or will, by code, those of all operators first."""
    rows = DiscountGroup.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day)).select_related("operator")
    return rows.order_by("code", F("operator").asc(nulls_first=True), "valid_from")


def surcharges_from(day: date) -> QuerySet[Surcharge]:
    """What counts on *day* or will, soonest first."""
    rows = Surcharge.objects.filter(valid_until__gt=day).select_related("operator", "route")
    return rows.order_by("valid_from", "pk")
