"""One payment by bank and several hands: the sale is made once, or not at all."""

from datetime import timedelta

import pytest

from fees import services as fees
from fees.models import BankLine, Payment, TransferRequest
from station.errors import DomainError
from tests.factories import NOW
from tests.factories_fees import notes
from tests.factories_ticketing import claimed, priced_departure, sell, till_at
from tests.ticketing.bank import asked, balance, machine, told
from ticketing import services
from ticketing.models import Sale

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def request_(departure):
    return asked(departure, "A1")


def bank(request, line, *, now=NOW):
    """Somebody who brings *line*; answers with what became of it."""
    by = machine(request.station)

    def bring():
        kept = services.receive_line(station=request.station, told=line, by=by, now=now)
        return f"{kept.state} {kept.problem.get('code', '')}".strip()

    return bring


def canceller(request):
    def cancel():
        services.cancel_transfer(request_id=request.pk, till_id=request.till_id, by=request.asked_by, now=NOW)
        return "cancelled"

    return cancel


def in_balance():
    """Bank money is either held for an operator, or not yet explained."""
    return balance("bank") + balance("unexplained") + balance("held_for_operator") == 0


def test_one_line_told_by_two_sells_once(race, request_):
    line = told(request_)

    assert race(bank(request_, line), bank(request_, line)) == ["matched", "matched"]
    assert (Sale.objects.count(), BankLine.objects.count(), balance("bank")) == (1, 1, 100_000)


def test_ten_bring_one_line(race, request_):
    line = told(request_)

    assert race(*(bank(request_, line) for _ in range(10))) == ["matched"] * 10
    assert (Sale.objects.count(), Payment.objects.count()) == (1, 1)


def test_two_transfers_for_one_payment_sell_once(race, meet_after_reading, request_):
    meet_after_reading("ticketing.selectors.taken_seats")

    outcomes = race(bank(request_, told(request_)), bank(request_, told(request_)))

    assert outcomes == ["matched", "unmatched request_paid"]
    assert (Sale.objects.count(), balance("unexplained"), in_balance()) == (1, -100_000, True)


def test_without_the_lock_the_constraint_still_sells_once(race, meet_after_reading, no_lock, request_):
    """The control: both have seen the payment waited for before either sells."""
    meet_after_reading("ticketing.selectors.taken_seats")

    outcomes = race(bank(request_, told(request_)), bank(request_, told(request_)))

    assert len(Sale.objects.all()) == 1
    assert outcomes in (["IntegrityError", "matched"], ["matched", "unmatched seat_taken"])


def test_the_bank_and_a_clerk_who_gives_up_cannot_both_win(race, departure, request_):
    outcomes = race(bank(request_, told(request_)), canceller(request_))

    state = TransferRequest.objects.get().state
    assert (outcomes, state, claimed(departure)) in (
        (["RequestPaid", "matched"], "paid", [(1, 0)]),
        (["cancelled", "unmatched request_over"], "cancelled", []),
    )
    assert in_balance() is True


def test_the_bank_and_the_end_of_the_time_cannot_both_win(race, departure, request_):
    def sweep():
        return f"{services.let_go_of_unpaid(now=LATER)} let go"

    outcomes = race(bank(request_, told(request_), now=LATER), sweep)

    assert (outcomes, claimed(departure)) in (
        (["0 let go", "matched"], [(1, 0)]),
        (["1 let go", "unmatched request_over"], []),
    )


def test_the_bank_and_another_counter_after_the_time_sell_the_seat_once(race, departure, request_):
    till = till_at(departure.station)

    def counter():
        sell(departure, "A1", till=till, now=LATER)
        return "sold"

    assert race(bank(request_, told(request_), now=LATER), counter) in (
        ["SeatTaken", "matched"],
        ["sold", "unmatched seat_taken"],
    )
    assert (Sale.objects.count(), in_balance() or balance("drawer") > 0) == (1, True)


def test_a_till_that_closes_meanwhile_has_the_sale_in_its_count_or_stays_open(race, request_):
    def close():
        try:
            count = {"till_id": request_.till_id, "counts": notes(500_000), "by": request_.asked_by}
            return f"closed {fees.count_till(now=NOW, **count).closing.taken}"
        except DomainError as refusal:
            return refusal.code

    assert race(bank(request_, told(request_)), close) in (
        ["closed 100000", "matched"],
        ["matched", "till_may_not_close"],
    )


def test_two_clerks_assign_two_lines_to_one_payment(race, request_):
    lines = [
        services.receive_line(station=request_.station, told=told(request_, text=""), by=request_.asked_by, now=NOW)
        for _ in range(2)
    ]

    def assigner(line):
        by = machine(request_.station)

        def assign():
            services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=0, by=by, now=NOW)
            return "assigned"

        return assign

    assert race(*map(assigner, lines)) == ["RequestPaid", "assigned"]
    assert (Sale.objects.count(), balance("unexplained"), in_balance()) == (1, -100_000, True)


def test_a_line_is_paid_back_or_assigned_never_both(race, request_):
    line = services.receive_line(station=request_.station, told=told(request_, text=""), by=request_.asked_by, now=NOW)

    def pay_back():
        fees.pay_back_line(line_id=line.pk, returned_as="FT7", reason="nhầm", by=request_.asked_by, now=NOW)
        return "paid back"

    def assign():
        services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=0, by=request_.asked_by, now=NOW)
        return "assigned"

    assert race(pay_back, assign) in (["BankLineOver", "assigned"], ["BankLineOver", "paid back"])
    assert (balance("unexplained"), in_balance()) == (0, True)
