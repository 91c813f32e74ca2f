"""What becomes of tickets when their departure does not run as they say. Dispatch calls this with the lock on the
departures; every ticket is written on a work list, none is moved without a trace."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from station.models import Departure, Seat, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox
from ticketing import selectors
from ticketing.enums import DisruptionKind, TicketState
from ticketing.models import Affected, Disruption, SeatBlock, SeatChange, SeatClaim, Ticket
from ticketing.services.blocks import lift_block
from ticketing.services.claims import Claimant, claim_seats
from ticketing.services.freight import unload_parcels
from ticketing.services.holds import drop_holds_on

_RIDING = (TicketState.SOLD, TicketState.BOARDED)


@transaction.atomic
def displace_tickets(
    *, departure: Departure, into: Departure | None = None, reason: str, by: User, now: datetime
) -> Disruption:
    """*departure* does not run: nobody has a seat any more.

    Who lost their seat before, when another coach came or another departure was merged into this one, is on the list
    again. With *into*, whoever finds a seat of the same label and kind there rides there; they are on the work list all
    the same, because a passenger is moved with their consent only (L35 Art. 59(3)).
    """
    tickets = _locked_tickets(departure, seatless=True)
    _free_everything(departure, by, now)
    kind = DisruptionKind.MERGED if into else DisruptionKind.CANCELLED
    disruption = Disruption.objects.create(
        departure=departure, kind=kind, into=into, from_map_id=departure.seat_map_id,
        to_map_id=into.seat_map_id if into else None, planned_at=departure.leaves_at, reason=reason, by=by, at=now,
    )  # fmt: skip
    for ticket in tickets:
        if ticket.state != TicketState.DISPLACED:
            ticket.become(TicketState.DISPLACED, by=by, now=now, reason=f"{kind}: {reason}")
    places = _same_places(tickets, into, now) if into else {}
    for ticket in tickets:
        if into and ticket.pk in places:
            _seat(ticket, into, places[ticket.pk], by=by, now=now)
    return _listed(disruption, tickets, places, now)


@transaction.atomic
def remap_tickets(*, departure: Departure, from_map_id: int | None, reason: str, by: User, now: datetime) -> Disruption:
    """*departure* has another coach, and its seat map already: who finds their label and kind there keeps it."""
    tickets = _locked_tickets(departure)
    _free_everything(departure, by, now)
    disruption = Disruption.objects.create(
        departure=departure, kind=DisruptionKind.REPLACED, from_map_id=from_map_id, to_map_id=departure.seat_map_id,
        planned_at=departure.leaves_at, reason=reason, by=by, at=now,
    )  # fmt: skip
    places = _same_places(tickets, departure, now)
    for ticket in tickets:
        if ticket.pk in places:
            _take(ticket, departure, places[ticket.pk], now)
    for ticket in tickets:
        if ticket.pk not in places:
            ticket.become(TicketState.DISPLACED, by=by, now=now, reason=f"{DisruptionKind.REPLACED}: {reason}")
    return _listed(disruption, tickets, places, now)


@transaction.atomic
def list_late(
    *, departure: Departure, before: datetime, expected_at: datetime, reason: str, by: User, now: datetime
) -> Disruption:
    """*departure* leaves at *expected_at* instead of *before*: every passenger is to be told."""
    tickets = _locked_tickets(departure)
    disruption = Disruption.objects.create(
        departure=departure, kind=DisruptionKind.LATE, planned_at=before, expected_at=expected_at, reason=reason,
        by=by, at=now,
    )  # fmt: skip
    seats = {ticket.pk: ticket.seat_label for ticket in tickets}
    return _written(disruption, tickets, seats, now)


def _locked_tickets(departure: Departure, *, seatless: bool = False) -> list[Ticket]:
    """Who rides on *departure*; with *seatless* also who was to ride on it and has no seat yet."""
    wanted = Q(departure=departure, state__in=_RIDING)
    if seatless:
        sent_here = Affected.objects.filter(disruption__into=departure).values("ticket")
        wanted |= Q(state=TicketState.DISPLACED) & (Q(departure=departure) | Q(pk__in=sent_here))
    return list(lock(Ticket.objects.filter(wanted).select_related("sale")))


def _free_everything(departure: Departure, by: User, now: datetime) -> None:
    """Every seat of *departure*; whoever was just selling it is told that the seats are no longer kept. What was kept
    from sale were seats of the coach that does not come: the block is lifted, for another coach it is set anew. Parcels
    in its hold come out again."""
    blocks = SeatBlock.objects.filter(departure=departure, lifted_at=None).order_by("pk")
    for block_id in blocks.values_list("pk", flat=True):
        lift_block(block_id=block_id, by=by, now=now)
    unload_parcels(departure, by=by, now=now)
    drop_holds_on(departure)
    SeatClaim.objects.filter(departure=departure).delete()


def _same_places(tickets: Sequence[Ticket], departure: Departure, now: datetime) -> Mapping[int, Seat]:
    """By ticket: the seat of *departure* with its label and of its kind, free on its legs. First sold, first served."""
    kinds = selectors.seat_kinds(tickets)
    by_label = {seat.label: seat for seat in selectors.seats_of(departure)}
    found: dict[int, Seat] = {}
    given: set[tuple[int, int]] = set()
    for ticket in tickets:
        legs = range(ticket.first_leg, ticket.end_leg)
        seat = by_label.get(ticket.seat_label)
        if seat is None or seat.kind != kinds[ticket.pk] or any((seat.ordinal, leg) in given for leg in legs):
            continue
        if seat.ordinal in selectors.taken_seats(departure, legs, now):
            continue
        found[ticket.pk] = seat
        given |= {(seat.ordinal, leg) for leg in legs}
    return found


def _seat(ticket: Ticket, departure: Departure, seat: Seat, *, by: User, now: datetime) -> None:
    """A displaced passenger has a seat again: on *departure*, perhaps another one than their paper says."""
    claim_seats(
        departure=departure, seats=[seat], legs=range(ticket.first_leg, ticket.end_leg),
        claimant=Claimant(tickets={seat.ordinal: ticket.pk}), now=now,
    )  # fmt: skip
    ticket.become(
        TicketState.SOLD, by=by, now=now, reason=f"{departure} {seat.label}", seat=seat.ordinal,
        seat_label=seat.label, seat_map_id=seat.seat_map_id, departure_id=departure.pk,
    )  # fmt: skip


def _take(ticket: Ticket, departure: Departure, seat: Seat, now: datetime) -> None:
    """The same label on the other coach."""
    claim_seats(
        departure=departure, seats=[seat], legs=range(ticket.first_leg, ticket.end_leg),
        claimant=Claimant(tickets={seat.ordinal: ticket.pk}), now=now,
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(seat=seat.ordinal, seat_map_id=seat.seat_map_id)


def _listed(
    disruption: Disruption, tickets: Sequence[Ticket], places: Mapping[int, Seat], now: datetime
) -> Disruption:  # fmt: skip
    return _written(disruption, tickets, {pk: seat.label for pk, seat in places.items()}, now)


def _written(
    disruption: Disruption, tickets: Iterable[Ticket], labels: Mapping[int, str], now: datetime
) -> Disruption:  # fmt: skip
    rows = [
        Affected(
            disruption=disruption, ticket=ticket, from_label=ticket.seat_label,
            to_label=labels.get(ticket.pk, ""),
        )
        for ticket in tickets
    ]  # fmt: skip
    Affected.objects.bulk_create(rows)
    departure = disruption.departure
    facts = {
        "kind": disruption.kind, "reason": disruption.reason, "tickets": len(rows),
        "seated": sum(row.to_label != "" for row in rows),
    }  # fmt: skip
    record(
        action="departure_disrupted", obj=departure.journal_name, station_id=departure.station_id,
        by=disruption.by, now=now, facts=facts,
    )  # fmt: skip
    outbox.push(f"sale-{departure.station.code}", now=now)
    outbox.push(f"changes-{departure.station.code}", now=now)
    return disruption


@transaction.atomic
def reseat_passenger(*, affected_id: int, seat: str, by: User, now: datetime) -> Affected:
    """A displaced passenger agreed to *seat*, on the coach that runs or on the departure that took theirs over.

    Raises TicketOver, DepartureNotOpen, NoSuchSeat, SeatTaken, NotAffected.
    """
    row = selectors.affected_row(affected_id)
    disruption = row.disruption
    target_id = disruption.into_id or disruption.departure_id
    rows = selectors.with_facts(Departure.objects.filter(pk__in={disruption.departure_id, target_id}))
    target = {one.pk: one for one in lock(rows)}[target_id]
    ticket = lock(Ticket.objects.select_related("sale").filter(pk=row.ticket_id)).get()
    if refusal := selectors.reseat_refusal(ticket, target):
        raise refusal
    place = selectors.free_place(target, seat, range(ticket.first_leg, ticket.end_leg), now)
    if place.label != ticket.seat_label:
        SeatChange.objects.create(ticket=ticket, from_label=ticket.seat_label, to_label=place.label, by=by, at=now)
    _seat(ticket, target, place, by=by, now=now)
    _to_be_told(row).update(told_at=now, told_by=by)
    Affected.objects.filter(pk=row.pk).update(to_label=place.label, told_at=now, told_by=by)
    outbox.push(f"changes-{target.station.code}", now=now)
    return row


@transaction.atomic
def tell_passenger(*, affected_id: int, by: User, now: datetime) -> Affected:
    """The passenger knows and agrees; the first time counts. Raises NotAffected."""
    row = selectors.affected_row(affected_id)
    departure = row.disruption.departure
    told = _to_be_told(row).update(told_at=now, told_by=by)
    if told:
        facts = {"disruption": row.disruption_id, "seat": row.to_label}
        record(
            action="passenger_told", obj=f"ticket:{row.ticket_id}", station_id=departure.station_id, by=by, now=now,
            facts=facts,
        )  # fmt: skip
        outbox.push(f"changes-{departure.station.code}", now=now)
    return row


def _to_be_told(row: Affected) -> QuerySet[Affected]:
    """*row*, unless they know already. Who agrees to the place of today needs no other of before; but a delay says
    nothing of places."""
    rows = Affected.objects.filter(ticket=row.ticket_id, pk__lte=row.pk, told_at=None)
    return rows.filter(pk=row.pk) if row.disruption.kind == DisruptionKind.LATE else rows
