from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from fees import selectors, services
from fees.enums import Account, ChargeState, Method, PaymentKind
from fees.errors import AlreadyPaid, CashTooLittle, ChargeCancelled, ChargeElsewhere, ClockBehind, ReferenceMissing
from fees.models import Charge, Entry, Payment, Posting, TillClosing
from fees.services import Line
from station.enums import PaymentCycle, Role
from station.errors import NoOpenShift, NotYourTill, TillAlreadyOpen, TillClosed, TillNotOpen
from station.events import _subscriptions
from station.models import JournalEntry, OutboxMessage
from tests.factories import ContractFactory, OperatorFactory, StationFactory, TillFactory, staff_of
from tests.factories_fees import ChargeableDepartureFactory, charge, notes, open_shift, pay, till_of

pytestmark = pytest.mark.django_db


def postings(text):
    rows = Posting.objects.filter(entry__text=text).order_by("account")
    return list(rows.values_list("account", "amount"))


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setitem(_subscriptions, "charge.due", ["tests.listen"])
    return lambda: list(
        OutboxMessage.objects.filter(task="tests.listen").order_by("pk").values_list("payload", flat=True)
    )


# --- opening


def test_a_float_comes_from_the_safe():
    till = till_of(StationFactory(), opening_float=500_000)

    assert postings("float") == [("drawer", 500_000), ("safe", -500_000)]
    assert selectors.drawer_balance(till) == 500_000


def test_a_till_without_a_float_needs_no_entry():
    till_of(StationFactory(), opening_float=0)

    assert Entry.objects.count() == 0


def test_without_a_shift_there_is_no_till(now):
    station = StationFactory()

    with pytest.raises(NoOpenShift) as refusal:
        services.open_till(
            station=station, clerk=staff_of(station, Role.TICKET_CLERK), counter_id=None, opening_float=0, now=now
        )

    assert refusal.value.facts == {"station": str(station)}


def test_a_person_has_one_open_till():
    till = till_of(StationFactory())

    with pytest.raises(TillAlreadyOpen):
        till_of(till.station, clerk=till.clerk)

    assert till.clerk.tills.count() == 1


# --- paying


def test_cash_is_rounded_to_notes_and_the_debt_is_paid_to_the_dong(now):
    due = charge()
    till = till_of(due.station)

    paid = pay(due, till, received=100_000)

    assert (paid.state, paid.payment.amount, paid.payment.rounding) == (ChargeState.PAID, 56_376, -376)
    assert (paid.payment.to_pay, paid.payment.change) == (56_000, 44_000)
    assert postings("fee") == [("drawer", 56_376), ("owed_by_operator", -56_376)]
    assert postings("rounding") == [("drawer", -376), ("rounding", 376)]
    assert selectors.drawer_balance(till) == 556_000
    assert [(row.kind, row.amount) for row in selectors.payments_of(till)] == [("correction", -376), ("fee", 56_376)]


def test_a_transfer_goes_to_the_bank_exactly():
    due = charge()
    till = till_of(due.station)

    paid = pay(due, till, method=Method.TRANSFER, reference="FT26326001")

    assert (paid.payment.amount, paid.payment.rounding, paid.payment.received) == (56_376, 0, None)
    assert postings("fee") == [("bank", 56_376), ("owed_by_operator", -56_376)]
    assert selectors.drawer_balance(till) == 500_000


def test_the_operator_owes_nothing_afterwards():
    due = charge()

    pay(due, till_of(due.station))

    owed = Posting.objects.filter(account=Account.OWED_BY_OPERATOR, operator=due.operator)
    assert sum(owed.values_list("amount", flat=True)) == 0


def test_a_paid_charge_says_so_upwards_and_in_the_journal_of_the_till(told):
    due = charge()
    till = till_of(due.station)

    pay(due, till)

    assert told() == [{"charge_id": due.pk}]
    assert JournalEntry.objects.get(obj=f"charge:{due.pk}", action="charge_paid").chain == f"till:{till.pk}"


def test_a_charge_on_account_that_is_paid_later_is_not_told_twice(told):
    departure = ChargeableDepartureFactory()
    ContractFactory(station=departure.station, operator=departure.operator, payment_cycle=PaymentCycle.MONTH)
    due = charge(departure)

    pay(due, till_of(due.station))

    assert told() == [{"charge_id": due.pk}]


def test_too_little_cash_is_refused():
    due = charge()

    with pytest.raises(CashTooLittle) as refusal:
        pay(due, till_of(due.station), received=55_000)

    assert refusal.value.facts == {"received": "55.000đ", "due": "56.000đ"}
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("method", [Method.TRANSFER, Method.CARD])
def test_money_that_is_not_cash_needs_its_reference(method):
    due = charge()

    with pytest.raises(ReferenceMissing):
        pay(due, till_of(due.station), method=method)

    assert Payment.objects.count() == 0


def test_a_charge_is_paid_once():
    due = charge()
    till = till_of(due.station)
    pay(due, till)

    with pytest.raises(AlreadyPaid):
        pay(due, till)

    assert Payment.objects.filter(kind=PaymentKind.FEE).count() == 1


