"""Tills over real connections: each race with its control, where the lock is gone and the database refuses."""

import contextlib
import threading

import pytest
from django.db import DatabaseError, connections

from fees import selectors, services
from fees.enums import Method
from fees.models import Charge, ClosingCounter, Entry, Payment, TillClosing
from station.enums import TillState
from station.errors import DomainError
from station.models import Till
from tests.factories import NOW, StationFactory
from tests.factories_fees import ChargeableDepartureFactory, charge, notes, pay, priced, till_of

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 1.0


def closing_of(till, amount):
    def close():
        services.close_till(till_id=till.pk, counts=notes(amount), reason="", by=till.clerk, now=NOW)
        return "closed"

    return close


def charging_of(departure):
    def charge_it():
        services.charge_departure(departure=departure, by=None, now=NOW)
        return "charged"

    return charge_it


@pytest.fixture
def payment_meets_the_closing(monkeypatch):
    """`payment_meets_the_closing(charge, till)`: it is paid just after the closing has read the drawer."""

    def meet(due, till):
        outcomes, read = [], selectors.drawer_balance

        def run():
            try:
                pay(due, till)
                outcomes.append("paid")
            except (DomainError, DatabaseError) as refusal:
                outcomes.append(type(refusal).__name__)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run, daemon=True)

        def read_and_let_pay(of_till):
            expected = read(of_till)
            thread.start()
            thread.join(PATIENCE)
            return expected

        monkeypatch.setattr("fees.selectors.drawer_balance", read_and_let_pay)
        try:
            outcomes.append(closing_of(till, 500_000)())
        except (DomainError, DatabaseError) as refusal:
            outcomes.append(type(refusal).__name__)
        thread.join(10)
        return sorted(outcomes)

    return meet


def test_a_payment_that_comes_while_the_till_closes_waits_and_is_refused(payment_meets_the_closing):
    due = charge()
    till = till_of(due.station)

    assert payment_meets_the_closing(due, till) == ["TillClosed", "closed"]
    assert Payment.objects.count() == 0
    assert TillClosing.objects.get().expected_cash == 500_000


def test_without_the_lock_the_payment_slips_in_and_the_closing_is_refused(payment_meets_the_closing, no_lock):
    """Proves that the test above really meets: the books no longer bear the closing out, and the database says so."""
    due = charge()
    till = till_of(due.station)

    assert payment_meets_the_closing(due, till) == ["IntegrityError", "paid"]
    assert Till.objects.get().state == TillState.OPEN


def test_one_of_two_closers_wins(race, meet_after_reading):
    till = till_of(StationFactory())
    meet_after_reading("fees.selectors.drawer_balance")

    assert race(closing_of(till, 500_000), closing_of(till, 500_000)) == ["TillClosed", "closed"]
    assert TillClosing.objects.count() == 1


def test_without_the_lock_a_till_is_still_closed_once(race, meet_after_reading, no_lock):
    till = till_of(StationFactory(), opening_float=0)
    meet_after_reading("fees.selectors.drawer_balance")

    assert race(closing_of(till, 0), closing_of(till, 0)) == ["IntegrityError", "closed"]
    assert TillClosing.objects.count() == 1


def test_tills_that_close_together_get_numbers_without_gaps(race, meet_after_reading):
    station = StationFactory()
    tills = [till_of(station) for _ in range(6)]
    meet_after_reading("fees.selectors.till_summary")

    assert race(*[closing_of(till, 500_000) for till in tills]) == ["closed"] * 6
    assert sorted(TillClosing.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert ClosingCounter.objects.get().last_number == 6


def test_without_the_lock_on_the_counter_no_number_is_given_twice(race, no_lock, monkeypatch):
    station = StationFactory()
    tills = [till_of(station) for _ in range(2)]
    ClosingCounter.objects.create(station=station)
    barrier = threading.Barrier(2, timeout=PATIENCE)
    save = ClosingCounter.save

    def meet_and_save(counter, **options):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()
        save(counter, **options)

    monkeypatch.setattr(ClosingCounter, "save", meet_and_save)

    assert race(*[closing_of(till, 500_000) for till in tills]) == ["IntegrityError", "closed"]
    assert list(TillClosing.objects.values_list("number", flat=True)) == [1]


def test_a_charge_is_made_once_by_two_who_ask_together(race, meet_after_reading):
    priced()
    departure = ChargeableDepartureFactory()
    meet_after_reading("fees.selectors.charge_of_departure")

    assert race(charging_of(departure), charging_of(departure)) == ["charged", "charged"]
    assert (Charge.objects.count(), Entry.objects.count()) == (1, 1)


def test_without_the_lock_the_second_charge_is_refused(race, meet_after_reading, no_lock):
    priced()
    departure = ChargeableDepartureFactory()
    meet_after_reading("fees.selectors.charge_of_departure")

    assert race(charging_of(departure), charging_of(departure)) == ["IntegrityError", "charged"]
    assert (Charge.objects.count(), Entry.objects.count()) == (1, 1)


def test_two_tills_take_a_charge_once(race):
    due = charge()
    tills = [till_of(due.station) for _ in range(2)]

    def paying(till):
        def take():
            pay(due, till, method=Method.CARD, reference="000123")
            return "paid"

        return take

    assert race(*[paying(till) for till in tills]) == ["AlreadyPaid", "paid"]
    assert Payment.objects.count() == 1
