"""Who sells what here: contracts by operator, and the routes that leave from a station."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from station.enums import RouteKind
from station.models import Contract, Operator, Route, Station


@dataclass(frozen=True, slots=True)
class Partner:
    """An operator that runs from here, the contract that counts today and the ones to come."""

    operator: Operator
    contract: Contract | None
    to_come: tuple[Contract, ...]

    @property
    def last_day(self) -> date | None:
        """The last day of the contract that counts."""
        until = self.contract.valid_until if self.contract else None
        return until - timedelta(days=1) if until else None


def partners_of(station: Station, today: date) -> list[Partner]:
    """Operators that have a slot or a contract here, by name; three queries however many."""
    rows = operators_of(station)
    contracts: dict[int, list[Contract]] = {}
    for contract in Contract.objects.filter(station=station).order_by("valid_from"):
        contracts.setdefault(contract.operator_id, []).append(contract)
    return [_partner(operator, contracts.get(operator.pk, []), today) for operator in rows]


def operators_of(station: Station) -> QuerySet[Operator]:
    here = Operator.objects.filter(notices__slots__station=station) | Operator.objects.filter(
        contracts__station=station
    )
    coaches = Operator.objects.filter(pk__in=here.values("pk"))
    return coaches.order_by("short_name", "pk")


def _partner(operator: Operator, contracts: list[Contract], today: date) -> Partner:
    valid = [
        row for row in contracts if row.valid_from <= today and (row.valid_until is None or today < row.valid_until)
    ]
    return Partner(operator, valid[0] if valid else None, tuple(row for row in contracts if row.valid_from > today))


def routes_from(station: Station) -> QuerySet[Route]:
    """Routes that have a slot here and sell tickets, by name."""
    rows = Route.objects.filter(notices__slots__station=station).exclude(kind=RouteKind.BUS)
    return rows.distinct().order_by("name", "pk")
