"""Taking seats: one row per departure, seat and leg. The primary key decides who was first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from station.models import Departure, Seat
from ticketing.errors import SeatTaken

# The rows go in by seat and leg, so that two counters wait for each other in one order and never deadlock. A row that
# stands in the way gives way only when it is an expired hold, or the hold that is being turned into this sale.
_CLAIM = """
    INSERT INTO ticketing_seatclaim AS claim (departure_id, seat, leg, hold_id, ticket_id, block_id, expires_at)
    SELECT %(departure)s, wanted.seat, leg, %(hold)s, wanted.ticket, wanted.block, %(expires_at)s
      FROM unnest(%(seats)s::smallint[], %(tickets)s::bigint[], %(blocks)s::bigint[]) AS wanted (seat, ticket, block),
           generate_series(%(first)s, %(last)s) AS leg
     ORDER BY wanted.seat, leg
    ON CONFLICT (departure_id, seat, leg) DO UPDATE
       SET hold_id = excluded.hold_id, ticket_id = excluded.ticket_id, block_id = excluded.block_id,
           expires_at = excluded.expires_at
     WHERE claim.expires_at < %(now)s OR claim.hold_id = %(instead_of)s
    RETURNING claim.seat
"""


@dataclass(frozen=True)
class Claimant:
    """Who takes the seats: a hold until a moment, or one ticket or block per seat (by ordinal), perhaps out of a
    hold."""

    hold_id: int | None = None
    expires_at: datetime | None = None
    tickets: Mapping[int, int] | None = None
    blocks: Mapping[int, int] | None = None
    instead_of: int | None = None


@transaction.atomic
def claim_seats(*, departure: Departure, seats: Sequence[Seat], legs: range, claimant: Claimant, now: datetime) -> None:
    """Take *seats* on *legs*: all of them, or SeatTaken and nothing."""
    ordinals = [seat.ordinal for seat in seats]
    tickets, blocks = claimant.tickets or {}, claimant.blocks or {}
    values = {
        "departure": departure.pk,
        "hold": claimant.hold_id,
        "expires_at": claimant.expires_at,
        "seats": ordinals,
        "tickets": [tickets.get(ordinal) for ordinal in ordinals],
        "blocks": [blocks.get(ordinal) for ordinal in ordinals],
        "first": legs.start,
        "last": legs.stop - 1,
        "now": now,
        "instead_of": claimant.instead_of,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        got = [row[0] for row in cursor.fetchall()]
    if len(got) < len(seats) * len(legs):
        lost = [seat.label for seat in seats if got.count(seat.ordinal) < len(legs)]
        raise SeatTaken(seats=", ".join(lost))
