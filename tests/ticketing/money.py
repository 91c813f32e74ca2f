"""What tests of money that goes back ask again and again."""

from datetime import date, datetime
from typing import Any

from factory.django import DjangoModelFactory

from fees.models import Payment, Posting
from fees.selectors import drawer_balance
from station.enums import Role
from station.models import Departure, Till, User
from tests.factories import LONG_AGO, NOW, staff_of
from tests.factories_fees import till_of
from ticketing import services
from ticketing.models import Refund, RefundPolicy, Ticket

# The coach of the tests leaves at 14:00; the counter works at 09:00, five hours before.
FIVE_HOURS_BEFORE = NOW
ModelFactory: Any = DjangoModelFactory


class RefundPolicyFactory(ModelFactory):
    """Everybody gives everything back a day before."""

    class Meta:
        model = RefundPolicy

    operator = None
    minutes_before = 24 * 60
    percent = 100
    valid_from: date = LONG_AGO


def counter(departure: Departure, **facts: Any) -> Till:
    """An open till whose float is in the drawer by the ledger, so that it can pay out."""
    return till_of(departure.station, **facts)


def second_person(departure: Departure) -> User:
    return staff_of(departure.station, Role.SHIFT_LEAD)


def refund(ticket: Ticket, till: Till, *, now: datetime = NOW, **facts: Any) -> Refund:
    return services.refund_ticket(code=ticket.code, till_id=till.pk, by=till.clerk, now=now, **facts)


def void(till: Till, *tickets: Ticket, now: datetime = NOW) -> list[Refund]:
    return services.void_tickets(codes=[one.code for one in tickets], till_id=till.pk, by=till.clerk, now=now)


def held_for(departure: Departure) -> int:
    """Ticket money the station holds for the operator of *departure*."""
    rows = Posting.objects.filter(account="held_for_operator", operator=departure.operator)
    return -sum(rows.values_list("amount", flat=True))


def in_drawer(till: Till) -> int:
    return drawer_balance(till)


def paid_back() -> list[tuple[str, str, int]]:
    """(kind, method, amount) of every payment that went out, by time."""
    rows = Payment.objects.filter(amount__lt=0).order_by("pk")
    return list(rows.values_list("kind", "method", "amount"))
