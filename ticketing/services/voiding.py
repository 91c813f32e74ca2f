"""A slip of the hand, undone at once: the sale is void, the whole money goes back, the seats are free."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fees import services as fees
from fees.models import Payment
from station.models import Till, User
from station.models.locks import lock
from ticketing import selectors
from ticketing.enums import RefundKind, RefundReason
from ticketing.errors import NoSuchTicket, VoidTooLate
from ticketing.models import Refund, Ticket
from ticketing.services.returning import Return, check_returnable, give_back, locked_ticket


@transaction.atomic
def void_tickets(*, codes: Sequence[str], till_id: int, by: User, now: datetime) -> list[Refund]:
    """Undo what this clerk just sold at this till: all of *codes* or none, the money back as it came.

    Raises NoSuchTicket, TicketElsewhere, TicketOver, VoidTooLate and what the till refuses.
    """
    till = fees.use_till(till_id, by, now)
    if not codes:
        raise NoSuchTicket(words="")  # needs no lock: there is nothing to lock
    tickets = [locked_ticket(code, till) for code in _in_lock_order(codes)]
    # What goes back of one payment is rounded together: nobody else gives back of it meanwhile.
    list(lock(Payment.objects.filter(pk__in={ticket.sale.payment_id for ticket in tickets})))
    return [_void(ticket, till, by, now) for ticket in tickets]


def _in_lock_order(codes: Sequence[str]) -> list[str]:
    """As locks are taken: departures by pk, then tickets by pk. A code of nothing comes first, to be refused."""
    known = Ticket.objects.filter(code__in=codes).order_by("departure", "pk").values_list("code", flat=True)
    found = list(known)
    return [*(code for code in dict.fromkeys(codes) if code not in found), *found]


def _void(ticket: Ticket, till: Till, by: User, now: datetime) -> Refund:
    check_returnable(ticket)
    if not selectors.is_voidable(ticket, till_id=till.pk, by_id=by.pk, now=now):
        raise VoidTooLate(seconds=int(selectors.VOID_LASTS.total_seconds()))
    given = Return(
        RefundKind.VOID, ticket.fare, RefundReason.MISTAKE, {"basis": "void", "percent": selectors.WHOLE},
        method=None,
    )  # fmt: skip
    return give_back(ticket, given, till=till, by=by, now=now)
