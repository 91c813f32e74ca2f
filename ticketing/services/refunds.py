"""A passenger gives a ticket back: what the law and the operator's rules give alone, the rest by two people."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fees import services as fees
from fees.enums import Method
from station.models import Station, User
from station.money import vnd
from station.services.approvals import check_second_person
from ticketing import selectors
from ticketing.enums import RefundKind, RefundReason
from ticketing.errors import (
    NeedsApproval,
    ReasonMissing,
    RefundTooLittle,
    RefundTooMuch,
)
from ticketing.models import Refund, Ticket
from ticketing.selectors import RefundOffer
from ticketing.services.returning import Return, check_returnable, give_back, locked_ticket

LEAST = 1_000
_WHY = {
    "cancelled": RefundReason.CANCELLED, "changed": RefundReason.CANCELLED, "late": RefundReason.DELAY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person agreed to give back *amount* đồng (None: what the rule gives) for *note*."""

    by: User
    note: str
    amount: int | None = None


@transaction.atomic
def refund_ticket(
    *, code: str, till_id: int, reason: RefundReason = RefundReason.PASSENGER, approval: Approval | None = None,
    method: Method = Method.CASH, reference: str = "", by: User, now: datetime,
) -> Refund:  # fmt: skip
    """Give back what the rule gives now, or what a second person agreed to; the seat is free at once.

    Raises NoSuchTicket, TicketElsewhere, TicketOver, NeedsApproval, ApprovalRefused, ApprovesOwn, ReasonMissing,
    RefundTooMuch, RefundTooLittle and what the till and the payment refuse.
    """
    till = fees.use_till(till_id, by, now)
    ticket = locked_ticket(code, till)
    check_returnable(ticket)
    offer = selectors.refund_offer(ticket, now)
    amount = _agreed(ticket, offer, approval, by=by, now=now)
    why = _WHY.get(offer.basis, reason)
    given = Return(
        RefundKind.REFUND, amount, why, offer.as_facts(), note=approval.note.strip() if approval else "",
        method=method, reference=reference, approver=approval.by if approval else None,
    )  # fmt: skip
    return give_back(ticket, given, till=till, by=by, now=now)


def _agreed(ticket: Ticket, offer: RefundOffer, approval: Approval | None, *, by: User, now: datetime) -> int:
    """What is given back, in đồng."""
    if approval is None:
        if offer.amount == 0 and ticket.fare:
            raise NeedsApproval(amount=vnd(0))
        return offer.amount
    check_approver(approval.by, ticket.sale.station, by=by, now=now)
    if not approval.note.strip():
        raise ReasonMissing
    amount = offer.amount if approval.amount is None else approval.amount
    if amount > ticket.fare:
        raise RefundTooMuch(amount=vnd(amount), paid=vnd(ticket.fare))
    if amount < offer.amount or (amount == 0 and ticket.fare):
        raise RefundTooLittle(amount=vnd(max(offer.amount, LEAST)))
    return amount


def check_approver(approver: User, station: Station, *, by: User, now: datetime) -> None:
    """Raises ApprovesOwn, ApprovalRefused."""
    check_second_person(approver, "ticketing.approve_refund", station, by=by, now=now)
