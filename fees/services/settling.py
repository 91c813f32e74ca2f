"""An operator pays a charge at a till."""

from datetime import datetime

from django.db import transaction

from fees.enums import Account, ChargeState, Method, PaymentKind
from fees.errors import AlreadyPaid, ChargeCancelled, ChargeElsewhere
from fees.models import Charge
from fees.services.payments import take_payment, use_till
from station.models import Till, User
from station.models.locks import lock
from station.services.outbox import push, tell


@transaction.atomic
def pay_charge(
    *, charge_id: int, till_id: int, method: Method, received: int | None, reference: str, by: User, now: datetime
) -> Charge:
    """Take the whole charge into the clerk's own till.

    Raises what use_till and take_payment raise, and ChargeElsewhere, AlreadyPaid, ChargeCancelled.
    """
    till = use_till(till_id, by, now)
    rows = Charge.objects.select_related("operator", "station", "service", "departure")
    charge = lock(rows.filter(pk=charge_id)).get()
    check_payable(charge, till)
    was_due = charge.state == ChargeState.DUE
    payment = take_payment(
        till=till, kind=PaymentKind.FEE, method=method, amount=charge.gross, received=received, reference=reference,
        operator=charge.operator, credit=Account.OWED_BY_OPERATOR, obj=f"charge:{charge.pk}", by=by, now=now,
    )  # fmt: skip
    charge.become(ChargeState.PAID, by=by, now=now, till=till, payment=payment)
    push(f"charges-{charge.station.code}", now=now)
    if was_due:  # a charge on account told when it arose
        tell("charge.due", now=now, charge_id=charge.pk)
    return charge


def check_payable(charge: Charge, till: Till) -> None:
    """Raises ChargeElsewhere, AlreadyPaid, ChargeCancelled."""
    if charge.station_id != till.station_id:
        raise ChargeElsewhere(station=str(charge.station))
    if charge.state == ChargeState.PAID:
        raise AlreadyPaid
    if charge.state == ChargeState.CANCELLED:
        raise ChargeCancelled
