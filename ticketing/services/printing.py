"""Tickets on paper: each copy is counted before it comes out, so that no second paper looks like the first."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from station.models import User
from station.models.journal import record
from station.models.locks import lock
from ticketing.enums import Paper
from ticketing.errors import NoSuchTicket
from ticketing.models import Ticket, TicketPrint


@transaction.atomic
def print_tickets(*, codes: Sequence[str], paper: Paper, by: User, now: datetime) -> list[TicketPrint]:
    """Count one more copy of each of *codes*. What the printer makes of it afterwards changes no sale: a copy that
    never came out is followed by one that is marked. Raises NoSuchTicket.
    """
    tickets = list(lock(Ticket.objects.select_related("sale").filter(code__in=codes)))
    if not tickets or len(tickets) < len(set(codes)):
        raise NoSuchTicket(words=", ".join(codes))
    known = TicketPrint.objects.filter(ticket__in=tickets).order_by("ticket")
    copies = dict(known.values_list("ticket").annotate(Max("copy")))
    made = [
        TicketPrint(ticket=ticket, copy=copies.get(ticket.pk, 0) + 1, paper=paper, by=by, at=now) for ticket in tickets
    ]
    for row in TicketPrint.objects.bulk_create(made):
        if row.reprint:
            _record(row, by, now)
    return made


def _record(row: TicketPrint, by: User, now: datetime) -> None:
    """A reprint is news; the first copy belongs to the sale, which is told already."""
    ticket = row.ticket
    facts = {"reprint": row.reprint, "paper": row.paper}
    station_id = ticket.journal_station_id
    record(action="ticket_reprinted", obj=ticket.journal_name, station_id=station_id, by=by, now=now, facts=facts)
