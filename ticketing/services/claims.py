"""Taking seats: one row per departure, seat and leg. The primary key decides who was first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from station.models import Departure, Seat
from station.models.written_once import said_often
from ticketing.errors import SeatTaken

# The rows go in by seat and leg, so that two counters wait for each other in one order and never deadlock. A row that
# stands in the way gives way only when it is an expired hold, or the hold that is being turned into this sale.
_claim = said_often("""
    INSERT INTO ticketing_seatclaim AS claim (departure_id, seat, leg, hold_id, ticket_id, block_id, expires_at)
    SELECT %s::bigint, wanted.seat, leg, %s::bigint, wanted.ticket, wanted.block, %s::timestamptz
      FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS wanted (seat, ticket, block),
           generate_series(%s::int, %s::int) AS leg
     ORDER BY wanted.seat, leg
    ON CONFLICT (departure_id, seat, leg) DO UPDATE
       SET hold_id = excluded.hold_id, ticket_id = excluded.ticket_id, block_id = excluded.block_id,
           expires_at = excluded.expires_at
     WHERE claim.expires_at < %s OR claim.hold_id = %s
    RETURNING claim.seat
""")


@dataclass(frozen=True)
class Claimant:
    """Who takes the seats: a hold until a moment, or one ticket or block per seat (by ordinal), perhaps out of a
    hold."""

    hold_id: int | None = None
    expires_at: datetime | None = None
    tickets: Mapping[int, int] | None = None
    blocks: Mapping[int, int] | None = None
    instead_of: int | None = None


@transaction.atomic(savepoint=False)
def claim_seats(*, departure: Departure, seats: Sequence[Seat], legs: range, claimant: Claimant, now: datetime) -> None:
    """Take *seats* on *legs*: all of them, or SeatTaken and nothing."""
    ordinals = [seat.ordinal for seat in seats]
    tickets, blocks = claimant.tickets or {}, claimant.blocks or {}
    rows = _claim(
        departure.pk, claimant.hold_id, claimant.expires_at,
        ordinals, [tickets.get(ordinal) for ordinal in ordinals], [blocks.get(ordinal) for ordinal in ordinals],
        legs.start, legs.stop - 1, now, claimant.instead_of,
    )  # fmt: skip
    got = [seat for (seat,) in rows]
    if len(got) < len(seats) * len(legs):
        lost = [seat.label for seat in seats if got.count(seat.ordinal) < len(legs)]
        raise SeatTaken(seats=", ".join(lost))
