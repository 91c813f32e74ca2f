"""What stands on the paper of a ticket, in the order of the screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max
from django.urls import reverse

from station.clock import local_day
from station.enums import TicketIssuer
from station.selectors.partners import contract_on
from ticketing.models import Sale, Ticket, TicketPrint
from ticketing.selectors.offers import bay_of
from ticketing.selectors.refunds import Step, refund_ladder_of
from ticketing.selectors.tickets import tickets_sold_with


@dataclass(frozen=True, slots=True)
class Slip:
    """One ticket on paper. `copy` 1 is the ticket itself; `lookup` opens its invoice, if the station issues that."""

    ticket: Ticket
    copy: int
    address: str
    lookup: str
    ladder: Sequence[Step]

    @property
    def reprint(self) -> int:
        return self.copy - 1

    @property
    def plate(self) -> str:
        """Of the coach that runs now: who gets a new paper after a change looks for that one."""
        vehicle = self.ticket.departure.vehicle
        return vehicle.plate if vehicle else str(self.ticket.printed.get("plate", ""))

    @property
    def bay(self) -> str:
        """As it was printed; of a ticket that rides on another departure the bay of that one."""
        ticket = self.ticket
        moved = ticket.departure_id != ticket.sale.departure_id
        return bay_of(ticket.departure) if moved else str(ticket.printed.get("bay", ""))

    @property
    def was_changed(self) -> bool:
        """Whether its price needs an explanation."""
        return bool(self.ticket.price.get("surcharge") or self.ticket.price.get("discount"))


def slips_of(shown: Sequence[Ticket], copies: Mapping[str, int]) -> list[Slip]:
    """*shown* as they are printed; *copies* says which copy of each code this is."""
    lookup = _lookup(shown[0].sale) if shown else ""
    return [Slip(ticket, copies[ticket.code], page_address(ticket), lookup, _still_open(ticket)) for ticket in shown]


def _still_open(ticket: Ticket) -> list[Step]:
    """What comes back until when; a step that was over when the ticket was sold would only mislead."""
    return [step for step in refund_ladder_of(ticket) if step.until > ticket.sold_at]


def to_print(ticket: Ticket, *, whole_sale: bool) -> list[Ticket]:
    """*ticket*, or every ticket that was sold with it, by seat."""
    return tickets_sold_with(ticket.sale_id) if whole_sale else [ticket]


def next_copies(shown: Iterable[Ticket]) -> dict[str, int]:
    """Which copy of each code would be printed now."""
    rows = list(shown)
    known = TicketPrint.objects.filter(ticket__in=rows).order_by("ticket").values_list("ticket").annotate(Max("copy"))
    printed = dict(known)
    return {row.code: printed.get(row.pk, 0) + 1 for row in rows}


def prints_of(ticket: Ticket) -> list[TicketPrint]:
    """Its copies, the first one first."""
    return list(TicketPrint.objects.filter(ticket=ticket).select_related("by").order_by("copy"))


def page_address(ticket: Ticket) -> str:
    """What its QR code opens: the passenger's own page."""
    page = reverse("ticketing:passenger", args=[ticket.code, ticket.sale.lookup_code])
    return f"{settings.PUBLIC_URL}{page}"


def _lookup(sale: Sale) -> str:
    """Empty where the operator issues its tickets' invoices itself: ours would look up nothing."""
    contract = contract_on(sale.station_id, sale.departure.operator_id, local_day(sale.sold_at))
    issued_here = contract is not None and contract.ticket_issuer == TicketIssuer.STATION_DELEGATED
    return sale.lookup_code if issued_here else ""
