"""The figures on the cards of the role chooser: what stands open right now, read for all people at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Q

from dispatch.enums import LegState, OrderState
from dispatch.models import DispatchOrder, OrderLeg
from dispatch.selectors.orders import SIGNED_LATE, orders_without_photo
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from fees.enums import ChargeState
from fees.models import Charge, TillClosing
from station import clock
from station.enums import RouteKind, TillState, VisitState
from station.models import Departure, Till, YardVisit
from station.selectors.departures import LIVE
from ticketing.enums import ComplaintState
from ticketing.models import Complaint, Sale

# By station, or by operator: figures by name.
Figures = Mapping[int, Mapping[str, Any]]
SOON = timedelta(hours=2)
LONG_GONE = timedelta(hours=12)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NextRun:
    """What a driver runs next."""

    planned_at: datetime
    place: str


class Waiting:
    """Each figure is one query, made when it is first asked for, for every station or person together."""

    def __init__(self, stations: Collection[int], now: datetime) -> None:
        self.stations = stations
        self.now = now
        self.today = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)

    @cached_property
    def departures(self) -> Figures:
        """By station: `on_sale` and `due` in the next two hours, `late` and not gone, `left` today."""
        here = Departure.objects.filter(station__in=self.stations).exclude(route__kind=RouteKind.BUS)
        rows = here.filter(planned_at__gte=min(self.today, self.now - LONG_GONE), planned_at__lt=self.now + SOON)
        ahead = Q(state__in=LIVE, planned_at__gte=self.now)
        figures = rows.values("station").annotate(
            on_sale=Count("pk", filter=ahead & Q(is_on_sale=True)),
            due=Count("pk", filter=ahead),
            late=Count("pk", filter=Q(state__in=LIVE, planned_at__lt=self.now)),
            left=Count("pk", filter=Q(departed_at__gte=self.today)),
        )
        return {row["station"]: row for row in figures.order_by("station")}

    @cached_property
    def yard(self) -> Figures:
        """By station: coaches `inside`, and those of them whose time is `over`."""
        rows = YardVisit.objects.filter(station__in=self.stations, state=VisitState.IN_YARD)
        over = Q(departure__planned_at__lt=self.now, departure__state__in=LIVE)
        figures = rows.values("station").annotate(inside=Count("pk"), over=Count("pk", filter=over))
        return {row["station"]: row for row in figures.order_by("station")}

    @cached_property
    def orders(self) -> Mapping[int, int]:
        """By operator: orders that wait for its signature, as its own page counts them."""
        rows = DispatchOrder.objects.filter(state=OrderState.DRAFT)
        rows = rows.filter(legs__departure__planned_at__gte=self.now - SIGNED_LATE)
        counts = rows.values("operator").annotate(count=Count("pk", distinct=True)).order_by("operator")
        return {row["operator"]: row["count"] for row in counts}

    @cached_property
    def photos(self) -> Mapping[int, int]:
        """By operator: paper orders whose photo it may send."""
        counts = orders_without_photo(self.now).values("operator").annotate(count=Count("pk")).order_by("operator")
        return {row["operator"]: row["count"] for row in counts}

    @cached_property
    def runs(self) -> Figures:
        """By operator: runs that are `left` of the day, and those of `tomorrow`."""
        midnight = self.today + A_DAY
        rows = Departure.objects.filter(state__in=LIVE, planned_at__gte=self.now)
        rows = rows.filter(planned_at__lt=midnight + A_DAY).exclude(route__kind=RouteKind.BUS)
        counts = rows.values("operator").annotate(
            left=Count("pk", filter=Q(planned_at__lt=midnight)),
            tomorrow=Count("pk", filter=Q(planned_at__gte=midnight)),
        )
        return {row["operator"]: row for row in counts.order_by("operator")}

    def next_run(self, driver_id: int) -> NextRun | None:
        """Of today or tomorrow, if an order names it: the driver's own page lists the orders."""
        named = OrderLeg.objects.exclude(state=LegState.SKIPPED).exclude(order__state=OrderState.CANCELLED)
        mine = Q(driver=driver_id) | Q(second_driver=driver_id)
        rows = Departure.objects.filter(mine, state__in=LIVE, planned_at__gte=self.now)
        rows = rows.filter(planned_at__lt=self.today + 2 * A_DAY, pk__in=named.values("departure"))
        row = rows.select_related("route__origin", "route__destination").order_by("planned_at", "pk").first()
        return NextRun(row.planned_at, row.bound_for.name) if row else None

    @cached_property
    def tills(self) -> Mapping[int, int]:
        """By person with an open till: tickets sold in it."""
        rows = Till.objects.filter(station__in=self.stations, state=TillState.OPEN)
        counts = rows.values("clerk").annotate(sold=Count("sales__tickets")).order_by("clerk")
        return {row["clerk"]: row["sold"] for row in counts}

    @cached_property
    def difference(self) -> TillClosing | None:
        """The last till of the last day that did not fit."""
        rows = TillClosing.objects.filter(station__in=self.stations, closed_at__gte=self.now - A_DAY)
        return rows.exclude(difference=0).select_related("till__clerk").order_by("-closed_at", "-pk").first()

    @cached_property
    def invoices(self) -> Mapping[str, int]:
        """`refused` and `waiting` at all stations."""
        rows = Invoice.objects.filter(station__in=self.stations).exclude(state=InvoiceState.ACCEPTED)
        return rows.aggregate(
            refused=Count("pk", filter=Q(state=InvoiceState.REFUSED)),
            waiting=Count("pk", filter=~Q(state=InvoiceState.REFUSED)),
        )

    @cached_property
    def unpaid(self) -> int:
        """Station services nobody paid, opened in the last day."""
        rows = Charge.objects.filter(station__in=self.stations, state=ChargeState.DUE)
        return rows.filter(opened_at__gte=self.now - A_DAY).count()

    @cached_property
    def complaints(self) -> Mapping[str, int]:
        """`open` at all stations, and of those `soon`: to be answered within a day, or overdue."""
        rows = Complaint.objects.filter(station__in=self.stations, state=ComplaintState.OPEN)
        return rows.aggregate(open=Count("pk"), soon=Count("pk", filter=Q(due_at__lt=self.now + A_DAY)))

    @cached_property
    def tickets(self) -> int:
        """Sold today at all stations."""
        rows = Sale.objects.filter(station__in=self.stations, sold_at__gte=self.today)
        return int(rows.aggregate(sold=Count("tickets"))["sold"])

    def total(self, figures: Figures, name: str, stations: Collection[int]) -> int:
        return sum(int(figures[station][name]) for station in stations if station in figures)
