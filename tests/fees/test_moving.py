import pytest
from django.db import IntegrityError, InternalError, transaction

from fees import selectors, services
from fees.enums import MoveKind, MoveState
from fees.errors import (
    KeeperNeeded,
    MoveAnswered,
    MoveNeedsReason,
    NotWholeNotes,
    NotYourMove,
    OtherTillNotOpen,
    OwnTill,
    TillMayNotClose,
)
from fees.models import CashMove, Payment
from station.enums import Role
from station.errors import ApprovalRefused, ApprovesOwn, NotYourTill, TillClosed
from station.models import JournalEntry
from tests.factories import StationFactory, staff_of
from tests.factories_fees import charge, notes, pay, till_of

pytestmark = pytest.mark.django_db
KEEPERS = [Role.SHIFT_LEAD, Role.ACCOUNTANT, Role.MANAGER]


def move(till, kind, amount, now, *, other=None, reason="tiền lẻ", by=None):
    cash = services.Cash(MoveKind(kind), amount, reason)
    return services.move_cash(till_id=till.pk, cash=cash, other=other, by=by or till.clerk, now=now)


def offer(till, to_till, amount, now):
    return services.hand_over(
        till_id=till.pk, to_till_id=to_till.pk, amount=amount, reason="", by=till.clerk, now=now
    )  # fmt: skip


def postings(moved):
    return list(moved.entry.postings.order_by("pk").values_list("account", "amount"))


@pytest.fixture
def lead():
    return lambda till: staff_of(till.station, Role.SHIFT_LEAD)


@pytest.fixture
def two_tills():
    station = StationFactory()
    return till_of(station), till_of(station, opening_float=200_000)


@pytest.mark.parametrize(
    ("kind", "paid", "account", "left"),
    [
        ("in", ("float", 100_000), "safe", 600_000),
        ("out", ("payout", -100_000), "advance", 400_000),
        ("drop", ("drop", -100_000), "safe", 400_000),
    ],
)
def test_cash_that_moves_is_in_the_drawer_and_in_the_books(now, lead, kind, paid, account, left):
    till = till_of(StationFactory())

    done = move(till, kind, 100_000, now, other=lead(till))

    assert (done.state, done.payment.kind, done.payment.amount) == (MoveState.DONE, *paid)
    assert postings(done.payment) == [("drawer", paid[1]), (account, -paid[1])]
    assert selectors.drawer_balance(till) == left


def test_a_closing_expects_what_moved(now, lead):
    till = till_of(StationFactory())
    move(till, "drop", 300_000, now, other=lead(till))

    closing = services.close_till(till_id=till.pk, counts=notes(200_000), reason="", by=till.clerk, now=now)

    assert (closing.expected_cash, closing.difference) == (200_000, 0)


def test_moved_cash_was_not_taken_from_anybody(now, lead):
    till = till_of(StationFactory())
    move(till, "drop", 300_000, now, other=lead(till))

    summary = selectors.till_summary(till)

    assert (summary.lines, summary.total, summary.cash, summary.moved) == ((), 0, 0, -300_000)


def test_a_closing_takes_what_customers_paid_and_tells_moved_cash_apart(now, lead):
    due = charge()
    till = till_of(due.station)
    pay(due, till)
    move(till, "drop", 300_000, now, other=lead(till))

    closing = services.close_till(till_id=till.pk, counts=notes(256_000), reason="", by=till.clerk, now=now)

    assert (closing.taken, selectors.till_summary(till).total) == (56_000, 56_000)
    assert (closing.moved, closing.grand_total_after) == (-300_000, -244_000)


def test_more_than_the_books_know_can_be_dropped_and_shows_at_the_count(now):
    """A surplus that lies in the drawer is real; refusing it would tell the clerk what is expected."""
    till = till_of(StationFactory(), opening_float=0)
    move(till, "drop", 20_000, now)

    counted = services.count_till(till_id=till.pk, counts={}, by=till.clerk, now=now)

    assert (counted.expected, counted.difference) == (-20_000, 20_000)


@pytest.mark.parametrize("kind", ["in", "out"])
def test_cash_leaves_safe_and_drawer_before_a_second_person(now, kind):
    till = till_of(StationFactory())

    with pytest.raises(KeeperNeeded):
        move(till, kind, 100_000, now)

    assert Payment.objects.count() == 0


@pytest.mark.parametrize("role", KEEPERS)
def test_who_keeps_the_safe_is_the_second_person(now, role):
    till = till_of(StationFactory())
    keeper = staff_of(till.station, role)

    assert move(till, "out", 50_000, now, other=keeper).other == keeper


def test_the_one_person_of_a_night_shift_keeps_the_safe_alone(now, lead):
    station = StationFactory()
    till = till_of(station, clerk=staff_of(station, Role.SHIFT_LEAD))

    assert move(till, "in", 50_000, now).other is None


def test_a_drop_needs_nobody(now):
    assert move(till_of(StationFactory()), "drop", 50_000, now).other is None


def test_a_clerk_is_no_second_person_and_nobody_is_their_own(now):
    till = till_of(StationFactory())

    with pytest.raises(ApprovalRefused):
        move(till, "in", 50_000, now, other=staff_of(till.station, Role.TICKET_CLERK))
    with pytest.raises(ApprovesOwn):
        move(till, "in", 50_000, now, other=till.clerk)