def test_a_cancelled_charge_is_not_paid(now):
    due = charge()
    due.become(ChargeState.CANCELLED, by=None, now=now)

    with pytest.raises(ChargeCancelled):
        pay(due, till_of(due.station))

    assert Payment.objects.count() == 0


def test_a_till_takes_money_for_its_own_station_only():
    due = charge()

    with pytest.raises(ChargeElsewhere) as refusal:
        pay(due, till_of(StationFactory()))

    assert refusal.value.facts == {"station": str(due.station)}


# --- the till of a payment


def test_only_its_clerk_uses_a_till(now):
    till = till_of(StationFactory())

    with transaction.atomic(), pytest.raises(NotYourTill) as refusal:
        services.use_till(till.pk, staff_of(till.station, Role.TICKET_CLERK), now)

    assert refusal.value.facts == {"clerk": str(till.clerk)}


def test_a_closed_till_takes_nothing(now):
    till = till_of(StationFactory())
    services.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=now)

    with transaction.atomic(), pytest.raises(TillClosed):
        services.use_till(till.pk, till.clerk, now)


def test_a_till_that_is_not_there_is_not_open(now):
    with transaction.atomic(), pytest.raises(TillNotOpen):
        services.use_till(0, staff_of(StationFactory(), Role.TICKET_CLERK), now)


def test_a_clock_that_went_back_books_nothing(now):
    till = till_of(StationFactory())

    with transaction.atomic(), pytest.raises(ClockBehind):
        services.use_till(till.pk, till.clerk, now - timedelta(minutes=1))


# --- what the database itself refuses


def test_postings_that_do_not_sum_to_zero_are_a_mistake_of_ours(now):
    with pytest.raises(ValueError, match="do not sum to zero"):
        services.post(station_id=1, till=None, obj="test:1", text="", lines=[Line(Account.SAFE, 1)], by=None, now=now)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_an_entry_that_does_not_sum_to_zero(now):
    station = StationFactory()

    @transaction.atomic
    def write() -> None:
        entry = Entry.objects.create(station=station, at=now, obj="test:1")
        Posting.objects.create(entry=entry, account=Account.SAFE, amount=5)
        Posting.objects.create(entry=entry, account=Account.BANK, amount=-4)

    with pytest.raises(IntegrityError, match="does not sum to zero"):
        write()

    assert Entry.objects.count() == 0


@pytest.mark.parametrize("table", ["fees_entry", "fees_posting", "fees_payment", "fees_tillclosing", "fees_cashcount"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_rows_of_money_are_added_and_never_changed(table, statement, now):
    due = charge()
    till = till_of(due.station)
    pay(due, till)
    services.close_till(till_id=till.pk, counts=notes(556_000), reason="", by=till.clerk, now=now)

    with (
        pytest.raises(InternalError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("change", [{"gross": 1, "net": 1, "tax": 0}, {"explanation": {}}, {"plate": "28B99999"}])
def test_what_was_charged_never_changes(change):
    due = charge()

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Charge.objects.filter(pk=due.pk).update(**change)


def test_a_charge_is_never_deleted():
    due = charge()

    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        due.delete()


def test_a_paid_charge_keeps_its_payment():
    due = charge()
    pay(due, till_of(due.station))

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Charge.objects.update(state=ChargeState.DUE, payment=None)


@pytest.mark.parametrize("state", [ChargeState.DUE, ChargeState.ON_ACCOUNT, ChargeState.CANCELLED])
def test_a_charge_has_a_payment_exactly_when_it_is_paid(state):
    due = charge()
    other = charge(ChargeableDepartureFactory(route=due.departure.route))
    paid = pay(other, till_of(due.station)).payment

    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=due.pk).update(state=state, payment_id=paid.pk)
    with pytest.raises(IntegrityError, match="a_paid_charge_has_its_payment"), transaction.atomic():
        Charge.objects.filter(pk=due.pk).update(state=ChargeState.PAID, payment=None)


def test_the_database_refuses_money_into_a_closed_till(now):
    till = till_of(StationFactory())
    services.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=now)

    with pytest.raises(IntegrityError, match="is not open"), transaction.atomic():
        services.take_payment(
            till=till, kind=PaymentKind.FEE, method=Method.CASH, amount=1_000, received=None, reference="",
            operator=OperatorFactory(), credit=Account.OWED_BY_OPERATOR, obj="test:1", by=till.clerk, now=now,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("expected", "taken"), [(499_999, 0), (500_000, 1)])
def test_the_database_refuses_a_closing_that_the_books_do_not_bear_out(now, expected, taken):
    till: Any = TillFactory(opening_float=500_000)

    with pytest.raises(IntegrityError, match=f"closing of till {till.pk}"):
        TillClosing.objects.create(
            till=till, station=till.station, number=1, expected_cash=expected, counted_cash=expected, difference=0,
            taken=taken, grand_total_before=0, grand_total_after=taken, closed_by=till.clerk, closed_at=now,
        )  # fmt: skip


def test_a_shift_is_found_for_the_till():
    station = StationFactory()
    shift = open_shift(station)

    assert till_of(station).shift == shift
