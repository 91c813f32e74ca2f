"""Selling: one customer, one payment, all the seats or none."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fees import services as fees
from fees.enums import Method
from fees.models import Payment, TransferRequest
from station.clock import local
from station.models import Seat, Till, User
from station.models.journal import record
from station.models.locks import lock
from station.models.written_once import insert, insert_all, said_often
from station.services import outbox
from ticketing import rules, selectors
from ticketing.errors import HoldGone
from ticketing.models import Hold, Sale, Ticket
from ticketing.rules import NOBODY, Buyer
from ticketing.services.buyers import checked_buyer
from ticketing.services.choices import Choice, Wish, choose
from ticketing.services.claims import Claimant, claim_seats
from ticketing.services.holds import drop_hold
from ticketing.services.paying import Part, Tender, collect, keep_parts
from ticketing.services.pricing import Passenger, Priced, price_passengers

# A code is the day, seven digits that differ within it, and four that nobody can guess.
_PER_DAY = 10**7
_GUESSES = 10**4


@transaction.atomic
def sell_tickets(  # noqa: PLR0913 -- what a customer asks for and pays with, each by its name
    *,
    departure_id: int,
    seats: Sequence[str] | None = None,
    count: int = 1,
    passengers: Sequence[Passenger] = (),
    from_stop_id: int | None = None,
    to_stop_id: int | None = None,
    till_id: int,
    method: Method,
    received: int | None = None,
    reference: str = "",
    parts: Sequence[Part] = (),
    buyer: Buyer = NOBODY,
    idempotency_key: str,
    hold_id: int | None = None,
    request: TransferRequest | None = None,
    by: User,
    now: datetime,
) -> Sale:
    """Sell *seats* of one departure (or the best *count*) to one customer: all of them or none.

    *passengers* say who pays less and who has a child on the lap; none named: all at the full fare.
    *hold_id* names this till's own hold, whose seats it may take; one that waits for the bank is sold only by its
    *request*. The money is the operator's and is held for it;
    *parts* are paid otherwise, and *method* brings the rest.
    Raises PartsTooMuch, HoldGone, SeatTaken, NotEnoughSeats, NoSuchSeat, NoSuchStop, NothingOnSale, NotOnSale,
    SaleClosed, NotYourStation, what checked_buyer and price_passengers refuse and what the till and the payment refuse.
    """
    named = checked_buyer(buyer)
    till = fees.use_till(till_id, by, now)
    held = None if hold_id is None else Hold.objects.filter(pk=hold_id, till=till, request=request)
    _refuse_unheld(held)
    wish = Wish(departure_id, seats, count, from_stop_id, to_stop_id)
    choice = choose(wish, till=till, now=now, own_hold=hold_id)
    held_at = _lock_hold(held)
    priced = price_passengers(choice, passengers)
    numbers = _ticket_ids(choice.seats)
    claimant = Claimant(tickets=numbers, instead_of=hold_id)
    claim_seats(departure=choice.departure, seats=choice.seats, legs=choice.stretch.legs, claimant=claimant, now=now)
    total = sum(one.price.fare for one in priced.values())
    payment, *others = collect(
        total, Tender(method, received, reference, parts), till=till, operator=choice.departure.operator,
        obj=f"departure:{departure_id}", by=by, now=now,
    )  # fmt: skip
    sale = Sale(
        station=till.station, till=till, departure=choice.departure, payment=payment, total=total,
        idempotency_key=idempotency_key, lookup_code=_lookup_code(), sold_by=by, sold_at=now, held_at=held_at,
        **named.columns(),
    )  # fmt: skip
    insert(sale)
    keep_parts(sale, others)
    tickets = _issue(sale, choice, priced, numbers=numbers, now=now)
    if hold_id is not None:
        drop_hold(hold_id)
    _tell(sale, tickets, till=till, payment=payment, now=now)
    return sale


def _refuse_unheld(held: QuerySet[Hold] | None) -> None:
    """A hold is believed only when this till made it: else its seats would be sold under another counter's eyes. And
    while its customer is shown a code to pay by, nobody else pays for these seats."""
    if held is not None and not held.exists():
        raise HoldGone


def _lock_hold(held: QuerySet[Hold] | None) -> datetime | None:
    """Before its claims, as whoever extends or drops it: in the other order the two would wait for each other.
    Since when the seats are kept."""
    if held is None:
        return None
    if (hold := lock(held).first()) is None:
        raise HoldGone
    return hold.held_at


def _ticket_ids(seats: Sequence[Seat]) -> dict[int, int]:
    """Ids of the tickets to come, by seat: claims point at them before they exist (that key is checked at commit)."""
    return {seat.ordinal: pk for seat, (pk,) in zip(seats, _next_ids(len(seats)), strict=True)}


_next_ids = said_often("SELECT nextval(pg_get_serial_sequence('ticketing_ticket', 'id')) FROM generate_series(1, %s)")


def _issue(
    sale: Sale, choice: Choice, priced: Mapping[int, Priced], *, numbers: Mapping[int, int], now: datetime
) -> Sequence[Ticket]:
    legs, stretch = choice.stretch.legs, choice.stretch
    printed = _printed(sale, choice, now)
    map_id = choice.seats[0].seat_map_id
    tickets = [
        Ticket(
            pk=numbers[seat.ordinal], sale=sale, departure=choice.departure, code=_code(numbers[seat.ordinal], now),
            seat_map_id=map_id, seat=seat.ordinal, seat_label=seat.label, from_stop=stretch.from_stop,
            to_stop=stretch.to_stop, first_leg=legs.start, end_leg=legs.stop, fare=one.price.fare,
            price=one.explanation, lap_children=one.passenger.lap_children,
            printed={**printed, "seat": seat.label}, sold_at=now,
        )
        for seat, one in ((seat, priced[seat.ordinal]) for seat in choice.seats)
    ]  # fmt: skip
    return insert_all(tickets)


def _code(ticket_id: int, now: datetime) -> str:
    day = int(f"{local(now):%y%m%d}")
    return rules.ticket_code((day * _PER_DAY + ticket_id % _PER_DAY) * _GUESSES + secrets.randbelow(_GUESSES))


def _lookup_code() -> str:
    """Drawn with the sale, so that it stands on the tickets; their invoice, which is born later, adopts it."""
    return rules.lookup_code(secrets.randbelow(10**rules.LOOKUP_BODY_DIGITS))


def _printed(sale: Sale, choice: Choice, now: datetime) -> dict[str, object]:
    """What stands on the ticket, as it was when it was sold."""
    departure, operator = choice.departure, choice.departure.operator
    return {
        "station": sale.station.name,
        "station_address": sale.station.address,
        "station_phone": sale.station.phone,
        "operator": operator.name,
        "operator_tax_code": operator.tax_code,
        "operator_address": operator.address,
        "operator_phone": operator.phone,
        "route": departure.route.name,
        "route_code": departure.route.code,
        "itinerary": departure.route.itinerary,
        "from": choice.stretch.from_stop.name,
        "to": choice.stretch.to_stop.name,
        "planned_at": local(departure.planned_at).isoformat(),
        "plate": departure.vehicle.plate if departure.vehicle else "",
        "bay": selectors.bay_of(departure),
        "free_luggage_kg": operator.free_luggage_kg,
        "counter": str(sale.till.counter or ""),
        "clerk": str(sale.sold_by),
        "sold_at": local(now).isoformat(),
    }


def _tell(sale: Sale, tickets: Sequence[Ticket], *, till: Till, payment: Payment, now: datetime) -> None:
    facts = {
        "departure": sale.departure_id,
        "tickets": [ticket.code for ticket in tickets],
        "seats": [ticket.seat_label for ticket in tickets],
        "total": sale.total,
        "method": payment.method,
    }
    obj = f"sale:{sale.pk}"
    record(action="sale_made", obj=obj, station_id=sale.station_id, by=sale.sold_by, now=now, till=till, facts=facts)
    outbox.tell("sale.made", now=now, sale_id=sale.pk)
    # Not the public board: it shows no seats.
    outbox.push(f"sale-{sale.station.code}", now=now)
