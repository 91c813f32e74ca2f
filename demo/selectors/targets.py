"""What a step of the tour points at: a row that is there right now, else None."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from dispatch.enums import InspectionResult, OrderSource, OrderState
from dispatch.models import DispatchOrder
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from fees.enums import ChargeState
from fees.models import Charge
from station import clock
from station.enums import DocumentKind, TillState, VehicleKind, VisitState
from station.models import Departure, Station, Till, YardVisit
from station.selectors.departures import LIVE, awaited, coaches

TIME_TO_MOVE = timedelta(minutes=10)
# A bus that should have come a while ago is still let in.
BUS_IS_LATE = timedelta(minutes=20)
_ISSUED = [OrderState.ISSUED, OrderState.CONFIRMED, OrderState.COMPLETED]


def clerk_with_a_till(people: Collection[str]) -> str | None:
    """Of *people* the one whose till is open, in the order of the user names."""
    tills = Till.objects.filter(clerk__username__in=people, state=TillState.OPEN)
    return tills.order_by("clerk__username").values_list("clerk__username", flat=True).first()


def plate_of(departure_id: int) -> str | None:
    return Departure.objects.filter(pk=departure_id).values_list("vehicle__plate", flat=True).first()


def plate_charged(charge_id: int) -> str | None:
    return Charge.objects.filter(pk=charge_id).values_list("departure__vehicle__plate", flat=True).first()


def departure_to_move(station: Station, now: datetime) -> int | None:
    """The next coach that has a bay and time enough to change it."""
    rows = coaches(awaited(station, now)).filter(planned_at__gte=now + TIME_TO_MOVE, bay_booking__is_live=True)
    return rows.values_list("pk", flat=True).first()


def plate_to_refuse(station: Station, now: datetime) -> str | None:
    """A coach in the yard whose inspection has expired and that was not admitted."""
    today = clock.local_day(now)
    dated = Q(vehicle__documents__kind=DocumentKind.INSPECTION)
    valid = dated & (Q(vehicle__documents__valid_until=None) | Q(vehicle__documents__valid_until__gt=today))
    with_valid = YardVisit.objects.filter(valid, state=VisitState.IN_YARD).values("pk")
    return _inside(station).filter(vehicle__kind=VehicleKind.COACH).exclude(pk__in=with_valid).first()


def plate_to_pay(station: Station) -> str | None:
    """A coach in the yard whose in/out price is due: one that passed the check first, then by time."""
    passed = Case(
        When(departure__inspections__result=InspectionResult.PASSED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    due = _inside(station).filter(departure__charges__state=ChargeState.DUE, departure__order_legs__isnull=False)
    return due.order_by(passed, "departure__planned_at", "pk").first()


def _inside(station: Station) -> QuerySet[YardVisit, str]:
    rows = YardVisit.objects.filter(station=station, state=VisitState.IN_YARD, departure__state__in=LIVE)
    return rows.order_by("departure__planned_at", "pk").values_list("plate", flat=True)


def bus_to_let_in(station: Station, now: datetime) -> str | None:
    """The next bus that is not in the yard."""
    inside = YardVisit.objects.filter(state=VisitState.IN_YARD).values("plate")
    rows = awaited(station, now).filter(vehicle__kind=VehicleKind.BUS, planned_at__gte=now - BUS_IS_LATE)
    return rows.exclude(vehicle__plate__in=inside).values_list("vehicle__plate", flat=True).first()


def order_to_show(station: Station) -> int | None:
    """The newest signed electronic order, one that the station confirmed before others."""
    rank = Case(When(state=OrderState.ISSUED, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = DispatchOrder.objects.filter(station=station, source=OrderSource.ELECTRONIC, state__in=_ISSUED)
    return rows.order_by(rank, "-issued_at", "-pk").values_list("pk", flat=True).first()


def invoice_to_cure(station: Station) -> int | None:
    rows = Invoice.objects.filter(station=station, state=InvoiceState.REFUSED)
    return rows.order_by("-issued_at", "-pk").values_list("pk", flat=True).first()