def test_cash_out_says_what_for(now, lead):
    till = till_of(StationFactory())

    with pytest.raises(MoveNeedsReason):
        move(till, "out", 50_000, now, other=lead(till), reason="  ")


@pytest.mark.parametrize("amount", [0, -1_000, 500, 1_500])
def test_cash_moves_in_notes(now, amount):
    with pytest.raises(NotWholeNotes):
        move(till_of(StationFactory()), "drop", amount, now)


def test_a_till_moves_only_the_cash_of_its_clerk_while_it_is_open(now):
    till = till_of(StationFactory())
    with pytest.raises(NotYourTill):
        move(till, "drop", 50_000, now, by=staff_of(till.station, Role.TICKET_CLERK))
    services.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=now)

    with pytest.raises(TillClosed):
        move(till, "drop", 50_000, now)


# --- hand-over between two people


def test_an_offer_moves_nothing_until_it_is_taken(now, two_tills):
    giver, taker = two_tills

    offered = offer(giver, taker, 300_000, now)

    assert (offered.state, offered.other, Payment.objects.count()) == (MoveState.OFFERED, taker.clerk, 0)
    assert list(selectors.offers_to(taker)) == [offered]


def test_who_takes_the_cash_has_it_in_the_same_moment_as_the_other_has_it_no_more(now, two_tills):
    giver, taker = two_tills
    offered = offer(giver, taker, 300_000, now)

    taken = services.take_over(move_id=offered.pk, by=taker.clerk, now=now)

    assert (taken.payment.by, taken.to_payment.by, taken.answered_at) == (giver.clerk, taker.clerk, now)
    assert postings(taken.payment) == [("drawer", -300_000), ("transit", 300_000)]
    assert postings(taken.to_payment) == [("drawer", 300_000), ("transit", -300_000)]
    assert [selectors.drawer_balance(till) for till in two_tills] == [200_000, 500_000]


def test_only_the_other_person_takes_it(now, two_tills):
    offered = offer(two_tills[0], two_tills[1], 300_000, now)

    with pytest.raises(NotYourTill):
        services.take_over(move_id=offered.pk, by=two_tills[0].clerk, now=now)

    assert Payment.objects.count() == 0


@pytest.mark.parametrize("which", [0, 1])
def test_both_people_may_call_it_off(now, two_tills, which):
    offered = offer(two_tills[0], two_tills[1], 300_000, now)

    services.decline(move_id=offered.pk, by=two_tills[which].clerk, now=now)

    assert CashMove.objects.get().state == MoveState.DECLINED
    assert [selectors.drawer_balance(till) for till in two_tills] == [500_000, 200_000]


def test_a_third_person_answers_nothing(now, two_tills):
    offered = offer(two_tills[0], two_tills[1], 300_000, now)

    with pytest.raises(NotYourMove):
        services.decline(move_id=offered.pk, by=staff_of(two_tills[0].station, Role.MANAGER), now=now)


@pytest.mark.parametrize("again", [services.take_over, services.decline])
def test_it_is_answered_once(now, two_tills, again):
    offered = offer(two_tills[0], two_tills[1], 300_000, now)
    services.take_over(move_id=offered.pk, by=two_tills[1].clerk, now=now)

    with pytest.raises(MoveAnswered):
        again(move_id=offered.pk, by=two_tills[1].clerk, now=now)

    assert Payment.objects.count() == 2


def test_cash_goes_to_an_open_till_of_another_person_at_the_same_station(now, two_tills):
    giver, taker = two_tills
    services.close_till(till_id=taker.pk, counts=notes(200_000), reason="", by=taker.clerk, now=now)

    with pytest.raises(OtherTillNotOpen):
        offer(giver, taker, 300_000, now)
    with pytest.raises(OtherTillNotOpen):
        offer(giver, till_of(StationFactory()), 300_000, now)
    with pytest.raises(OwnTill):
        offer(giver, giver, 300_000, now)


@pytest.mark.parametrize("which", [0, 1])
def test_neither_till_closes_while_cash_is_in_the_air(now, two_tills, which):
    offered = offer(two_tills[0], two_tills[1], 300_000, now)
    till = two_tills[which]

    with pytest.raises(TillMayNotClose):
        services.close_till(till_id=till.pk, counts=notes(till.opening_float), reason="", by=till.clerk, now=now)

    services.decline(move_id=offered.pk, by=two_tills[1].clerk, now=now)
    services.close_till(till_id=till.pk, counts=notes(till.opening_float), reason="", by=till.clerk, now=now)


def test_each_move_is_in_the_journal_with_its_amount(now, two_tills):
    offer(two_tills[0], two_tills[1], 300_000, now)

    row = JournalEntry.objects.get(action="cash_moved")

    assert '"amount":300000' in row.body


# --- the database


def test_what_was_moved_cannot_be_changed_or_deleted(now, lead):
    till = till_of(StationFactory())
    move(till, "drop", 50_000, now)

    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change(CashMove.objects.all())

    assert CashMove.objects.get().amount == 50_000


def test_a_move_without_its_payment_is_refused(now):
    till = till_of(StationFactory())

    with pytest.raises(IntegrityError, match="a_move_that_is_done_is_in_the_books"):
        CashMove.objects.create(
            station=till.station, till=till, kind="drop", amount=1_000, by=till.clerk, made_at=now
        )  # fmt: skip
