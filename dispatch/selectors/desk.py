"""The desk: every coach that is due or in the yard at a person's stations, read in the same few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from dispatch.models import Inspection, OrderLeg
from dispatch.rules import Step
from dispatch.selectors.clearing import Known, Seen
from dispatch.selectors.coaches import Coach
from dispatch.selectors.gate import typed_plate
from dispatch.selectors.orders import known_sheet, live_legs, passed_inspection
from fees.enums import ChargeState
from fees.models import Charge
from station.clock import local
from station.enums import RouteKind, VehicleKind, VisitState
from station.models import Departure, Station, User, YardVisit
from station.rules import plates
from station.selectors import departures as departure_selectors
from ticketing.enums import LIVE_STATES
from ticketing.models import Ticket

DUE_WITHIN = timedelta(hours=2)
GONE_SHOWN = timedelta(minutes=10)
TOPICS = ("gate", "orders", "bays", "charges", "sale")
SOLD = "tickets_sold"
MOST_MATCHES = 9  # one digit chooses


@dataclass(frozen=True, slots=True)
class Wanted:
    """The coach somebody asked for: what was typed or scanned, and the code of a station when two have it."""

    typed: str = ""
    at: str = ""


@dataclass(slots=True)
class Desk:
    """What the page shows. Nothing `chosen` and no `matches` though something was typed: nobody knows that plate."""

    stations: list[Station]
    typed: str
    coaches: list[Coach] = field(default_factory=list)
    gone: list[Coach] = field(default_factory=list)
    matches: list[Coach] = field(default_factory=list)
    chosen: Coach | None = None

    @property
    def topics(self) -> str:
        return " ".join(f"{topic}-{station.code}" for station in self.stations for topic in TOPICS)

    @property
    def has_several_stations(self) -> bool:
        return len(self.stations) > 1


def desk_of(stations: Sequence[Station], here: Station, wanted: Wanted, now: datetime) -> Desk:
    """The desk of somebody who works at *stations* and stands *here*. Seven queries however many coaches; one more
    where a sheet of the chosen coach may be known."""
    end = plates.normalise(typed_plate(wanted.typed)) if wanted.typed else ""
    desk = Desk(stations=list(stations), typed=end)
    known = _coaches(stations, end, now)
    desk.coaches = [coach for coach in known if coach.is_listed and not coach.is_gone]
    desk.gone = [coach for coach in known if coach.is_listed and coach.is_gone]
    if not end:
        return desk
    found = _meant(known, end, wanted.at, now)
    if len(found) > 1:
        desk.matches = found[:MOST_MATCHES]
    elif found:
        desk.chosen = found[0]
        _look_for_a_sheet(found[0])
    elif plates.is_plate(end):
        station = next((one for one in stations if one.code == wanted.at), here)
        desk.chosen = Coach(station, end, None, None, now, is_listed=False)
    return desk


def _look_for_a_sheet(coach: Coach) -> None:
    if coach.step == Step.CHECK and coach.leg is None and coach.departure is not None:
        coach.known_sheet = known_sheet(coach.departure)


def _meant(known: Iterable[Coach], end: str, at: str, now: datetime) -> list[Coach]:
    """Which coaches *end* may mean: those on the desk before those that are not, a whole plate before a part of one,
    and of one coach the departure that it would be let in for."""
    alike = [coach for coach in known if coach.plate.endswith(end) and at in {"", coach.station.code}]
    by_coach: dict[tuple[str, str], list[Coach]] = defaultdict(list)
    for coach in alike:
        by_coach[coach.plate, coach.station.code].append(coach)
    best = [min(ones, key=lambda one: _distance(one, now)) for ones in by_coach.values()]
    for narrower in (
        [coach for coach in best if coach.plate == end],
        [coach for coach in best if coach.is_listed and not coach.is_gone],
        [coach for coach in best if not coach.is_gone],
    ):
        if narrower:
            return narrower
    return best


def _distance(coach: Coach, now: datetime) -> tuple[bool, bool, timedelta]:
    away = abs(coach.departure.planned_at - now) if coach.departure else timedelta()
    return not coach.is_inside, coach.is_gone, away


def _coaches(stations: Sequence[Station], end: str, now: datetime) -> list[Coach]:
    visits = list(_visits(stations, now))
    inside = {visit.departure_id: visit for visit in visits if visit.state == VisitState.IN_YARD}
    left = {visit.departure_id: visit for visit in visits if visit.state == VisitState.LEFT}
    served = {pk for pk in (*inside, *left) if pk}
    departures = [row for row in _departures(stations, served, end, now) if row.is_live or row.pk in served]
    facts = _facts(departures, inside, now)
    serving = {visit.plate: visit for visit in inside.values()}
    rows = []
    for departure in departures:
        visit = inside.get(departure.pk) or (None if departure.is_live else left.get(departure.pk))
        rows.append(_coach(departure, visit, serving, facts, now))
    strangers = [visit for visit in visits if visit.state == VisitState.IN_YARD and visit.departure_id is None]
    rows += [
        Coach(visit.station, visit.plate, None, visit, now, is_listed=not _is_bus(visit)) for visit in strangers
    ]  # fmt: skip
    return [row for row in rows if row.is_listed or (end and row.plate.endswith(end))]


def _coach(
    departure: Departure, visit: YardVisit | None, serving: dict[str, YardVisit], facts: "_Facts", now: datetime
) -> Coach:
    plate = visit.plate if visit else (departure.vehicle.plate if departure.vehicle else "")
    other = serving.get(plate) if visit is None else None
    places = facts.known.places_of(departure)
    coach = Coach(
        departure.station, plate, departure, visit, now,
        leg=facts.legs.get(departure.pk),
        charge=facts.charges.get(departure.pk),
        inspection=facts.inspections.get(visit.pk) if visit else None,
        sold=min(getattr(departure, SOLD) or 0, places),
        places=places,
        fee=facts.known.fee_of(departure),
        is_listed=departure.route.kind != RouteKind.BUS and (visit is not None or _is_due(departure, now)),
    )  # fmt: skip
    if departure.is_live:
        coach.findings = facts.known.findings_on(departure)
    if coach.inspection and coach.inspection.departure_id != departure.pk:
        coach.inspection = None  # of the departure it was named for before
    if other:
        run = other.departure
        coach.elsewhere = f"{local(run.planned_at):%H:%M}" if run else f"{local(other.entered_at):%H:%M}"
    return coach


def _is_due(departure: Departure, now: datetime) -> bool:
    return departure.planned_at <= now + DUE_WITHIN


def _is_bus(visit: YardVisit) -> bool:
    return visit.vehicle is not None and visit.vehicle.kind == VehicleKind.BUS


def _visits(stations: Sequence[Station], now: datetime) -> QuerySet[YardVisit]:
    """Who is in the yard, since whenever, and who left it on a departure just now."""
    just_gone = Q(state=VisitState.LEFT, left_at__gte=now - GONE_SHOWN, departure__isnull=False)
    rows = YardVisit.objects.filter(Q(state=VisitState.IN_YARD) | just_gone, station__in=stations)
    return rows.select_related("station", "vehicle", "departure", "entered_by", "left_by").order_by("pk")


def _departures(stations: Sequence[Station], served: set[int], end: str, now: datetime) -> QuerySet[Departure]:
    """Those that a coach serves, those that are due or overdue, and today's others of the plate that was typed."""
    around = departure_selectors.around(now)
    asked_for = around & Q(planned_at__lte=now + DUE_WITHIN) & ~Q(route__kind=RouteKind.BUS)
    if end:
        asked_for |= around & Q(vehicle__plate__endswith=end)
    live = Q(state__in=departure_selectors.LIVE) & asked_for
    rows = Departure.objects.filter(live | Q(pk__in=served), station__in=stations)
    tickets = Ticket.objects.filter(departure=OuterRef("pk"), state__in=LIVE_STATES).order_by()
    count = Subquery(tickets.values("departure").annotate(count=Count("pk") + Sum("lap_children")).values("count"))
    named = departure_selectors.with_names(rows).select_related("second_driver").annotate(**{SOLD: count})
    return named.order_by("planned_at", "pk")


