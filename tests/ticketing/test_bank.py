from datetime import timedelta

import pytest
from django.utils.translation import override

from fees import selectors as money
from fees import services as fees
from fees.enums import Method
from fees.errors import BankLineDiffers, BankLineOver, RequestPaid, ReturnReasonMissing
from fees.models import BankLine, Charge, Entry, Payment
from fees.services import Told
from tests.factories import NOW
from tests.factories_fees import BankAccountFactory, charge, till_of
from tests.factories_ticketing import claimed, priced_departure, sell, till_at
from tests.ticketing.bank import arrives, asked, balance, banked, machine, told, waited_for
from ticketing import services
from ticketing.errors import PaymentNotFitting, SeatTaken
from ticketing.models import Sale

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def request_(departure):
    return asked(departure, "A1")


def test_the_same_line_twice_sells_once(departure, request_):
    line = told(request_)

    first, second = arrives(request_, told_as=line), arrives(request_, told_as=line, now=LATER)

    assert (first.pk, second.state) == (second.pk, "matched")
    assert (Sale.objects.count(), BankLine.objects.count(), balance("bank")) == (1, 1, 100_000)


def test_a_line_typed_in_small_letters_and_told_by_the_bank_is_one(request_):
    first = arrives(request_, number=" ft7a")

    second = arrives(request_, number="FT7A")

    assert (second, second.number, balance("bank"), balance("unexplained")) == (first, "FT7A", 100_000, 0)


def test_a_payment_confirmed_while_its_line_arrives_is_matched(request_, monkeypatch):
    """The line was read before the clerk's confirmation and locks the payment after it."""
    read = money.request_named_in

    def read_then_confirmed(line):
        stale = read(line)
        services.confirm_transfer(
            request_id=request_.pk, till_id=request_.till_id, reference="app", by=request_.asked_by, now=NOW
        )
        return stale

    monkeypatch.setattr(money, "request_named_in", read_then_confirmed)
    line = arrives(request_)

    assert (line.state, line.payment, balance("unexplained")) == ("matched", waited_for(request_).sale.payment, 0)


def test_a_known_reference_with_another_amount_is_refused(request_):
    arrives(request_, number="FT1")

    with pytest.raises(BankLineDiffers):
        arrives(request_, number="FT1", amount=5)

    assert BankLine.objects.get().amount == 100_000


@pytest.mark.parametrize(("amount", "said"), [(99_000, "99.000đ"), (101_000, "101.000đ")])
def test_a_wrong_amount_sells_nothing_and_says_so(departure, request_, amount, said):
    line = arrives(request_, amount=amount)

    assert (line.state, line.problem["code"], line.request) == ("unmatched", "amount_differs", request_)
    assert said in money.problem_of(line)
    assert (Sale.objects.count(), claimed(departure)) == (0, [(1, 0)])
    assert (balance("bank"), balance("unexplained")) == (amount, -amount)


def test_after_a_wrong_amount_the_right_one_still_sells(request_):
    arrives(request_, amount=1_000)

    assert arrives(request_).state == "matched"


@pytest.mark.parametrize("text", ["", "ve xe my dinh", "HB01 BX00000130"])
def test_money_that_names_nothing_is_kept_for_somebody_to_look_at(request_, text):
    line = arrives(request_, text=text)

    assert (line.state, line.problem["code"]) == ("unmatched", "reference_not_found")
    assert list(money.unmatched_lines([request_.station])) == [line]


def test_money_that_names_two_payments_is_kept(departure, request_):
    other = asked(departure, "A2")

    line = arrives(request_, text=f"{request_.note} {other.note}")

    assert line.problem["code"] == "several_references"


def test_a_second_transfer_for_one_payment_is_kept(request_):
    arrives(request_)

    line = arrives(request_)

    assert (line.state, line.problem["code"], Sale.objects.count()) == ("unmatched", "request_paid", 1)
    assert (balance("bank"), balance("unexplained")) == (200_000, -100_000)


