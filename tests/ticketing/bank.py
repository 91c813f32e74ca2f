"""Customers who pay by bank, and what the bank tells."""

from datetime import datetime
from itertools import count
from typing import Any

from fees.models import BankAccount, BankLine, Posting, TransferRequest
from fees.services import Told
from station.enums import Role
from station.models import Departure, Station, Till, User
from tests.factories import NOW, UserFactory, staff_of
from tests.factories_fees import BankAccountFactory, till_of
from tests.factories_ticketing import hold
from ticketing import services
from ticketing.models import WaitingSale

_numbers = count(1)


def banked(departure: Departure) -> Till:
    """An open till at the station of *departure*, which has a bank account."""
    if not BankAccount.objects.filter(station=departure.station).exists():
        BankAccountFactory(station=departure.station)
    return till_of(departure.station)


def asked(departure: Departure, *labels: str, till: Till | None = None, now: datetime = NOW) -> TransferRequest:
    """The seats *labels* are kept, and their customer was shown a code."""
    till = till or banked(departure)
    kept = hold(departure, *labels, till=till, now=now)
    return services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=now).request


def told(request: TransferRequest | None = None, **facts: Any) -> Told:
    """What the bank says of the money of *request*, unless *facts* say otherwise."""
    usual: dict[str, Any] = {"number": f"FT{next(_numbers):06d}", "booked_at": NOW}
    if request is not None:
        usual |= {"amount": request.amount, "text": f"MBVCB.1.{request.note}.CT tu 0071"}
    return Told(**{**usual, **facts})


def machine(station: Station) -> User:
    """Whoever brings the lines of the bank."""
    return staff_of(station, Role.ACCOUNTANT)


def arrives(
    request: TransferRequest, *, now: datetime = NOW, by: User | None = None, told_as: Told | None = None, **facts: Any
) -> BankLine:
    """The bank tells of money at the station of *request*."""
    by = by or UserFactory()
    line = told_as or told(request, **facts)
    return services.receive_line(station=request.station, told=line, by=by, now=now)


def waited_for(request: TransferRequest) -> WaitingSale:
    return WaitingSale.objects.get(request=request)


def balance(account: str) -> int:
    return sum(Posting.objects.filter(account=account).values_list("amount", flat=True))
