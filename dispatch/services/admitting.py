"""Before the bay: the coach is checked and takes its departure, on a new sheet or on the next line of one it has."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from dispatch import selectors
from dispatch.enums import InspectionResult, OrderSource, OrderState
from dispatch.errors import (
    AlreadyChecked,
    NoFreeLine,
    NothingToCheck,
    OrderExists,
    PaperNotValidThatDay,
    SheetNotUsable,
    SheetOfAnotherCoach,
    SheetUnknown,
)
from dispatch.models import MAX_LEGS_PER_DIRECTION, DispatchOrder, Inspection, OrderLeg
from dispatch.rules import Finding, for_the_check
from dispatch.services.drawing import PaperSheet, enter_paper_order
from station.clock import local, local_day
from station.enums import Milestone, RouteKind, VisitState
from station.errors import DepartureNotOpen, NotInYard
from station.models import Departure, User, YardVisit
from station.models.journal import record
from station.models.locks import lock
from station.rules import plates
from station.services import outbox
from station.services.departures import reach

USABLE = (OrderState.ISSUED, OrderState.CONFIRMED)


@transaction.atomic
def admit(
    *, visit_id: int, sheet: PaperSheet | None = None, next_leg_of: int | None = None, by: User, now: datetime
) -> Inspection:
    """Check a coach in the yard and write down whether it may take its departure (TT 12/2020 Đ.6).

    *sheet*: the paper order to enter first; *next_leg_of*: the paper order whose next line the coach runs on. What
    speaks against it is kept as a refusal; a coach that was refused is checked again. Raises NotInYard, NothingToCheck,
    DepartureNotOpen, AlreadyChecked, and what enter_paper_order and take_next_leg raise.
    """
    visit = YardVisit.objects.get(pk=visit_id)
    departure = locked_departure(visit.departure_id) if visit.departure_id else None
    visit = lock(YardVisit.objects.filter(pk=visit_id)).get()
    if visit.state != VisitState.IN_YARD:
        raise NotInYard(plate=plates.display(visit.plate))
    if departure is None or not RouteKind(departure.route.kind).runs_on_order or visit.departure_id != departure.pk:
        raise NothingToCheck(plate=plates.display(visit.plate))
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    _refuse_twice(visit, departure)
    if sheet is not None:
        enter_paper_order(departure_id=departure.pk, sheet=sheet, by=by, now=now)
    elif next_leg_of is not None:
        take_next_leg(order_id=next_leg_of, departure_id=departure.pk, by=by, now=now)
    return inspected(visit, departure, for_the_check(selectors.clearance(departure, now)), by=by, now=now)


def inspected(visit: YardVisit, departure: Departure, found: list[Finding], *, by: User, now: datetime) -> Inspection:
    """Write down what a check of *visit* found; inside the caller's transaction, all locks taken."""
    inspection = Inspection.objects.create(
        visit=visit,
        departure=departure,
        result=InspectionResult.REFUSED if found else InspectionResult.PASSED,
        findings=[{"code": finding.code, "facts": dict(finding.facts)} for finding in found],
        checked_at=now,
        checked_by=by,
    )
    facts = {"departure": departure.pk, "codes": [finding.code for finding in found]}
    record(
        action=f"visit_check_{inspection.result}", obj=visit.journal_name, station_id=visit.station_id,
        by=by, now=now, facts=facts,
    )  # fmt: skip
    outbox.push(f"gate-{departure.station.code}", now=now)
    return inspection


def _refuse_twice(visit: YardVisit, departure: Departure) -> None:
    if passed := selectors.passed_inspection(visit, departure):
        raise AlreadyChecked(
            plate=plates.display(visit.plate), at=f"{local(passed.checked_at):%H:%M}", who=str(passed.checked_by)
        )


@transaction.atomic
def take_next_leg(*, order_id: int, departure_id: int, by: User, now: datetime) -> OrderLeg:
    """One more run on a paper sheet that the station knows: its next free line, at most four each way.

    Raises DepartureNotOpen, OrderExists, SheetUnknown, SheetNotUsable, SheetOfAnotherCoach,
    PaperNotValidThatDay, NoFreeLine.
    """
    departure = locked_departure(departure_id)
    order = lock(DispatchOrder.objects.select_related("operator", "station").filter(pk=order_id)).first()
    if order is None:
        raise SheetUnknown
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    if leg := selectors.live_leg(departure):
        raise OrderExists(departure=str(departure), order=leg.order.number)
    _refuse_sheet(order, departure)
    leg = next_line(order, departure)
    leg.save()
    record(
        action="dispatch_next_leg", obj=order.journal_name, station_id=departure.station_id, by=by, now=now,
        facts={"departure": departure.pk, "direction": leg.direction, "position": leg.position},
    )  # fmt: skip
    reach(departure, Milestone.ORDER_ISSUED, by=by, now=now)
    outbox.push(f"orders-{departure.station.code}", now=now)
    outbox.push(f"operator-{order.operator.code}", now=now)
    return leg


def next_line(order: DispatchOrder, departure: Departure) -> OrderLeg:
    """The next free line of a sheet, not yet written; call it with the order locked. Raises NoFreeLine."""
    used = OrderLeg.objects.filter(order=order, direction=departure.direction)
    last = used.aggregate(last=Max("position", default=0))["last"]
    if last >= MAX_LEGS_PER_DIRECTION:
        raise NoFreeLine(number=order.paper_number or order.number, lines=MAX_LEGS_PER_DIRECTION)
    return OrderLeg(order=order, direction=departure.direction, position=last + 1, departure=departure)


def _refuse_sheet(order: DispatchOrder, departure: Departure) -> None:
    if order.source != OrderSource.PAPER or order.state not in USABLE:
        raise SheetNotUsable(order=order.number, state=order.get_state_display())
    plate = str(order.contents["vehicle"]["plate"])
    is_its_own = departure.vehicle is not None and departure.vehicle.plate == plate
    if not is_its_own or order.operator_id != departure.operator_id:
        raise SheetOfAnotherCoach(number=order.paper_number, plate=plates.display(plate))
    day = local_day(departure.planned_at)
    if not order.valid_from <= day <= order.valid_until:
        raise PaperNotValidThatDay(
            first=f"{order.valid_from:%d/%m/%Y}", last=f"{order.valid_until:%d/%m/%Y}", day=f"{day:%d/%m/%Y}"
        )


def locked_departure(departure_id: int) -> Departure:
    return lock(with_clearance(Departure.objects.filter(pk=departure_id))).get()


def with_clearance(departures: QuerySet[Departure]) -> QuerySet[Departure]:
    """With what a clearance asks for."""
    return departures.select_related("station", "route", "operator", "vehicle", "seat_map")
