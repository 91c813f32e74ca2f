"""Taking money at a till and paying it out, inside the transaction of what it is for."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fees import selectors
from fees.enums import Account, Method, PaymentKind
from fees.errors import CashTooLittle, ClockBehind, DrawerTooEmpty, ReferenceMissing
from fees.models import Payment
from fees.money import cash_rounding
from fees.services.ledger import Line, post
from station.clock import local
from station.enums import TillState
from station.errors import NotYourTill, TillClosed, TillNotOpen
from station.models import Operator, Till, User
from station.models.locks import share_lock
from station.models.written_once import asked_often, insert
from station.money import vnd


def use_till(till_id: int, clerk: User, now: datetime) -> Till:
    """The clerk's open till, kept open until commit: closing it waits for us, and we see one that was faster.

    The first lock of a sale or a payment. Raises TillNotOpen, NotYourTill, TillClosed, ClockBehind.
    """
    share_lock(Till, till_id)
    till = next(iter(_tills(till_id)), None)
    if till is None:
        raise TillNotOpen
    if till.clerk_id != clerk.pk:
        raise NotYourTill(clerk=str(till.clerk))
    if till.state != TillState.OPEN:
        raise TillClosed
    if now < till.opened_at:
        raise ClockBehind(opened=f"{local(till.opened_at):%H:%M %d/%m/%Y}")
    return till


@asked_often
def _tills(till_id: int) -> QuerySet[Till]:
    return Till.objects.filter(pk=till_id).select_related("station", "shift", "clerk", "counter").order_by("pk")


@transaction.atomic(savepoint=False)
def take_payment(  # noqa: PLR0913 -- each is a fact of the money; a bundle would only rename them
    *,
    till: Till,
    kind: PaymentKind,
    method: Method,
    amount: int,
    received: int | None,
    reference: str,
    operator: Operator,
    credit: Account,
    obj: str,
    by: User,
    now: datetime,
) -> Payment:
    """Book *amount* đồng into *till* (see use_till) against what *operator* owes or is owed (*credit*).

    Cash is rounded to whole notes; the rest is a correction payment of its own, so that the debt is paid to the
    đồng and the drawer holds what can be counted. No *received* means exact cash.
    Raises CashTooLittle, ReferenceMissing.
    """
    is_cash = method == Method.CASH
    rounding = cash_rounding(amount) if is_cash else 0
    to_pay = amount + rounding
    received = (to_pay if received is None else received) if is_cash else None
    if received is not None and received < to_pay:
        raise CashTooLittle(received=vnd(received), due=vnd(to_pay))
    if not is_cash and not reference:
        raise ReferenceMissing
    entry = post(
        station_id=till.station_id, till=till, obj=obj, text=kind.value, by=by, now=now,
        lines=[_money(till, method, amount), Line(credit, -amount, operator=operator)],
    )  # fmt: skip
    payment = Payment(
        till=till, station_id=till.station_id, kind=kind, method=method, amount=amount, rounding=rounding,
        received=received, reference=reference, entry=entry, by=by, at=now,
    )  # fmt: skip
    insert(payment)
    if rounding:
        _round(till, rounding, obj=obj, by=by, now=now)
    return payment


@transaction.atomic
def pay_out(  # noqa: PLR0913 -- as take_payment
    *, till: Till, refund_of: Payment, amount: int, method: Method, reference: str, operator: Operator, obj: str,
    debit: Account = Account.HELD_FOR_OPERATOR, undoes: bool = False, by: User, now: datetime,
) -> Payment:  # fmt: skip
    """Give *amount* đồng (more than 0) of *refund_of* back out of *till* (see use_till).

    It is held for *operator* no more (*debit*: as ticket money, or as freight). Cash is rounded as it was when it came
    in; what *undoes* a payment (locked) part by part is rounded together, and goes back as it came: a transfer later,
    by whoever works at the bank's list (see send_back).
    Raises ReferenceMissing, DrawerTooEmpty.
    """
    is_cash = method == Method.CASH
    kind = PaymentKind.REFUND if debit == Account.HELD_FOR_OPERATOR else PaymentKind.FREIGHT
    is_owed = undoes and method == Method.TRANSFER
    if not (is_cash or is_owed or reference):
        raise ReferenceMissing
    rounding = (selectors.rounding_back(refund_of, amount) if undoes else cash_rounding(-amount)) if is_cash else 0
    if is_cash and amount - rounding > selectors.drawer_balance(till):
        raise DrawerTooEmpty(amount=vnd(amount - rounding))  # not what it holds: the count is blind
    entry = post(
        station_id=till.station_id, till=till, obj=obj, text=kind.value, by=by, now=now,
        lines=[_money(till, method, -amount), Line(debit, amount, operator=operator)],
    )  # fmt: skip
    payment = Payment.objects.create(
        till=till, station_id=till.station_id, kind=kind, method=method, amount=-amount,
        rounding=rounding, reference="" if is_owed else reference, refund_of=refund_of, entry=entry, by=by, at=now,
    )  # fmt: skip
    if rounding:
        _round(till, rounding, obj=obj, by=by, now=now)
    return payment


def _money(till: Till, method: Method, amount: int) -> Line:
    return Line(Account.DRAWER, amount, till=till) if method == Method.CASH else Line(Account.BANK, amount)


def _round(till: Till, rounding: int, *, obj: str, by: User, now: datetime) -> None:
    """The đồng for which there is no note."""
    entry = post(
        station_id=till.station_id, till=till, obj=obj, text="rounding", by=by, now=now,
        lines=[Line(Account.DRAWER, rounding, till=till), Line(Account.ROUNDING, -rounding)],
    )  # fmt: skip
    Payment.objects.create(
        till=till, station_id=till.station_id, kind=PaymentKind.CORRECTION, method=Method.CASH, amount=rounding,
        entry=entry, by=by, at=now,
    )  # fmt: skip
