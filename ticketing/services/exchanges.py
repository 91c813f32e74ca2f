"""A ticket for another departure: the old one goes back whole, the new one is sold, only the difference is paid."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fees import services as fees
from fees.enums import Method
from station.models import Departure, User
from station.models.locks import lock
from ticketing import selectors
from ticketing.enums import RefundKind, RefundReason
from ticketing.errors import (
    ExchangeTooLate,
    NoSuchTicket,
    ReasonMissing,
    SameDeparture,
    TicketOver,
)
from ticketing.models import Refund, Ticket
from ticketing.selectors import RefundOffer
from ticketing.services.pricing import Passenger
from ticketing.services.refunds import Approval, check_approver
from ticketing.services.returning import Return, give_back, locked_ticket
from ticketing.services.sales import sell_tickets


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to: a departure, a seat or the best one, and the stops (None: from here, to the end)."""

    departure_id: int
    seat: str = ""
    from_stop_id: int | None = None
    to_stop_id: int | None = None


@transaction.atomic
def exchange_ticket(
    *, code: str, wanted: Wanted, till_id: int, reason: RefundReason = RefundReason.PASSENGER,
    approval: Approval | None = None, method: Method = Method.CASH, reference: str = "", idempotency_key: str,
    by: User, now: datetime,
) -> Refund:  # fmt: skip
    """Sell the new ticket and give the old one back whole, in one transaction; `refund.replacement` is the new one.

    Free of charge as long as the rule gives anything back (a late one needs a second person). *method* is how the
    difference moves. Raises NoSuchTicket, TicketElsewhere, TicketOver, SameDeparture, ExchangeTooLate,
    ApprovalRefused, ApprovesOwn, ReasonMissing and what the till and a sale refuse.
    """
    till = fees.use_till(till_id, by, now)
    passenger = _same_passenger(code, _lock_both(code, wanted.departure_id))
    ticket = locked_ticket(code, till)
    if ticket.state not in selectors.EXCHANGEABLE:
        raise TicketOver(ticket=code, state=ticket.get_state_display())
    if ticket.departure_id == wanted.departure_id:
        raise SameDeparture
    offer = selectors.refund_offer(ticket, now)
    _check_in_time(ticket, offer, approval, by=by, now=now)
    sale = sell_tickets(
        departure_id=wanted.departure_id, seats=[wanted.seat] if wanted.seat else None, count=1, passengers=passenger,
        from_stop_id=wanted.from_stop_id, to_stop_id=wanted.to_stop_id, till_id=till_id, method=method,
        reference=reference, buyer=ticket.sale.buyer,
        idempotency_key=idempotency_key, by=by, now=now,
    )  # fmt: skip
    given = Return(
        RefundKind.EXCHANGE, ticket.fare, RefundReason.CANCELLED if offer.basis == "cancelled" else reason,
        offer.as_facts(), note=approval.note.strip() if approval else "", method=method, reference=reference,
        approver=approval.by if approval else None, replacement=sale.tickets.get(),
    )  # fmt: skip
    return give_back(ticket, given, till=till, by=by, now=now)


def _lock_both(code: str, departure_id: int) -> Departure | None:
    """Both departures by pk, whichever way the exchange goes: two that cross do not wait for each other for ever.
    Returns the one that is wanted."""
    left = Ticket.objects.filter(code=code).order_by("pk").values_list("departure", flat=True).first()
    if left is None:
        raise NoSuchTicket(words=code)  # needs no lock: there is nothing to lock
    both = lock(Departure.objects.filter(pk__in=[left, departure_id]))
    return next((one for one in both if one.pk == departure_id), None)


def _same_passenger(code: str, departure: Departure | None) -> list[Passenger]:
    """Who rides stays who they are; a reduction that the other operator does not have ends here."""
    ticket = Ticket.objects.filter(code=code).order_by("pk").first()
    if ticket is None or departure is None:
        return []
    group = selectors.group_of(ticket)
    known = bool(group) and group in selectors.groups_of([departure.operator_id]).of(departure)
    return [Passenger(group=group if known else "", lap_children=ticket.lap_children)]


def _check_in_time(
    ticket: Ticket, offer: RefundOffer, approval: Approval | None, *, by: User, now: datetime
) -> None:  # fmt: skip
    if approval is None:
        if offer.percent == 0:
            raise ExchangeTooLate
        return
    check_approver(approval.by, ticket.sale.station, by=by, now=now)
    if not approval.note.strip():
        raise ReasonMissing
