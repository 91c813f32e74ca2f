"""«Cần xem»: what a manager must look at in a shift, the worst first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.enums import LegState, OrderState
from dispatch.models import OrderLeg
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from fees.enums import ChargeState
from fees.models import Charge, TillClosing
from station.enums import DepartureState, RouteKind, TillState, VisitState
from station.models import Alarm, Departure, Shift, Till, YardVisit
from station.money import vnd
from station.rules import plates

LATE = timedelta(minutes=15)
MOST_PLATES = 5
_WAITING = [InvoiceState.ISSUED, InvoiceState.IN_FLIGHT, InvoiceState.UNKNOWN]


@dataclass(frozen=True, slots=True)
class Attention:
    """`tone` as of state tags: stop, warn."""

    tone: str
    word: str
    text: str


def attention(shift: Shift, now: datetime) -> list[Attention]:
    found = [
        *_differences(shift),
        *_alarms(shift),
        *_refused_invoices(shift),
        *_open_tills(shift, now),
        *_unpaid(shift),
        *_unconfirmed(shift, now),
        *_late(shift, now),
        *_waiting_invoices(shift),
        *_in_yard(shift, now),
    ]
    return sorted(found, key=lambda item: item.tone != "stop")


def _differences(shift: Shift) -> Iterator[Attention]:
    rows = TillClosing.objects.filter(till__shift=shift).exclude(difference=0).order_by("number")
    for row in rows.select_related("till__clerk"):
        facts = {"clerk": row.till.clerk, "amount": vnd(abs(row.difference)), "reason": row.reason}
        text = _("%(clerk)s is %(amount)s short: %(reason)s") if row.difference < 0 else _(
            "%(clerk)s has %(amount)s too much: %(reason)s")  # fmt: skip
        yield Attention("stop", _("Cash difference"), text % facts)


def _alarms(shift: Shift) -> Iterator[Attention]:
    # Many alarms may ring for one cause, a provider that is down: a person needs one line.
    here = Q(station=shift.station_id) | Q(station=None)
    count = Alarm.objects.filter(here, closed_at=None).count()
    if count:
        text = ngettext("%(count)s alarm is open", "%(count)s alarms are open", count)
        yield Attention("stop", _("Alarm"), text % {"count": count})


def _refused_invoices(shift: Shift) -> Iterator[Attention]:
    count = Invoice.objects.filter(station=shift.station_id, state=InvoiceState.REFUSED).count()
    if count:
        text = ngettext("%(count)s invoice was refused", "%(count)s invoices were refused", count)
        yield Attention("stop", _("Refused"), text % {"count": count})


def _open_tills(shift: Shift, now: datetime) -> Iterator[Attention]:
    if now < shift.ends_at:
        return
    for till in Till.objects.filter(shift=shift, state=TillState.OPEN).select_related("clerk").order_by("pk"):
        yield Attention("warn", _("Till still open"), _("%(clerk)s has not closed the till") % {"clerk": till.clerk})


def _unpaid(shift: Shift) -> Iterator[Attention]:
    rows = Charge.objects.filter(station=shift.station_id, state=ChargeState.DUE)
    rows = rows.filter(opened_at__gte=shift.starts_at, opened_at__lt=shift.ends_at)
    count, gross = rows.count(), rows.aggregate(sum=Sum("gross", default=0))["sum"]
    if count:
        text = ngettext(
            "%(count)s station service of %(amount)s is not paid",
            "%(count)s station services, %(amount)s together, are not paid",
            count,
        )
        yield Attention("warn", _("Unpaid"), text % {"count": count, "amount": vnd(gross)})


def _unconfirmed(shift: Shift, now: datetime) -> Iterator[Attention]:
    rows = OrderLeg.objects.filter(departure__station=shift.station_id, state=LegState.PENDING)
    rows = rows.filter(departure__planned_at__gte=shift.starts_at, departure__planned_at__lt=min(now, shift.ends_at))
    count = rows.exclude(order__state=OrderState.CANCELLED).count()
    if count:
        text = ngettext(
            "%(count)s dispatch order is not confirmed though its time has passed",
            "%(count)s dispatch orders are not confirmed though their time has passed",
            count,
        )
        yield Attention("warn", _("Orders"), text % {"count": count})


def coaches_due(shift: Shift, now: datetime) -> Q:
    """Departures of fixed routes and of boats that should have left in *shift* by *now*."""
    due = Q(station=shift.station_id, planned_at__gte=shift.starts_at, planned_at__lt=min(now, shift.ends_at))
    return due & ~Q(route__kind=RouteKind.BUS) & ~Q(state=DepartureState.CANCELLED)


def _late(shift: Shift, now: datetime) -> Iterator[Attention]:
    left_late = Q(departed_at__gt=F("planned_at") + LATE)
    to_leave = [DepartureState.PLANNED, DepartureState.BOARDING]
    still_here = Q(departed_at=None, planned_at__lt=now - LATE, state__in=to_leave)
    count = Departure.objects.filter(coaches_due(shift, now)).filter(left_late | still_here).count()
    if count:
        text = ngettext(
            "%(count)s departure more than 15 minutes late", "%(count)s departures more than 15 minutes late", count
        )
        yield Attention("warn", _("Late"), text % {"count": count})


def _waiting_invoices(shift: Shift) -> Iterator[Attention]:
    count = Invoice.objects.filter(station=shift.station_id, state__in=_WAITING).count()
    if count:
        text = ngettext(
            "%(count)s invoice waits for its answer", "%(count)s invoices wait for their answer", count
        )  # fmt: skip
        yield Attention("warn", _("Invoices"), text % {"count": count})


def _in_yard(shift: Shift, now: datetime) -> Iterator[Attention]:
    """Coaches that came in before the end of the shift and are still here although their time has passed."""
    rows = YardVisit.objects.filter(station=shift.station_id, state=VisitState.IN_YARD, entered_at__lt=shift.ends_at)
    overdue = Q(departure=None) | Q(departure__planned_at__lt=now)
    stored = rows.filter(overdue).order_by("entered_at").values_list("plate", flat=True)
    if inside := [plates.display(plate) for plate in stored]:
        text = ngettext(
            "%(count)s coach is still in the yard: %(plates)s",
            "%(count)s coaches are still in the yard: %(plates)s",
            len(inside),
        )
        shown = ", ".join(inside[:MOST_PLATES]) + ("…" if len(inside) > MOST_PLATES else "")
        yield Attention("warn", _("In the yard"), text % {"count": len(inside), "plates": shown})
