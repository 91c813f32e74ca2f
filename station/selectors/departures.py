"""Departures and the slots they come from."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import PROTECT, Exists, ForeignObjectRel, Max, OuterRef, Prefetch, Q, QuerySet

from station.clock import local_day
from station.enums import BoardState, DepartureState, NoticeState, RouteKind
from station.models import BayBooking, Contract, Departure, Route, ServiceSlot, SlotSuspension, Station, Vehicle
from station.rules.day_patterns import DayPattern

LIVE = (DepartureState.PLANNED, DepartureState.BOARDING)
# A coach that comes in before midnight may serve the first departures of the next day.
AFTER_MIDNIGHT = timedelta(hours=2)
# And one that is late after midnight those of the day before.
STILL_AWAITED = timedelta(hours=2)
LEAVES_SOON = timedelta(minutes=5)
_OVER = {
    DepartureState.DEPARTED: BoardState.DEPARTED,
    DepartureState.ARRIVED: BoardState.DEPARTED,
    DepartureState.CANCELLED: BoardState.CANCELLED,
    DepartureState.MISSED: BoardState.CANCELLED,
}


def slots_running_on(station: Station, day: date) -> list[ServiceSlot]:
    """Slots of *station* whose pattern names *day*, under a notice in force, by time."""
    valid = ServiceSlot.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=day), station=station, valid_from__lte=day
    )
    valid = valid.filter(notice__state=NoticeState.IN_FORCE, notice__effective_on__lte=day)
    suspensions = SlotSuspension.objects.filter(first_day__lte=day, last_day__gte=day).order_by("pk")
    rows = valid.select_related("notice__route").prefetch_related(Prefetch("suspensions", queryset=suspensions))
    return [slot for slot in rows.order_by("departs_at", "pk") if pattern_of(slot).runs_on(day)]


def pattern_of(slot: ServiceSlot) -> DayPattern:
    return DayPattern(
        valid_from=slot.valid_from,
        valid_until=slot.valid_until,
        weekdays=frozenset(slot.weekdays),
        days_of_month=frozenset(slot.days_of_month),
        suspended=tuple((row.first_day, row.last_day) for row in slot.suspensions.all()),
    )


def days_sold_ahead(station: Station) -> int:
    """How many days before the earliest of its routes is sold."""
    rows = Route.objects.filter(notices__slots__station=station)
    return rows.aggregate(most=Max("sale_days_ahead"))["most"] or 0


def operators_sold_on(station: Station, day: date) -> frozenset[int]:
    """Operators whose tickets *station* sells on *day* (ids)."""
    valid = Contract.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    return frozenset(valid.filter(station=station, sells_tickets=True).values_list("operator_id", flat=True))


def planned_slots(slots: Iterable[ServiceSlot], day: date) -> frozenset[int]:
    """Which of *slots* have their departure of *day* already (ids)."""
    rows = Departure.objects.filter(slot__in=[slot.pk for slot in slots], service_on=day)
    return frozenset(rows.values_list("slot_id", flat=True))


def departures_of_the_day(station: Station, day: date) -> QuerySet[Departure]:
    """All departures of *station* on the local *day*, with what a list shows, by time."""
    rows = Departure.objects.filter(station=station, service_on=day)
    return with_names(rows).order_by("planned_at", "pk")


def with_names(rows: QuerySet[Departure]) -> QuerySet[Departure]:
    return rows.select_related(
        "station", "route__origin", "route__destination", "operator", "vehicle", "driver", "bay_booking__bay"
    )


def coaches(rows: QuerySet[Departure]) -> QuerySet[Departure]:
    """Without city buses, which have bays of their own and no plan."""
    return rows.exclude(route__kind=RouteKind.BUS)


def untouched(rows: QuerySet[Departure]) -> QuerySet[Departure]:
    """Nothing has begun for them: still planned, and but for a bay nothing points at them, whatever the upper apps
    keep (tickets, holds, orders, visits, charges)."""
    rows = rows.filter(state=DepartureState.PLANNED)
    for relation in Departure._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not BayBooking and _keeps(relation):
            kept = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(kept))
    return rows


def _keeps(relation: ForeignObjectRel) -> bool:
    """Whether a row at the other end may not lose its departure; one without a way back (`related_name="+"`) too."""
    return not relation.hidden or relation.on_delete is PROTECT


def next_departure_of(vehicle: Vehicle, station: Station, now: datetime) -> Departure | None:
    """The live departure of *vehicle* from *station* nearest to *now*, among those of the local day."""
    found = list(awaited(station, now).filter(vehicle=vehicle))
    return min(found, key=lambda row: abs(row.planned_at - now), default=None)


def awaited(station: Station, now: datetime) -> QuerySet[Departure]:
    """Departures still to leave: those of the local day, and around midnight of the day beside it, by time."""
    rows = Departure.objects.filter(around(now), station=station, state__in=LIVE)
    return with_names(rows).order_by("planned_at", "pk")


def around(now: datetime) -> Q:
    """Of the local day, and around midnight of the day beside it."""
    late = Q(service_on=local_day(now - STILL_AWAITED), planned_at__gte=now - STILL_AWAITED)
    return Q(service_on__in={local_day(now), local_day(now + AFTER_MIDNIGHT)}) | late


def board_state(departure: Departure, now: datetime) -> BoardState:
    """The word for *departure* at *now*."""
    if departure.state in _OVER:
        return _OVER[DepartureState(departure.state)]
    if departure.expected_at or now > departure.planned_at:
        return BoardState.LATE
    if departure.exit_confirmed_at or (departure.state == DepartureState.BOARDING and _leaves_soon(departure, now)):
        return BoardState.LEAVING
    return BoardState.BOARDING if departure.state == DepartureState.BOARDING else BoardState.PLANNED


def _leaves_soon(departure: Departure, now: datetime) -> bool:
    return departure.planned_at - now <= LEAVES_SOON