def test_money_after_the_seats_were_let_go_sells_nothing(departure, request_):
    services.let_go_of_unpaid(now=LATER)

    line = arrives(request_, now=LATER)

    assert (line.state, line.problem["code"], Sale.objects.count()) == ("unmatched", "request_over", 0)
    with override("en"):
        assert money.problem_of(line).endswith("»: it is not waited for any more.") is True


def test_money_after_the_clerk_gave_up_sells_nothing(request_):
    services.cancel_transfer(request_id=request_.pk, till_id=request_.till_id, by=request_.asked_by, now=NOW)

    assert arrives(request_).problem["code"] == "request_over"


def test_money_a_moment_late_still_sells_while_the_seats_are_there(departure, request_):
    assert arrives(request_, now=LATER).state == "matched"
    assert claimed(departure) == [(1, 0)]


def test_money_a_moment_late_is_kept_when_another_counter_was_quicker(departure, request_):
    sell(departure, "A1", now=LATER)

    line = arrives(request_, now=LATER)

    request_.refresh_from_db()
    assert (line.state, line.problem["code"], request_.state) == ("unmatched", "seat_taken", "waiting")
    assert (Sale.objects.count(), balance("unexplained")) == (1, -100_000)


def test_a_fare_that_rose_meanwhile_is_not_sold_for_the_old_money(departure, request_):
    from ticketing.models import Fare

    Fare.objects.update(amount=120_000)

    assert arrives(request_).problem["code"] == "price_changed"


def test_money_for_another_station_pays_nothing_here(request_):
    elsewhere = BankAccountFactory().station

    line = services.receive_line(station=elsewhere, told=told(request_), by=machine(elsewhere), now=NOW)

    assert line.problem["code"] == "reference_not_found"


# --- somebody looks at it


def test_a_line_is_assigned_to_what_is_still_waited_for(request_):
    line = arrives(request_, text="")
    clerk = machine(request_.station)

    services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=0, by=clerk, now=NOW)

    line.refresh_from_db()
    sale = waited_for(request_).sale
    assert (line.state, line.payment, line.settled_by) == ("matched", sale.payment, clerk)
    assert (sale.sold_by, sale.till_id) == (request_.asked_by, request_.till_id)
    assert (balance("bank"), balance("unexplained")) == (100_000, 0)


def test_a_late_line_sells_anew_at_the_till_of_whoever_assigns_it(departure, request_):
    services.let_go_of_unpaid(now=LATER)
    line = arrives(request_, now=LATER)
    till = till_of(departure.station)

    services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=till.pk, by=till.clerk, now=LATER)

    sale = Sale.objects.get()
    request_.refresh_from_db()
    assert (sale.till, sale.sold_by, request_.state, request_.payment) == (till, till.clerk, "paid", sale.payment)
    assert [(balance(name)) for name in ("bank", "unexplained", "held_for_operator")] == [100_000, 0, -100_000]


def test_a_late_line_whose_seat_is_gone_stays_on_the_list(departure, request_):
    services.let_go_of_unpaid(now=LATER)
    line, till = arrives(request_, now=LATER), till_of(departure.station)
    sell(departure, "A1", now=LATER)

    with pytest.raises(SeatTaken):
        services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=till.pk, by=till.clerk, now=LATER)

    line.refresh_from_db()
    assert (line.state, balance("unexplained")) == ("unmatched", -100_000)


def test_a_line_of_another_amount_is_not_assigned(request_):
    from fees.errors import AmountDiffers

    line = arrives(request_, amount=99_000)

    with pytest.raises(AmountDiffers):
        services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=0, by=request_.asked_by, now=NOW)


def test_nothing_is_assigned_to_what_was_paid(departure, request_):
    arrives(request_)
    line = arrives(request_)

    with pytest.raises(RequestPaid):
        services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=0, by=request_.asked_by, now=NOW)


