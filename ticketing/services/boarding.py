"""At the coach's door: who is on board, who did not come, who sits elsewhere than the ticket said."""

from datetime import datetime

from django.db import transaction

from station.errors import DepartureNotOpen
from station.models import Departure, Seat, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox
from ticketing import selectors
from ticketing.enums import TicketState
from ticketing.errors import NoSuchSeat, NoSuchTicket, SameSeat, SeatTaken, TicketOver
from ticketing.models import SeatChange, SeatClaim, Ticket
from ticketing.services.claims import Claimant, claim_seats
from ticketing.services.returning import lock_ticket


@transaction.atomic
def board_ticket(*, code: str, departure_id: int | None = None, by: User, now: datetime) -> Ticket:
    """The passenger gets on; with *departure_id* only on that departure.

    Raises NoSuchTicket, OtherDeparture, AlreadyBoarded, TicketOver, DepartureNotOpen.
    """
    ticket = lock_ticket(code)
    if refusal := selectors.boarding_refusal(ticket, departure_id):
        raise refusal
    ticket.become(TicketState.BOARDED, by=by, now=now)
    return ticket


@transaction.atomic
def close_boarding(*, departure_id: int, by: User, now: datetime) -> int:
    """The coach left: who should have got on here and did not is a no-show; how many.

    Only where tickets were scanned at the door: a departure at which nobody scanned says nothing about who came.
    Its caller, dispatch, holds the lock on the departure, which everybody who changes its tickets shares.
    """
    missing = selectors.not_boarded(Departure.objects.select_related("route", "station").get(pk=departure_id))
    for ticket in missing:
        ticket.become(TicketState.NO_SHOW, by=by, now=now, reason="departed")
    return len(missing)


@transaction.atomic
def change_seat(*, code: str, seat: str, by: User, now: datetime) -> SeatChange:
    """Move the passenger to *seat*; the paper keeps what it says, the list and the seat map follow.

    Raises NoSuchTicket, TicketOver, DepartureNotOpen, NoSuchSeat, SameSeat, SeatTaken.
    """
    departure_id = Ticket.objects.filter(code=code).order_by("pk").values_list("departure", flat=True).first()
    if departure_id is None:
        raise NoSuchTicket(words=code)  # needs no lock: there is nothing to lock
    # Exclusive: two passengers who swap would wait for each other's claims for ever.
    departure = lock(selectors.with_facts(Departure.objects.filter(pk=departure_id))).get()
    ticket = lock(selectors.tickets().filter(code=code)).get()
    if ticket.state not in {TicketState.SOLD, TicketState.BOARDED}:
        raise TicketOver(ticket=code, state=ticket.get_state_display())
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    return _moved(ticket, _free_seat(ticket, departure, seat, now), departure, by=by, now=now)


def _free_seat(ticket: Ticket, departure: Departure, label: str, now: datetime) -> Seat:
    wanted = label.strip().upper()
    seat = next((one for one in selectors.seats_of(departure) if one.label.upper() == wanted), None)
    if seat is None:
        raise NoSuchSeat(seats=wanted)
    if seat.ordinal == ticket.seat and seat.seat_map_id == ticket.seat_map_id:
        raise SameSeat(seat=seat.label)
    if seat.ordinal in selectors.taken_seats(departure, range(ticket.first_leg, ticket.end_leg), now):
        raise SeatTaken(seats=seat.label)
    return seat


def _moved(ticket: Ticket, seat: Seat, departure: Departure, *, by: User, now: datetime) -> SeatChange:
    SeatClaim.objects.filter(ticket=ticket).delete()
    claimant = Claimant(tickets={seat.ordinal: ticket.pk})
    legs = range(ticket.first_leg, ticket.end_leg)
    claim_seats(departure=departure, seats=[seat], legs=legs, claimant=claimant, now=now)
    change = SeatChange.objects.create(
        ticket=ticket, from_label=ticket.seat_label, to_label=seat.label, by=by, at=now
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(seat=seat.ordinal, seat_label=seat.label, seat_map=seat.seat_map_id)
    facts = {"from": change.from_label, "to": change.to_label}
    station_id = ticket.sale.station_id
    record(action="seat_changed", obj=ticket.journal_name, station_id=station_id, by=by, now=now, facts=facts)
    outbox.push(f"sale-{departure.station.code}", now=now)
    return change
