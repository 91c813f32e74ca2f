"""Reading orders: whose they are, on which line a departure runs, which signatures wait."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from dispatch.enums import IDLE_LEGS, InspectionResult, LegState, OrderSource, OrderState, SignatureState
from dispatch.models import MAX_LEGS_PER_DIRECTION, DispatchOrder, Inspection, OrderLeg, Signature, leg_that_matters
from station.clock import local_day
from station.enums import DepartureState
from station.models import Departure, Driver, JournalEntry, Operator, Station, User, YardVisit
from station.selectors import departures as departure_selectors

SIGNED_LATE = timedelta(hours=3)


def visible_orders(user: User, station: Station | None, rights: Collection[str]) -> QuerySet[DispatchOrder]:
    """Orders *user* may open: the operator's own, the driver's own runs, those of the station they work at."""
    mine = Q(pk__in=[])
    if user.operator_id:
        mine |= Q(operator_id=user.operator_id)
    if user.driver_id:
        mine |= Q(legs__departure__driver_id=user.driver_id) | Q(legs__departure__second_driver_id=user.driver_id)
    if station is not None and "dispatch.see_orders" in rights:
        mine |= Q(station=station)
    return DispatchOrder.objects.filter(pk__in=DispatchOrder.objects.filter(mine).values("pk"))


def with_facts(orders: QuerySet[DispatchOrder]) -> QuerySet[DispatchOrder]:
    """What a page of orders shows, without a query per row."""
    runs = OrderLeg.objects.select_related(
        "departure__route__origin", "departure__route__destination", "departure__vehicle", "departure__station"
    )
    joined = orders.select_related("operator", "station", "document").defer("document__content")
    return joined.prefetch_related(
        Prefetch("signatures", queryset=Signature.objects.order_by("requested_at", "pk")),
        Prefetch("legs", queryset=runs.order_by("pk")),
    )


def live_leg(departure: Departure) -> OrderLeg | None:
    """The line of an order on which *departure* runs."""
    return live_legs([departure]).get(departure.pk)


def live_legs(departures: Iterable[Departure]) -> dict[int, OrderLeg]:
    """By departure: the line of an order on which it runs."""
    ids = [departure.pk for departure in departures]
    legs = OrderLeg.objects.filter(departure__in=ids).exclude(state__in=IDLE_LEGS)
    return {leg.departure_id: leg for leg in legs.select_related("order", "confirmed_by").order_by("pk")}


def departure_of(order: DispatchOrder) -> Departure:
    """The run of the line of *order* that matters now."""
    return leg_that_matters(_runs_of(order)).departure


def leg_on_the_road(order: DispatchOrder) -> OrderLeg:
    """What the coach runs now: the line confirmed last; before any was, the line to run."""
    legs = _runs_of(order)
    confirmed = [(leg.confirmed_at, leg.pk, leg) for leg in legs if leg.confirmed_at and leg.state not in IDLE_LEGS]
    return max(confirmed)[-1] if confirmed else leg_that_matters(legs)


def _runs_of(order: DispatchOrder) -> list[OrderLeg]:
    joined = order.legs.select_related(
        "departure__station", "departure__route", "departure__operator", "departure__vehicle__seat_map",
        "departure__driver", "departure__second_driver", "departure__seat_map",
    )  # fmt: skip
    return list(joined.order_by("pk"))


def passed_inspection(visit: YardVisit, departure: Departure) -> Inspection | None:
    """The check by which *visit* took *departure*."""
    passed = Inspection.objects.filter(visit=visit, departure=departure, result=InspectionResult.PASSED)
    return passed.select_related("checked_by").order_by("pk").first()


def known_sheet(departure: Departure) -> DispatchOrder | None:
    """The paper order on which *departure* can be the next run: the same coach, valid that day, a line free."""
    if departure.vehicle is None:
        return None
    day = local_day(departure.planned_at)
    sheets = DispatchOrder.objects.filter(
        source=OrderSource.PAPER, state__in=[OrderState.ISSUED, OrderState.CONFIRMED],
        operator_id=departure.operator_id, contents__vehicle__plate=departure.vehicle.plate,
        valid_from__lte=day, valid_until__gte=day,
    )  # fmt: skip
    used = Coalesce(Max("legs__position", filter=Q(legs__direction=departure.direction)), 0)
    free = sheets.annotate(used=used).filter(used__lt=MAX_LEGS_PER_DIRECTION)
    return free.order_by("-issued_at", "-pk").first()


def waiting_signatures(order: DispatchOrder) -> QuerySet[Signature]:
    """Signatures asked for but not yet in the document, in the order they were asked for."""
    waiting = order.signatures.filter(state=SignatureState.REQUESTED)
    return waiting.select_related("signer").order_by("requested_at", "pk")


def signatures_of(order: DispatchOrder) -> QuerySet[Signature]:
    return order.signatures.select_related("signer").order_by("requested_at", "pk")


def history_of(order: DispatchOrder) -> QuerySet[JournalEntry]:
    """What happened to *order*, oldest first, and which of its runs was confirmed and taken back."""
    own = JournalEntry.objects.filter(obj=order.journal_name)
    taken_back = [leg.journal_name for leg in order.legs.filter(state=LegState.WITHDRAWN).order_by("pk")]
    runs = JournalEntry.objects.filter(obj__in=taken_back)
    return (own | runs).select_related("actor").order_by("pk")


def paper_entered_at(order: DispatchOrder) -> datetime | None:
    """When somebody typed in a paper order."""
    paper = order.contents["paper"]
    return datetime.fromisoformat(paper["entered_at"]) if paper else None


def order_by_token(token: str) -> DispatchOrder | None:
    """The order behind a QR code; None for anything that is no token of ours."""
    try:
        wanted = uuid.UUID(token)
    except ValueError:
        return None
    orders = DispatchOrder.objects.select_related("operator", "station")
    return orders.filter(token=wanted).order_by("pk").first()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A departure of the day and the order it runs on, if there is one."""

    departure: Departure
    order: DispatchOrder | None

    @property
    def standing(self) -> str:
        """One word for lists and filters: `none` when there is no order."""
        return self.order.state if self.order else "none"

    @property
    def can_be_drawn_up(self) -> bool:
        departure = self.departure
        named = departure.vehicle_id is not None and departure.driver_id is not None
        return self.order is None and named and departure.is_live and departure.operator.signs_electronically

    @property
    def takes_paper(self) -> bool:
        departure = self.departure
        named = departure.vehicle_id is not None and departure.driver_id is not None
        return self.order is None and named and departure.is_live


