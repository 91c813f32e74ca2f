"""Who may sell a departure, from when and until when; the same rule for one of them and for the list of a counter."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from station.clock import local, local_day
from station.enums import DepartureState, RouteKind, SaleCloses
from station.errors import DomainError
from station.models import Departure, RouteStop, Station
from ticketing.errors import NotOnSale, SaleClosed, SaleNotOpen, SaleWaitsForOrder
from ticketing.selectors.stretches import Stretch, stops_along

AHEAD = timedelta(hours=24)
_LIVE = (DepartureState.PLANNED, DepartureState.BOARDING)


def sale_refusal(departure: Departure, stretch: Stretch, now: datetime) -> DomainError | None:
    """Why *stretch* of *departure* is not sold at *now*; None when it is.

    The operator's contract decides whether, the day plan (or the days ahead of the route) from when, the confirmation
    until when. A missing order stops the coach at the exit, not the sale, unless the station chose so. Seats from a
    later stop go on being sold after the confirmation, until the coach leaves.
    """
    if not departure.is_on_sale:
        return NotOnSale(departure=str(departure), operator=departure.operator.short_name)
    if departure.state not in _LIVE:
        return SaleClosed(departure=str(departure), reason=departure.get_state_display())
    opens_on = departure.sale_opens_on
    if opens_on is not None and local_day(now) < opens_on:
        return SaleNotOpen(departure=str(departure), day=f"{opens_on:%d/%m/%Y}")
    if _waits_for_order(departure):
        return SaleWaitsForOrder(departure=str(departure))
    reason = _closed_here(departure, now) if _gets_on_here(departure, stretch) else _passed(departure, stretch, now)
    return SaleClosed(departure=str(departure), reason=reason) if reason else None


def _waits_for_order(departure: Departure) -> bool:
    needs = departure.station.sale_needs_order and RouteKind(departure.route.kind).runs_on_order
    return needs and departure.order_issued_at is None


def _gets_on_here(departure: Departure, stretch: Stretch) -> bool:
    return stretch.from_stop.pk == stops_along(departure)[0].pk


def _closed_here(departure: Departure, now: datetime) -> str:
    """Nothing when it is open. A coach that stands open for boarding is sold past its time, until it is confirmed."""
    at_confirmation = departure.station.sale_closes == SaleCloses.CONFIRMATION
    if at_confirmation and departure.exit_confirmed_at:
        return _("its departure is confirmed")
    is_boarding = at_confirmation and departure.state == DepartureState.BOARDING
    return "" if is_boarding or now < departure.sale_ends_at else _("its time has come")


def _passed(departure: Departure, stretch: Stretch, now: datetime) -> str:
    at = passes_at(departure, stretch.from_stop)
    return "" if now < at else _("it passed %(stop)s at %(time)s") % {
        "stop": stretch.from_stop.name, "time": f"{local(at):%H:%M}"
    }  # fmt: skip


def passes_at(departure: Departure, stop: RouteStop) -> datetime:
    """When it should call at *stop*, counted from when it is to leave."""
    here = stops_along(departure)[0]
    return departure.leaves_at + timedelta(minutes=abs(stop.minutes - here.minutes))


class Moments(NamedTuple):
    """What *now* means to a list of departures; the places of arguments where its SQL is written once."""

    now: datetime
    today: date
    soonest: datetime
    latest: datetime
    closing: datetime

    @classmethod
    def at(cls, station: Station, now: datetime) -> "Moments":
        closing = now + timedelta(minutes=station.sale_closes_minutes)
        return cls(now, local_day(now), now - AHEAD, now + AHEAD, closing)


class Terms(NamedTuple):
    """What a station chose about its sale."""

    closes: str
    needs_order: bool

    @classmethod
    def of(cls, station: Station) -> "Terms":
        return cls(station.sale_closes, station.sale_needs_order)


def sold_here(station: Station, now: datetime) -> QuerySet[Departure]:
    """Departures of *station* that a counter may sell from here at *now*: sale_refusal, asked of the whole list."""
    return sold_on(Terms.of(station), station.pk, Moments.at(station, now))


def sold_on(terms: Terms, station_id: int, at: Moments) -> QuerySet[Departure]:
    """Departures of a station that sells on *terms*."""
    rows = _planned_here(station_id, at).filter(is_on_sale=True, state__in=_LIVE)
    still = Q(leaves__gt=at.closing)
    if terms.closes == SaleCloses.CONFIRMATION:
        rows = rows.filter(exit_confirmed_at=None)
        still |= Q(state=DepartureState.BOARDING)
    if terms.needs_order:
        rows = rows.exclude(order_issued_at=None, route__kind__in=RouteKind.on_order())
    return rows.filter(still)


def sold_by_others(station_id: int, at: Moments) -> QuerySet[Departure]:
    """Departures that their operators sell themselves: their passengers are reported when they are confirmed."""
    rows = _planned_here(station_id, at).filter(is_on_sale=False, state__in=_LIVE)
    return rows.filter(Q(leaves__gt=at.now), exit_confirmed_at=None).exclude(route__kind=RouteKind.BUS)


def _planned_here(station_id: int, at: Moments) -> QuerySet[Departure]:
    """Of a day ahead, or of as many days as their route is sold ahead."""
    opens_on = ExpressionWrapper(F("service_on") - F("route__sale_days_ahead"), DateField())
    soon = Q(planned_at__lt=at.latest, route__sale_days_ahead=None)
    rows = Departure.objects.alias(opens_on=opens_on, leaves=Coalesce("expected_at", "planned_at"))
    return rows.filter(soon | Q(opens_on__lte=at.today), station=station_id, planned_at__gt=at.soonest)
