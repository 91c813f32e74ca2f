"""Writing one money fact into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fees.enums import Account
from fees.models import Entry, Posting
from station.models import Operator, Till, User
from station.models.written_once import insert, insert_all


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: debit +, credit −, in đồng."""

    account: Account
    amount: int
    operator: Operator | None = None
    till: Till | None = None


def post(
    *, station_id: int, till: Till | None, obj: str, text: str, lines: Sequence[Line], by: User | None, now: datetime
) -> Entry:
    """Write one entry inside the caller's transaction; lines of zero are left out, the rest must sum to zero."""
    if sum(line.amount for line in lines):
        raise ValueError(f"{obj}: postings do not sum to zero: {lines!r}")
    entry = insert(Entry(station_id=station_id, till=till, at=now, by=by, obj=obj, text=text))
    moving = [line for line in lines if line.amount]
    if moving:
        insert_all([
            Posting(entry=entry, account=line.account, operator=line.operator, till=line.till, amount=line.amount)
            for line in moving
        ])  # fmt: skip
    return entry
