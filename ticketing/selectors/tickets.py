"""Tickets, sales and holds as they stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from fees.models import Payment
from station.models import Departure, JournalEntry, Till
from station.models.written_once import asked_often
from ticketing.enums import LIVE_STATES, TicketState
from ticketing.models import Fare, Hold, Refund, Sale, Ticket
from ticketing.selectors.stretches import Stretch

_ACTIONS = {
    "sale_made": _("sold"),
    "seat_changed": _("seat changed"),
    "ticket_reprinted": _("reprinted"),
    "transfer_sent_back": _("sent back by the bank"),
}


def fare_on(departure: Departure, stretch: Stretch, day: date) -> Fare | None:
    """What the operator declared for *stretch* on *day*; at most one row, by constraint."""
    return next(iter(_fares(departure.operator_id, stretch.from_stop.pk, stretch.to_stop.pk, day)), None)


@asked_often
def _fares(operator_id: int, from_stop_id: int, to_stop_id: int, day: date) -> QuerySet[Fare]:
    declared = Fare.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    return declared.filter(operator=operator_id, from_stop=from_stop_id, to_stop=to_stop_id).order_by("pk")


def tickets() -> QuerySet[Ticket]:
    """Tickets with what their pages show."""
    return Ticket.objects.select_related(
        "sale__payment", "sale__sold_by", "sale__station", "sale__till__counter",
        "departure__route", "departure__operator", "departure__vehicle", "departure__station", "from_stop", "to_stop",
    )  # fmt: skip


def ticket_by_code(code: str) -> Ticket:
    """Raises Ticket.DoesNotExist."""
    if not (found := _by_code(code)):
        raise Ticket.DoesNotExist
    return found[0]


@asked_often
def _by_code(code: str) -> QuerySet[Ticket]:
    return tickets().filter(code=code).order_by("pk")


@asked_often
def tickets_sold_with(sale_id: int) -> QuerySet[Ticket]:
    """The tickets of a sale with what their pages and papers show, by seat."""
    return tickets().filter(sale=sale_id).order_by("seat", "pk")


def tickets_of(departure: Departure) -> QuerySet[Ticket]:
    """Every ticket ever sold for *departure*, by seat."""
    return tickets().filter(departure=departure).order_by("seat", "pk")


def boarding_list(departure: Departure) -> QuerySet[Ticket]:
    """Who may ride: the live tickets, in the order of the seats."""
    return tickets_of(departure).filter(state__in=LIVE_STATES)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the tickets of one departure."""

    sold: int
    boarded: int
    returned: int
    missing: int
    lap_children: int
    displaced: int = 0


def counts_of(departure: Departure) -> Counts:
    """`sold` are those that count, boarded or not; `returned` were void, refunded or exchanged."""
    counted = Ticket.objects.filter(departure=departure).order_by("state").values_list("state")
    rows = list(counted.annotate(Count("pk"), Sum("lap_children")))
    by_state = {state: count for state, count, _laps in rows}

    def total(*states: str) -> int:
        return sum(by_state.get(state, 0) for state in states)

    return Counts(
        sold=total(*LIVE_STATES, TicketState.NO_SHOW),
        boarded=total(TicketState.BOARDED, TicketState.USED),
        returned=total(TicketState.VOID, TicketState.REFUNDED, TicketState.EXCHANGED),
        missing=total(TicketState.NO_SHOW),
        lap_children=sum(laps for state, _count, laps in rows if state in LIVE_STATES),
        displaced=total(TicketState.DISPLACED),
    )


def passengers_of(departure: Departure) -> int:
    """Who rides on a ticket of this station: one on each seat, and the children on their laps."""
    counted = Ticket.objects.filter(departure=departure, state__in=LIVE_STATES).order_by()
    totals = counted.aggregate(seats=Count("pk"), laps=Sum("lap_children"))
    return int(totals["seats"]) + int(totals["laps"] or 0)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a ticket, in words."""

    entry: JournalEntry
    said: str


def history_of(ticket: Ticket) -> list[Event]:
    """What happened to *ticket* and to its sale, oldest first."""
    names = [f"sale:{ticket.sale_id}", ticket.journal_name]
    rows = JournalEntry.objects.filter(obj__in=names).select_related("actor").order_by("pk")
    return [Event(row, _said(row.action, json.loads(row.body))) for row in rows]


def _said(action: str, facts: Mapping[str, str]) -> str:
    if action == "seat_changed":
        return f"{_ACTIONS[action]}: {facts['from']} → {facts['to']}"
    if action == "ticket_reprinted":
        return f"{_ACTIONS[action]} ({facts['reprint']})"
    state = action.removeprefix(f"{Ticket.noun}_")
    return str(TicketState(state).label) if state in TicketState.values else str(_ACTIONS.get(action, action))


def refund_of(ticket: Ticket) -> Refund | None:
    """What was given back for *ticket*."""
    return (
        Refund.objects.filter(ticket=ticket)
        .select_related("by", "approved_by", "payment", "replacement")
        .order_by("pk")
        .first()
    )


def sold_with(ticket: Ticket) -> list[Ticket]:
    """The tickets of its sale that still count, by seat; *ticket* among them."""
    return list(Ticket.objects.filter(sale=ticket.sale_id, state=TicketState.SOLD).order_by("seat", "pk"))


def by_seat(path: str = "tickets") -> "Prefetch[str, QuerySet[Ticket], str]":
    """The tickets of sales, in the order of their seats."""
    return Prefetch(path, queryset=Ticket.objects.select_related("to_stop").order_by("seat", "pk"))


def payments_of(sale: Sale) -> list[Payment]:
    """The payments of *sale*, its first first."""
    return [sale.payment, *_parts(sale.pk)]


@asked_often
def _parts(sale_id: int) -> QuerySet[Payment]:
    return Payment.objects.filter(sale_part__sale=sale_id).order_by("pk")


@asked_often
def tickets_in(sale_id: int) -> QuerySet[Ticket]:
    """The tickets of a sale, in the order of their seats."""
    return Ticket.objects.filter(sale=sale_id).order_by("seat", "pk")


@dataclass(frozen=True, slots=True)
class LastSale:
    """What a till sold last, with its tickets by seat."""

    sale: Sale
    tickets: list[Ticket]


def last_sale_of(till: Till) -> LastSale | None:
    """The sale that this till made last."""
    return next((LastSale(sale, _tickets_with_stop(sale.pk)) for sale in _last_sale(till.pk)), None)


@asked_often
def _last_sale(till_id: int) -> QuerySet[Sale]:
    made = Sale.objects.filter(till=till_id).select_related("departure__route", "payment")
    return made.order_by("-sold_at", "-pk")[:1]


@asked_often
def _tickets_with_stop(sale_id: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(sale=sale_id).select_related("to_stop").order_by("seat", "pk")


def open_hold(till: Till, now: datetime) -> Hold | None:
    """What this till keeps for the customer who is being served right now."""
    return next(iter(_open_holds(till.pk, now)), None)


@asked_often
def _open_holds(till_id: int, now: datetime) -> QuerySet[Hold]:
    kept = Hold.objects.filter(till=till_id, request=None, expires_at__gte=now, claims__isnull=False)
    return kept.select_related("from_stop", "to_stop").order_by("-pk")[:1]
