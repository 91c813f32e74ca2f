"""What a passenger gets back for a ticket now, by which rule, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from station.clock import local_day
from station.enums import DepartureState
from station.models import Departure
from ticketing import rules
from ticketing.enums import TicketState
from ticketing.models import Refund, RefundPolicy, Ticket
from ticketing.selectors.changes import may_be_refused

WHOLE = 100
# What can still be given back. A ticket that boarded was used; the others are over.
REFUNDABLE = frozenset({TicketState.SOLD, TicketState.DISPLACED, TicketState.NO_SHOW})
VOID_LASTS = timedelta(seconds=120)
_GONE = timedelta(seconds=-1)


@dataclass(frozen=True, slots=True)
class Step:
    """Whoever comes until *until* gets *percent*, that is *amount* đồng."""

    percent: int
    amount: int
    until: datetime
    is_law: bool


@dataclass(frozen=True, slots=True)
class RefundOffer:
    """What the rule gives at one moment. `basis`: cancelled, changed, late, law, policy or nothing."""

    basis: str
    percent: int
    amount: int
    retained: int
    ladder: Sequence[Step]

    def as_facts(self) -> dict[str, object]:
        return {"basis": self.basis, "percent": self.percent, "amount": self.amount}


def refund_offer(ticket: Ticket, now: datetime) -> RefundOffer:
    """The best of the law (TT 36/2024 Đ.14(4)) and the operator's own rules of the day of the sale.

    A departure that does not run gives everything back.
    """
    departure = ticket.departure
    if ticket.state == TicketState.DISPLACED or departure.state in {DepartureState.CANCELLED, DepartureState.MISSED}:
        return RefundOffer("cancelled", WHOLE, ticket.fare, 0, ())
    if may_be_refused(ticket):
        return RefundOffer("changed", WHOLE, ticket.fare, 0, ())
    if _is_too_late(departure):
        return RefundOffer("late", WHOLE, ticket.fare, 0, ())
    km, known = departure.route.distance_km, _rules_for(ticket)
    ladder = _steps(ticket, known)
    left = _GONE if departure.departed_at else departure.leaves_at - now
    percent = rules.refund_percent(known, distance_km=km, time_left=left)
    step = next((step for step in ladder if step.percent == percent), None)
    if step is None:
        return RefundOffer("nothing", 0, 0, ticket.fare, ladder)
    basis = "law" if step.is_law else "policy"
    return RefundOffer(basis, percent, step.amount, ticket.fare - step.amount, ladder)


def _is_too_late(departure: Departure) -> bool:
    """Announced so late that the station chose to give everything back."""
    most = departure.station.delay_refund_minutes
    if most is None or departure.expected_at is None or departure.departed_at:
        return False
    return departure.expected_at - departure.planned_at >= timedelta(minutes=most)


def refund_ladder_of(ticket: Ticket) -> list[Step]:
    """What is given back until when; it moves with the departure, and with nothing else."""
    return _steps(ticket, _rules_for(ticket))


def _rules_for(ticket: Ticket) -> list[rules.RefundRule]:
    return [*rules.STATUTORY_REFUNDS, *_policies(ticket)]


def _steps(ticket: Ticket, known: Sequence[rules.RefundRule]) -> list[Step]:
    departure = ticket.departure
    return [
        Step(one.percent, rules.refund_amount(ticket.fare, one.percent), departure.leaves_at - one.before, one.is_law)
        for one in rules.refund_ladder(known, distance_km=departure.route.distance_km)
    ]


def _policies(ticket: Ticket) -> list[rules.RefundRule]:
    day = local_day(ticket.sold_at)
    rows = RefundPolicy.objects.filter(
        Q(operator=None) | Q(operator=ticket.departure.operator_id),
        Q(valid_until=None) | Q(valid_until__gt=day),
        valid_from__lte=day,
    )
    return [
        rules.RefundRule(
            before=timedelta(minutes=row.minutes_before), percent=row.percent,
            km_over=row.km_over or -1, km_up_to=row.km_up_to, is_law=False,
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip


def is_voidable(ticket: Ticket, *, till_id: int, by_id: int, now: datetime) -> bool:
    """Just sold, by this clerk, at this till; and not the new ticket of an exchange: a void of that would give back
    whole what the old one would not have."""
    sale = ticket.sale
    mine = sale.till_id == till_id and sale.sold_by_id == by_id
    just_sold = mine and ticket.state == TicketState.SOLD and now - sale.sold_at <= VOID_LASTS
    return just_sold and not Refund.objects.filter(replacement=ticket).exists()