def order_lines(station: Station, day: date) -> list[OrderLine]:
    """Coaches of *station* on *day* by time, each with its order; cancelled runs without one are left out."""
    departures = list(departure_selectors.coaches(departure_selectors.departures_of_the_day(station, day)))
    legs = live_legs(departures)
    lines = [OrderLine(row, legs[row.pk].order if row.pk in legs else None) for row in departures]
    gone = {DepartureState.CANCELLED, DepartureState.MISSED}
    return [line for line in lines if line.order or line.departure.state not in gone]


def departures_without_order(station: Station, day: date) -> list[int]:
    """Departures of *day* for which an electronic order can be drawn up now, by time."""
    return [line.departure.pk for line in order_lines(station, day) if line.can_be_drawn_up]


def orders_of_operator(operator: Operator) -> QuerySet[DispatchOrder]:
    return DispatchOrder.objects.filter(operator=operator)


def unsigned_orders(operator: Operator, now: datetime) -> list[DispatchOrder]:
    """What waits for the operator's signature, by time of departure. A late coach is still signed for; a run that
    should have left long ago is not offered any more."""
    waiting = orders_of_operator(operator).filter(state=OrderState.DRAFT)
    waiting = waiting.filter(legs__departure__planned_at__gte=now - SIGNED_LATE)
    return list(with_facts(waiting).order_by("legs__departure__planned_at", "pk"))


def orders_without_photo(now: datetime) -> QuerySet[DispatchOrder]:
    """Paper orders of runs ahead whose sheet nobody has photographed."""
    rows = DispatchOrder.objects.filter(source=OrderSource.PAPER, scan=None).exclude(state=OrderState.CANCELLED)
    ahead = OrderLeg.objects.filter(departure__planned_at__gte=now - SIGNED_LATE).exclude(state__in=IDLE_LEGS)
    return rows.filter(pk__in=ahead.values("order"))


def orders_of_driver(driver: Driver, from_day: date) -> list[DispatchOrder]:
    """What *driver* runs from *from_day* on, by time; withdrawn orders are left out."""
    mine_of_leg = Q(departure__driver=driver) | Q(departure__second_driver=driver)
    named = OrderLeg.objects.filter(mine_of_leg, order__valid_until__gte=from_day).exclude(state__in=IDLE_LEGS)
    rows = DispatchOrder.objects.filter(pk__in=named.values("order")).exclude(state=OrderState.CANCELLED)
    return list(with_facts(rows).alias(last_run_at=Max("legs__departure__planned_at")).order_by("last_run_at", "pk"))


def signed_orders(operator: Operator, limit: int) -> list[DispatchOrder]:
    """What the operator signed or issued, the latest first."""
    done = orders_of_operator(operator).exclude(state__in=[OrderState.DRAFT])
    rows = with_facts(done).alias(last_run_at=Max("legs__departure__planned_at"))
    return list(rows.order_by("-valid_from", "-last_run_at", "-pk")[:limit])
