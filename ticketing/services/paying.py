"""What a customer pays with: one way, or several that make up the price together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fees import services as fees
from fees.enums import Account, Method, PaymentKind
from fees.errors import ReferenceMissing
from fees.models import Payment
from station.models import Operator, Till, User
from station.models.locks import lock
from station.money import vnd
from ticketing import selectors
from ticketing.errors import PartsTooMuch
from ticketing.models import Sale, SalePart


@dataclass(frozen=True, slots=True)
class Part:
    """*amount* đồng of a price, paid by *method*; a card or a transfer names its *reference*."""

    method: Method
    amount: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Tender:
    """How a price is paid: its parts, and the rest by *method* (all of it, when there are none)."""

    method: Method
    received: int | None = None
    reference: str = ""
    parts: Sequence[Part] = ()


def check_parts(parts: Sequence[Part]) -> None:
    """What would be refused once the rest has come is refused before it is asked for. Raises ReferenceMissing."""
    if any(part.method != Method.CASH and not part.reference for part in parts):
        raise ReferenceMissing


def rest_of(total: int, parts: Sequence[Part]) -> int:
    """What is to pay beside *parts*, in đồng. Raises PartsTooMuch."""
    paid = sum(part.amount for part in parts)
    if paid > total or any(part.amount <= 0 for part in parts):
        raise PartsTooMuch(parts=vnd(paid), total=vnd(total))
    return total - paid


def collect(
    total: int, tender: Tender, *, till: Till, operator: Operator, obj: str, by: User, now: datetime
) -> list[Payment]:  # fmt: skip
    """Take *total* đồng for tickets of *operator* into *till* (see use_till): the rest first, then the parts.

    Raises PartsTooMuch, CashTooLittle, ReferenceMissing.
    """

    def take(method: Method, amount: int, received: int | None, reference: str) -> Payment:
        return fees.take_payment(
            till=till, kind=PaymentKind.SALE, method=method, amount=amount, received=received, reference=reference,
            operator=operator, credit=Account.HELD_FOR_OPERATOR, obj=obj, by=by, now=now,
        )  # fmt: skip

    rest = rest_of(total, tender.parts)
    taken = [take(tender.method, rest, tender.received, tender.reference)] if rest or not tender.parts else []
    return taken + [take(part.method, part.amount, None, part.reference) for part in tender.parts]


def keep_parts(sale: Sale, payments: Sequence[Payment]) -> None:
    """The payments of *sale* beside its first."""
    if payments:
        SalePart.objects.bulk_create(SalePart(sale=sale, payment=payment) for payment in payments)


def sources_of(sale: Sale, amount: int, method: Method | None) -> list[tuple[Payment, int]]:
    """From which payments of *sale* how much of *amount* goes back: from one that still holds it all, if there is one
    (rather one by *method*), else from several."""
    payments = selectors.payments_of(sale)
    if len(payments) == 1:
        return [(payments[0], amount)]
    left = _left_of(payments)
    payments.sort(key=lambda one: one.method != method)
    for one in payments:
        if left[one.pk] >= amount:
            return [(one, amount)]
    found = []
    for one in payments:
        if part := min(left[one.pk], amount):
            found.append((one, part))
            amount -= part
    return found


def _left_of(payments: Sequence[Payment]) -> dict[int, int]:
    """What was not given back yet of each, by id; locked: two tickets of one sale do not take the same money."""
    ids = [one.pk for one in payments]
    left = {one.pk: one.amount for one in lock(Payment.objects.filter(pk__in=ids))}
    given = Payment.objects.filter(refund_of__in=ids).order_by("pk").values_list("refund_of", "amount")
    for payment_id, amount in given:
        left[payment_id or 0] += amount
    return left