def test_money_is_paid_back_with_reference_and_reason(request_):
    line, by = arrives(request_, amount=5_000), machine(request_.station)

    fees.pay_back_line(line_id=line.pk, returned_as="FT77", reason="sai số tiền", by=by, now=NOW)

    line.refresh_from_db()
    assert (line.state, line.returned_as, line.returned_because) == ("returned", "FT77", "sai số tiền")
    assert (balance("bank"), balance("unexplained")) == (0, 0)


@pytest.mark.parametrize(("returned_as", "reason"), [("", "sai"), ("FT7", " ")])
def test_paying_back_says_how_and_why(request_, returned_as, reason):
    line = arrives(request_, amount=5_000)

    with pytest.raises(ReturnReasonMissing):
        fees.pay_back_line(line_id=line.pk, returned_as=returned_as, reason=reason, by=request_.asked_by, now=NOW)


def test_what_was_paid_back_is_over(request_):
    line = arrives(request_, text="")
    fees.pay_back_line(line_id=line.pk, returned_as="FT77", reason="không rõ", by=request_.asked_by, now=NOW)

    with pytest.raises(BankLineOver):
        services.assign_line(line_id=line.pk, request_id=request_.pk, till_id=0, by=request_.asked_by, now=NOW)


def test_a_typed_transfer_is_explained_by_the_line_with_its_number(departure):
    till = banked(departure)
    sale = sell(departure, "A1", till=till, method=Method.TRANSFER, reference="ft55")

    line = services.receive_line(
        station=departure.station, told=Told("FT55", 100_000, "ve xe", NOW), by=till.clerk, now=NOW
    )

    assert (line.state, line.payment) == ("matched", sale.payment)
    assert (balance("bank"), Entry.objects.filter(obj=line.journal_name).count()) == (100_000, 0)


def test_a_line_is_explained_by_a_transfer_typed_otherwise(departure):
    till = banked(departure)
    sale = sell(departure, "A1", till=till, method=Method.TRANSFER, reference="nhầm")
    line = services.receive_line(station=departure.station, told=Told("FT56", 100_000, "", NOW), by=till.clerk, now=NOW)

    services.explain_by_payment(line_id=line.pk, payment_id=sale.payment_id, by=till.clerk, now=NOW)

    line.refresh_from_db()
    assert (line.payment, balance("bank"), balance("unexplained")) == (sale.payment, 100_000, 0)


def test_cash_explains_no_line(departure):
    till = banked(departure)
    sale = sell(departure, "A1", till=till_at(departure.station))
    line = services.receive_line(station=departure.station, told=Told("FT56", 100_000, "", NOW), by=till.clerk, now=NOW)

    with pytest.raises(PaymentNotFitting):
        services.explain_by_payment(line_id=line.pk, payment_id=sale.payment_id, by=till.clerk, now=NOW)


# --- coaches pay the same way


def test_the_charge_of_a_coach_is_paid_by_its_line():
    due = charge()
    till = banked(due.departure)
    request = fees.ask_for_charge(charge_id=due.pk, till_id=till.pk, by=till.clerk, now=NOW)

    line = arrives(request)

    paid = Charge.objects.get(pk=due.pk)
    assert (request.amount, paid.state, paid.payment.reference) == (56_376, "paid", line.number)
    assert (paid.payment.till, Payment.objects.count()) == (till, 1)


def test_a_charge_paid_meanwhile_is_not_paid_twice():
    due = charge()
    till = banked(due.departure)
    request = fees.ask_for_charge(charge_id=due.pk, till_id=till.pk, by=till.clerk, now=NOW)
    fees.pay_charge(
        charge_id=due.pk, till_id=till.pk, method=Method.CASH, received=None, reference="", by=till.clerk, now=NOW
    )

    line = arrives(request)

    assert (line.state, line.problem["code"]) == ("unmatched", "already_paid")
