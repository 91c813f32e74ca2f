"""Seats that are not sold: the station or the operator keeps them, or they are broken."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from station.errors import DepartureNotOpen
from station.models import Departure, Seat, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox
from ticketing import selectors
from ticketing.enums import BlockKind
from ticketing.errors import BlockOver, BlockReasonMissing, NoSuchSeat, NothingChosen
from ticketing.models import SeatBlock, SeatClaim
from ticketing.services.choices import MOST_SEATS, named_seats
from ticketing.services.claims import Claimant, claim_seats


@transaction.atomic
def block_seats(
    *, departure_id: int, seats: Sequence[str], kind: BlockKind, reason: str, by: User, now: datetime
) -> list[SeatBlock]:
    """Take *seats* off sale on every leg: all of them or none.

    Raises NothingChosen, BlockReasonMissing, DepartureNotOpen, NoSuchSeat, SeatTaken, SeatBlocked, NoSeatMap.
    """
    departure = lock(selectors.with_facts(Departure.objects.filter(pk=departure_id))).get()
    if not seats:
        raise NothingChosen(most=MOST_SEATS)
    if not reason.strip():
        raise BlockReasonMissing
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    legs = selectors.all_legs(departure)
    known, taken = selectors.seats_of(departure), selectors.taken_seats(departure, legs, now)
    chosen = named_seats(departure, seats, known, taken)
    blocks = _written(departure, chosen, kind=kind, reason=reason.strip(), by=by, now=now)
    claimant = Claimant(blocks={block.seat: block.pk for block in blocks})
    claim_seats(departure=departure, seats=chosen, legs=legs, claimant=claimant, now=now)
    labels = [seat.label for seat in chosen]
    facts: dict[str, object] = {"seats": labels, "kind": kind.value, "reason": reason.strip()}
    _tell(departure, "seats_blocked", facts, by=by, now=now)
    return blocks


def _written(
    departure: Departure, seats: Sequence[Seat], *, kind: BlockKind, reason: str, by: User, now: datetime
) -> list[SeatBlock]:
    return SeatBlock.objects.bulk_create(
        SeatBlock(
            departure=departure, seat=seat.ordinal, seat_label=seat.label, kind=kind, reason=reason, by=by, at=now
        )
        for seat in seats
    )  # fmt: skip


@transaction.atomic
def lift_block(*, block_id: int, by: User, now: datetime) -> SeatBlock:
    """The seat may be sold again. Raises NoSuchSeat, BlockOver."""
    found = SeatBlock.objects.filter(pk=block_id).order_by("pk").first()
    if found is None:
        raise NoSuchSeat(seats="")  # needs no lock: there is nothing to lock
    departure = lock(Departure.objects.select_related("station").filter(pk=found.departure_id)).get()
    block = lock(SeatBlock.objects.filter(pk=block_id)).get()
    if block.lifted_at:
        raise BlockOver(seat=block.seat_label)
    SeatClaim.objects.filter(block=block).delete()
    block.lifted_by, block.lifted_at = by, now
    block.save(update_fields=["lifted_by", "lifted_at"])
    _tell(departure, "seat_unblocked", {"seats": [block.seat_label], "kind": block.kind}, by=by, now=now)
    return block


def _tell(departure: Departure, action: str, facts: dict[str, object], *, by: User, now: datetime) -> None:
    station = departure.station
    record(action=action, obj=departure.journal_name, station_id=station.pk, by=by, now=now, facts=facts)
    outbox.push(f"sale-{station.code}", now=now)
