"""What was undone, moved or merged leaves books in which every invariant holds."""

from datetime import timedelta

import pytest

from dispatch import services as dispatch
from fees import services as fees
from fees.enums import MoveKind
from reports.selectors.invariants import breaches, invariants
from station.enums import Role
from tests.factories import NOW, at, staff_of
from tests.factories_dispatch import coach_with, dispatcher_of, ready_departure, same_run
from tests.factories_fees import BankAccountFactory, notes, till_of
from tests.factories_ticketing import declare_fares, hold, sell
from tests.ticketing.bank import arrives, asked
from tests.ticketing.money import in_drawer, void
from ticketing.models import Sale
from ticketing.rules import Buyer
from ticketing.services import Part

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=60)
COMPANY = Buyer("Trần Thị Mẫu", "0912345678", "0100109106", "Công ty Mẫu", "Hà Nội")


@pytest.fixture
def departure():
    departure = ready_departure(planned_at=at("14:00"))
    declare_fares(departure, 33_400)
    BankAccountFactory(station=departure.station)
    return departure


@pytest.fixture
def till(departure):
    return till_of(departure.station)


def broken():
    return [str(breach) for one in invariants() for breach in breaches(one, LATER)]


def test_voids_of_every_kind_break_nothing(departure, till):
    void(till, *sell(departure, "A1", "A2", "B1", till=till).tickets.order_by("pk"))
    void(till, sell(departure, "A1", till=till, parts=[Part("transfer", 20_000, "FT1")]).tickets.get())
    arrives(asked(departure, "B1", till=till))
    by_bank = Sale.objects.get(payment__method="transfer")
    [gone] = void(till, by_bank.tickets.get())
    fees.send_back(
        payment_id=gone.payment_id, stations=[departure.station], reference="FT9",
        by=staff_of(departure.station, Role.ACCOUNTANT), now=NOW,
    )  # fmt: skip

    assert broken() == []


def test_a_closing_after_cash_moved_breaks_nothing(departure, till):
    kept = hold(departure, "A1", till=till)
    sell(departure, "A1", till=till, hold_id=kept.pk, buyer=COMPANY, now=LATER)
    cash = fees.Cash(MoveKind.DROP, 100_000, "")
    fees.move_cash(till_id=till.pk, cash=cash, other=None, by=till.clerk, now=LATER)

    fees.close_till(till_id=till.pk, counts=notes(in_drawer(till)), reason="", by=till.clerk, now=LATER)

    assert broken() == []


def test_a_merger_after_a_smaller_coach_breaks_nothing(departure, till):
    later, by = same_run(departure, at("15:00")), dispatcher_of(departure.station)
    sell(departure, "A1", "B2", till=till)
    coach = coach_with(departure, "A1")
    how = {"departure_id": departure.pk, "reason": "hỏng xe", "by": by, "now": LATER}
    dispatch.replace_vehicle(**how, vehicle_id=coach.pk, driver_id=None)

    dispatch.merge_departures(**how, into_id=later.pk)

    assert broken() == []
