import pytest

from fees import selectors, services
from fees.enums import ChargeState, Method
from fees.errors import DifferenceNeedsReason, NotANote, TillMayNotClose
from fees.models import CashCount, Charge, ClosingCounter, TillClosing
from station.enums import Role, TillState
from station.errors import NotYourTill, TillClosed
from station.models import JournalEntry, Till
from station.questions import answers
from tests.factories import StationFactory, staff_of
from tests.factories_fees import ChargeableDepartureFactory, charge, notes, pay, till_of

pytestmark = pytest.mark.django_db


def close(till, amount, now, reason="", by=None):
    return services.close_till(till_id=till.pk, counts=notes(amount), reason=reason, by=by or till.clerk, now=now)


def test_from_the_float_to_the_closing_everything_agrees_to_the_dong(now):
    due = charge()
    till = till_of(due.station, opening_float=500_000)
    pay(due, till, received=100_000)
    by_bank = charge(ChargeableDepartureFactory(route=due.departure.route))
    pay(by_bank, till, method=Method.TRANSFER, reference="FT26326001")

    closing = close(till, 556_000, now)

    assert (closing.number, closing.expected_cash, closing.counted_cash, closing.difference) == (1, 556_000, 556_000, 0)
    assert (closing.grand_total_before, closing.taken, closing.grand_total_after) == (0, 112_376, 112_376)
    assert list(CashCount.objects.order_by("-denomination").values_list("denomination", "quantity")) == [
        (500_000, 1),
        (50_000, 1),
        (5_000, 1),
        (1_000, 1),
    ]
    assert selectors.drawer_balance(till) == 0
    till.refresh_from_db()
    assert (till.state, till.closed_at) == (TillState.CLOSED, now)


def test_a_difference_needs_a_reason(now):
    till = till_of(StationFactory(), opening_float=500_000)

    with pytest.raises(DifferenceNeedsReason) as refusal:
        close(till, 450_000, now, reason="  ")

    assert refusal.value.facts == {"counted": "450.000đ", "expected": "500.000đ", "difference": -50_000}
    assert TillClosing.objects.count() == 0


def test_a_difference_with_its_reason_goes_over_or_short(now):
    till = till_of(StationFactory(), opening_float=500_000)

    closing = close(till, 450_000, now, reason="Thối nhầm một tờ 50.000đ")

    postings = closing.till.entries.get(text="closing").postings.order_by("account")
    assert list(postings.values_list("account", "amount")) == [
        ("drawer", -500_000),
        ("over_short", 50_000),
        ("safe", 450_000),
    ]
    assert closing.reason == "Thối nhầm một tờ 50.000đ"


def test_a_reason_without_a_difference_is_not_kept(now):
    assert close(till_of(StationFactory()), 500_000, now, reason="không có gì").reason == ""


def test_a_till_closes_once(now):
    till = till_of(StationFactory())
    close(till, 500_000, now)

    with pytest.raises(TillClosed):
        close(till, 500_000, now)

    assert TillClosing.objects.count() == 1


def test_an_empty_till_closes_without_an_entry(now):
    till = till_of(StationFactory(), opening_float=0)

    closing = close(till, 0, now)

    assert (closing.expected_cash, till.entries.count()) == (0, 0)


def test_numbers_and_grand_total_go_on_from_till_to_till(now):
    due = charge()
    first, second = till_of(due.station), till_of(due.station)
    pay(due, second, method=Method.CARD, reference="000123")

    closings = [close(first, 500_000, now), close(second, 500_000, now)]

    assert [(row.number, row.grand_total_before, row.grand_total_after) for row in closings] == [
        (1, 0, 0),
        (2, 0, 56_376),
    ]
    counter = ClosingCounter.objects.get()
    assert (counter.last_number, counter.grand_total) == (2, 56_376)


def test_a_clerk_does_not_close_the_till_of_another(now):
    till = till_of(StationFactory())

    with pytest.raises(NotYourTill):
        close(till, 500_000, now, by=staff_of(till.station, Role.TICKET_CLERK))

    assert Till.objects.get().state == TillState.OPEN


def test_the_shift_lead_closes_the_till_of_somebody_who_left(now):
    till = till_of(StationFactory())
    lead = staff_of(till.station, Role.SHIFT_LEAD)

    assert close(till, 500_000, now, by=lead).closed_by == lead


def test_only_notes_in_use_are_counted(now):
    till = till_of(StationFactory(), opening_float=0)

    with pytest.raises(NotANote) as refusal:
        services.close_till(till_id=till.pk, counts={300: 1}, reason="", by=till.clerk, now=now)

    assert refusal.value.facts == {"denomination": "300đ"}


def test_an_app_above_may_object(now, monkeypatch):
    monkeypatch.setattr("station.questions._answerers", {"till.may_close": []})
    answers("till.may_close")(lambda till, _now: [f"held {till.pk}"])
    till = till_of(StationFactory())

    with pytest.raises(TillMayNotClose) as refusal:
        close(till, 500_000, now)

    assert refusal.value.facts == {"reasons": f"held {till.pk}"}


def test_a_blind_count_that_fits_closes(now):
    till = till_of(StationFactory())

    outcome = services.count_till(till_id=till.pk, counts=notes(500_000), by=till.clerk, now=now)

    assert outcome.closing == TillClosing.objects.get()
    assert outcome.difference == 0


def test_a_blind_count_that_does_not_fit_is_kept_in_the_journal(now):
    till = till_of(StationFactory())

    outcome = services.count_till(till_id=till.pk, counts=notes(400_000), by=till.clerk, now=now)

    assert (outcome.closing, outcome.difference) == (None, -100_000)
    assert JournalEntry.objects.get(action="till_counted").body == '{"counted":400000,"expected":500000}'


def test_a_paid_charge_of_a_closed_till_stays_paid(now):
    due = charge()
    till = till_of(due.station)
    pay(due, till)

    close(till, 556_000, now)

    assert Charge.objects.get().state == ChargeState.PAID
