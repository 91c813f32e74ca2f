"""Cash moves: into a drawer, out of it, to the safe, to the till of another person.

What is in a drawer was never counted yet, so no amount is refused for being more than the books say: that would tell
the clerk what a blind count must not know, and cash that somebody holds in the hand does move. The count shows it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fees.enums import Account, Method, MoveKind, MoveState, PaymentKind
from fees.errors import (
    KeeperNeeded,
    MoveAnswered,
    MoveNeedsReason,
    NotWholeNotes,
    NotYourMove,
    OtherTillNotOpen,
    OwnTill,
)
from fees.models import CashMove, Payment
from fees.money import cash_rounding
from fees.services.ledger import Line, post
from fees.services.payments import use_till
from station.enums import TillState
from station.models import Till, User
from station.models.journal import record
from station.models.locks import lock, share_lock
from station.money import vnd
from station.rights import has_right
from station.services.approvals import check_second_person
from station.services.outbox import push

KEEPING = "fees.keep_safe"
# What each move is in the list of payments, where it goes in the ledger, and its sign in the drawer.
_BOOKED = {
    MoveKind.IN: (PaymentKind.FLOAT, Account.SAFE, 1),
    MoveKind.OUT: (PaymentKind.PAYOUT, Account.ADVANCE, -1),
    MoveKind.DROP: (PaymentKind.DROP, Account.SAFE, -1),
}


@dataclass(frozen=True, slots=True)
class Cash:
    """How much goes where, and why."""

    kind: MoveKind
    amount: int
    reason: str = ""


@transaction.atomic
def move_cash(*, till_id: int, cash: Cash, other: User | None, by: User, now: datetime) -> CashMove:
    """Cash in from the safe, out for something, or dropped into the safe.

    In and out need *other*, who keeps the safe and stands beside, unless the clerk keeps it: one person may be alone
    at night. Raises what use_till raises, NotWholeNotes, MoveNeedsReason, KeeperNeeded, ApprovesOwn, ApprovalRefused.
    """
    till = use_till(till_id, by, now)
    _check_amount(cash.amount)
    if cash.kind == MoveKind.OUT and not cash.reason.strip():
        raise MoveNeedsReason
    if other is not None:
        check_second_person(other, KEEPING, till.station, by=by, now=now)
    elif cash.kind != MoveKind.DROP and not has_right(by, KEEPING, till.station, now):
        raise KeeperNeeded
    kind, account, sign = _BOOKED[cash.kind]
    payment = _book(till, kind, sign * cash.amount, account, by=by, now=now)
    move = CashMove.objects.create(
        station=till.station, till=till, kind=cash.kind, amount=cash.amount, reason=cash.reason.strip(), by=by,
        other=other, made_at=now, payment=payment,
    )  # fmt: skip
    _tell(move, till, by=by, now=now)
    return move


@transaction.atomic
def hand_over(*, till_id: int, to_till_id: int, amount: int, reason: str, by: User, now: datetime) -> CashMove:
    """Offer *amount* đồng to the person of another open till here; it moves when they counted and took it.

    Raises what use_till raises, OwnTill, NotWholeNotes, OtherTillNotOpen.
    """
    if to_till_id == till_id:
        raise OwnTill  # needs no lock: two arguments
    for pk in sorted((till_id, to_till_id)):
        share_lock(Till, pk)
    till = use_till(till_id, by, now)
    _check_amount(amount)
    to_till = _open_here(to_till_id, till)
    move = CashMove.objects.create(
        station=till.station, till=till, kind=MoveKind.HAND_OVER, amount=amount, reason=reason.strip(), by=by,
        other=to_till.clerk, to_till=to_till, state=MoveState.OFFERED, made_at=now,
    )  # fmt: skip
    _tell(move, till, by=by, now=now)
    return move


@transaction.atomic
def take_over(*, move_id: int, by: User, now: datetime) -> CashMove:
    """The other person counted the cash and has it: it is in their drawer from now on.

    Raises what use_till raises of their till, NotYourMove, OtherTillNotOpen, MoveAnswered.
    """
    offered = CashMove.objects.get(pk=move_id)
    if offered.to_till_id is None:
        raise MoveAnswered(state=offered.get_state_display())  # needs no lock: only a hand-over has another till
    for pk in sorted((offered.till_id, offered.to_till_id)):
        share_lock(Till, pk)
    to_till = use_till(offered.to_till_id, by, now)
    move = _waiting(move_id)
    till = _open_here(move.till_id, to_till)
    given = _book(till, PaymentKind.DROP, -move.amount, Account.TRANSIT, by=move.by, now=now)
    taken = _book(to_till, PaymentKind.FLOAT, move.amount, Account.TRANSIT, by=by, now=now)
    move.become(
        MoveState.DONE, by=by, now=now, till=to_till, answered_at=now, payment=given, to_payment=taken
    )  # fmt: skip
    push(f"tills-{till.station.code}", now=now)
    return move


@transaction.atomic
def decline(*, move_id: int, by: User, now: datetime) -> CashMove:
    """The other person did not get this cash, or the clerk keeps it after all: nothing moves.

    Raises NotYourMove, MoveAnswered.
    """
    move = _waiting(move_id)
    if by.pk not in (move.by_id, move.other_id):
        raise NotYourMove(clerk=str(move.other))
    move.become(MoveState.DECLINED, by=by, now=now, till=move.till, answered_at=now)
    push(f"tills-{move.station.code}", now=now)
    return move


def _waiting(move_id: int) -> CashMove:
    """The hand-over, locked, so that it is answered once. Raises MoveAnswered."""
    rows = CashMove.objects.select_related("till__station", "station", "by", "other", "to_till")
    move = lock(rows.filter(pk=move_id)).get()
    if move.state != MoveState.OFFERED:
        raise MoveAnswered(state=move.get_state_display())
    return move


def _open_here(till_id: int, beside: Till) -> Till:
    till = Till.objects.select_related("clerk", "station", "shift").get(pk=till_id)
    if till.state != TillState.OPEN or till.station_id != beside.station_id:
        raise OtherTillNotOpen(clerk=str(till.clerk), station=str(beside.station))
    return till


def _check_amount(amount: int) -> None:
    if amount <= 0 or cash_rounding(amount):
        raise NotWholeNotes(amount=vnd(amount))


def _book(till: Till, kind: PaymentKind, amount: int, account: Account, *, by: User, now: datetime) -> Payment:
    """*amount* đồng into the drawer (out of it when negative), the other side on *account*."""
    entry = post(
        station_id=till.station_id, till=till, obj=till.journal_name, text=kind.value, by=by, now=now,
        lines=[Line(Account.DRAWER, amount, till=till), Line(account, -amount)],
    )  # fmt: skip
    return Payment.objects.create(
        till=till, station_id=till.station_id, kind=kind, method=Method.CASH, amount=amount, entry=entry, by=by, at=now
    )


def _tell(move: CashMove, till: Till, *, by: User, now: datetime) -> None:
    facts = {"kind": move.kind, "amount": move.amount, "other": move.other_id, "state": move.state}
    record(
        action="cash_moved", obj=move.journal_name, station_id=till.station_id, by=by, now=now, till=till, facts=facts
    )  # fmt: skip
    push(f"tills-{till.station.code}", now=now)