@dataclass(slots=True)
class _Facts:
    """What is known about the departures of a desk, by their key; inspections by visit, the last one counts."""

    known: Known
    legs: dict[int, OrderLeg]
    charges: dict[int | None, Charge]
    inspections: dict[int, Inspection]


def _facts(departures: list[Departure], inside: dict[int | None, YardVisit], now: datetime) -> _Facts:
    legs = live_legs(departures)
    charges: dict[int | None, list[Charge]] = defaultdict(list)
    owed = Charge.objects.filter(departure__in=departures).exclude(state=ChargeState.CANCELLED)
    for charge in owed.select_related("payment__by").order_by("pk"):
        charges[charge.departure_id].append(charge)
    plates_inside = {pk: visit.plate for pk, visit in inside.items()}
    states = {pk: [str(charge.state) for charge in ones] for pk, ones in charges.items()}
    checks = Inspection.objects.filter(departure__in=departures)
    return _Facts(
        known=Known(departures, now, Seen(legs, plates_inside, states)),
        legs=legs,
        charges={pk: _to_pay(ones) for pk, ones in charges.items()},
        inspections={row.visit_id: row for row in checks.select_related("checked_by").order_by("pk")},
    )


def _to_pay(charges: list[Charge]) -> Charge:
    """The first that is still due, else the first."""
    due = [charge for charge in charges if charge.state == ChargeState.DUE]
    return (due or charges)[0]


@dataclass(frozen=True, slots=True)
class Doing:
    """Who did a step of a coach, and when."""

    by: User
    at: datetime


def who_did(step: Step, plate: str, station: Station) -> Doing | None:
    """Who did *step* with the coach *plate* on its latest visit of *station*; None when nobody has."""
    visits = YardVisit.objects.filter(plate=plate, station=station)
    visit = visits.select_related("entered_by", "left_by", "departure").order_by("-entered_at", "-pk").first()
    if visit is None:
        return None
    if step == Step.ENTER:
        return _doing(visit.entered_by, visit.entered_at) if visit.state == VisitState.IN_YARD else None
    if step == Step.LET_OUT:
        return _doing(visit.left_by, visit.left_at)
    return _who_did_for(step, visit, visit.departure) if visit.departure else None


def _who_did_for(step: Step, visit: YardVisit, departure: Departure) -> Doing | None:
    if step == Step.CHECK:
        passed = passed_inspection(visit, departure)
        return _doing(passed.checked_by, passed.checked_at) if passed else None
    if step == Step.PAY:
        rows = Charge.objects.filter(departure=departure, state=ChargeState.PAID).select_related("payment__by")
        paid = rows.order_by("-pk").first()
        return _doing(paid.payment.by, paid.payment.at) if paid and paid.payment else None
    leg = live_legs([departure]).get(departure.pk)
    return _doing(leg.confirmed_by, leg.confirmed_at) if leg else None


def _doing(by: User | None, at: datetime | None) -> Doing | None:
    return Doing(by, at) if by and at else None
