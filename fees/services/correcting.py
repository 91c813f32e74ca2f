"""A closed till is never touched again: what is found out later is booked in the till of today, with a link."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fees.enums import Account, Method, PaymentKind
from fees.errors import ClosingElsewhere, MoveNeedsReason, NotWholeNotes, ReferenceMissing
from fees.models import Payment, TillClosing, TillCorrection
from fees.money import cash_rounding
from fees.services.ledger import Line, post
from fees.services.payments import use_till
from station.models import User
from station.models.journal import record
from station.money import vnd
from station.services.approvals import check_second_person

CORRECTING = "fees.correct_till"


@dataclass(frozen=True, slots=True)
class Correction:
    """đồng that turned up (+) or that the closed till had too much and are given back (−); how, and why."""

    amount: int
    reason: str
    method: Method = Method.CASH
    reference: str = ""


@transaction.atomic
def correct_till(
    *, closing_id: int, till_id: int, correction: Correction, approver: User, by: User, now: datetime
) -> TillCorrection:  # fmt: skip
    """Book *correction* of a closed till in the clerk's own open till; two people answer for it.

    Raises what use_till raises, ClosingElsewhere, MoveNeedsReason, NotWholeNotes, ReferenceMissing, ApprovesOwn,
    ApprovalRefused.
    """
    till = use_till(till_id, by, now)
    closing = TillClosing.objects.select_related("station").get(pk=closing_id)
    if closing.station_id != till.station_id:
        raise ClosingElsewhere(station=str(closing.station))
    check_second_person(approver, CORRECTING, till.station, by=by, now=now)
    _check(correction)
    is_cash = correction.method == Method.CASH
    money = Line(Account.DRAWER if is_cash else Account.BANK, correction.amount, till=till if is_cash else None)
    entry = post(
        station_id=till.station_id, till=till, obj=f"closing:{closing.pk}", text="correction", by=by, now=now,
        lines=[money, Line(Account.OVER_SHORT, -correction.amount)],
    )  # fmt: skip
    payment = Payment.objects.create(
        till=till, station_id=till.station_id, kind=PaymentKind.CORRECTION, method=correction.method,
        amount=correction.amount, reference=correction.reference, entry=entry, by=by, at=now,
    )  # fmt: skip
    corrected = TillCorrection.objects.create(
        closing=closing, payment=payment, reason=correction.reason.strip(), approved_by=approver, by=by, at=now
    )
    record(
        action="till_corrected", obj=f"till:{closing.till_id}", station_id=till.station_id, by=by, now=now, till=till,
        facts={"closing": closing.number, "amount": correction.amount, "approved_by": approver.pk},
    )  # fmt: skip
    return corrected


def _check(correction: Correction) -> None:
    if not correction.reason.strip():
        raise MoveNeedsReason
    if correction.method != Method.CASH and not correction.reference:
        raise ReferenceMissing
    if correction.amount == 0 or (correction.method == Method.CASH and cash_rounding(correction.amount)):
        raise NotWholeNotes(amount=vnd(correction.amount))
