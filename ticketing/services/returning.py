"""What every end of a ticket has in common: it is locked, its seat is free again, its money leaves the till."""

from dataclasses import dataclass
from datetime import datetime

from fees import services as fees
from fees.enums import Method
from fees.models import Payment
from station.models import Departure, Till, User
from station.models.locks import lock, share_lock
from station.services import outbox
from ticketing import selectors
from ticketing.enums import RefundKind, RefundReason, TicketState
from ticketing.errors import NoSuchTicket, TicketElsewhere, TicketOver
from ticketing.models import Refund, RefundPart, SeatClaim, Ticket
from ticketing.services.paying import sources_of

BECOMES = {
    RefundKind.VOID: TicketState.VOID,
    RefundKind.REFUND: TicketState.REFUNDED,
    RefundKind.EXCHANGE: TicketState.EXCHANGED,
}


@dataclass(frozen=True, slots=True)
class Return:
    """How one ticket ends: what is given back, why, by which rule, and who agreed."""

    kind: RefundKind
    amount: int
    reason: RefundReason
    rule: dict[str, object]
    note: str = ""
    method: Method | None = Method.CASH  # None: as it came
    reference: str = ""
    approver: User | None = None
    replacement: Ticket | None = None

    @property
    def words(self) -> str:
        """The reason as the journal keeps it."""
        return f"{self.reason}: {self.note}" if self.note else str(self.reason)


def lock_ticket(code: str) -> Ticket:
    """The ticket, locked, and its departure, shared, in that order's turn; both stay as read. Raises NoSuchTicket."""
    found = Ticket.objects.filter(code=code).order_by("pk").values_list("pk", "departure_id").first()
    if found is None:
        raise NoSuchTicket(words=code)  # needs no lock: there is nothing to lock
    share_lock(Departure, found[1])
    return lock(selectors.tickets().filter(pk=found[0])).get()


def locked_ticket(code: str, till: Till) -> Ticket:
    """See lock_ticket; of the station of *till*. Raises NoSuchTicket, TicketElsewhere."""
    ticket = lock_ticket(code)
    if ticket.sale.station_id != till.station_id:
        raise TicketElsewhere(ticket=code, station=str(ticket.sale.station))
    return ticket


def check_returnable(ticket: Ticket) -> None:
    """Raises TicketOver."""
    if ticket.state not in selectors.REFUNDABLE:
        raise TicketOver(ticket=ticket.code, state=ticket.get_state_display())


def give_back(ticket: Ticket, given: Return, *, till: Till, by: User, now: datetime) -> Refund:
    """Free the seat, pay *given*.amount out of *till*, end the ticket; the rest stays with the operator."""
    SeatClaim.objects.filter(ticket=ticket).delete()
    payment, *others = _paid(ticket, given, till=till, by=by, now=now) if given.amount else [None]
    refund = Refund.objects.create(
        ticket=ticket, payment=payment, kind=given.kind, reason=given.reason, note=given.note, rule=given.rule,
        paid=ticket.fare, amount=given.amount, retained=ticket.fare - given.amount, by=by,
        approved_by=given.approver, replacement=given.replacement, at=now,
    )  # fmt: skip
    if others:
        RefundPart.objects.bulk_create(RefundPart(refund=refund, payment=other) for other in others)
    ticket.become(BECOMES[given.kind], by=by, now=now, till=till, reason=given.words)
    outbox.tell("ticket.refunded", now=now, refund_id=refund.pk)
    outbox.push(f"sale-{till.station.code}", now=now)
    return refund


def _paid(ticket: Ticket, given: Return, *, till: Till, by: User, now: datetime) -> list[Payment]:
    """What leaves *till*: one payment, or several where the sale was paid in several ways."""
    return [
        fees.pay_out(
            till=till, refund_of=came, amount=amount, method=given.method or Method(came.method),
            reference=given.reference if given.method else came.reference, operator=ticket.departure.operator,
            obj=ticket.journal_name, undoes=given.kind == RefundKind.VOID, by=by, now=now,
        )
        for came, amount in sources_of(ticket.sale, given.amount, given.method)
    ]  # fmt: skip
