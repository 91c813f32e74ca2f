"""What an operator that signs on paper is shown: its coaches ahead, and what each still needs from it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Sum

from dispatch.models import DispatchOrder
from dispatch.rules import Finding, for_the_operator
from dispatch.selectors.clearing import clearances
from dispatch.selectors.findings import sentence
from dispatch.selectors.orders import SIGNED_LATE, live_legs
from fees.enums import ChargeState
from fees.models import Charge
from station.clock import STATION_TIME, local_day
from station.models import Departure, Operator
from station.selectors.departures import LIVE, coaches, with_names

_TWO_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class PaperRun:
    """A coach ahead, the paper order the station entered for it, and what is not paid (đồng)."""

    departure: Departure
    order: DispatchOrder | None
    findings: list[Finding]
    unpaid: int

    @property
    def reasons(self) -> list[str]:
        return [sentence(finding) for finding in self.findings]

    @property
    def lacks_photo(self) -> bool:
        return self.order is not None and self.order.awaits_photo

    @property
    def waits(self) -> bool:
        """For the operator to do something before the coach leaves."""
        return bool(self.findings) or self.lacks_photo


def runs_on_paper(operator: Operator, now: datetime) -> list[PaperRun]:
    """Coaches of *operator* that leave until the end of tomorrow, late ones too, by time."""
    until = datetime.combine(local_day(now) + _TWO_DAYS, time(), STATION_TIME)
    ahead = coaches(Departure.objects.filter(operator=operator, state__in=LIVE))
    rows = with_names(ahead.filter(planned_at__gte=now - SIGNED_LATE, planned_at__lt=until))
    departures = list(rows.select_related("second_driver", "vehicle__seat_map").order_by("planned_at", "pk"))
    legs, found, unpaid = live_legs(departures), clearances(departures, now), _unpaid(departures)
    return [
        PaperRun(row, legs[row.pk].order if row.pk in legs else None, for_the_operator(found[row.pk]), unpaid[row.pk])
        for row in departures
    ]


def _unpaid(departures: list[Departure]) -> dict[int, int]:
    due = Charge.objects.filter(departure__in=departures, state=ChargeState.DUE).order_by("departure")
    return dict.fromkeys((row.pk for row in departures), 0) | dict(due.values_list("departure").annotate(Sum("gross")))
