from datetime import timedelta

import pytest

from fees.enums import Method
from fees.errors import (
    BankLineOver,
    NoBankAccount,
    NoSuchPayment,
    ReferenceMissing,
    ReferenceTaken,
    RequestOver,
    RequestPaid,
)
from fees.models import BankAccount, Payment
from fees.rules import references_in
from tests.factories import NOW, at
from tests.factories_fees import notes, till_of
from tests.factories_ticketing import claimed, hold, priced_departure, sell
from tests.ticketing.bank import arrives, asked, balance, banked, waited_for
from ticketing import selectors, services
from ticketing.errors import HoldGone, SeatTaken
from ticketing.models import Hold, Sale, Ticket
from ticketing.services import Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure(stops=3)


def test_asking_keeps_the_seats_and_shows_what_to_pay(departure):
    request = asked(departure, "A1", "A2")

    assert (request.amount, request.state, request.expires_at - NOW) == (200_000, "waiting", timedelta(minutes=5))
    assert references_in(request.payload) == [request.reference]
    assert claimed(departure) == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert (Sale.objects.count(), Payment.objects.count()) == (0, 0)
    with pytest.raises(SeatTaken):
        sell(departure, "A1")


def test_the_next_customer_is_served_while_the_bank_is_waited_for(departure):
    till = banked(departure)
    request = asked(departure, "A1", till=till)

    sell(departure, "A2", till=till, hold_id=hold(departure, "A2", till=till).pk)
    services.release_hold(till_id=till.pk, by=till.clerk, now=NOW)

    assert selectors.open_hold(till, NOW) is None
    assert [one.pk for one in Hold.objects.filter(request=request)] == [Hold.objects.get().pk]
    assert claimed(departure) == [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_the_money_makes_the_sale_of_its_clerk_at_its_till(departure):
    request = asked(departure, "A1", "A2")

    line = arrives(request)

    sale = waited_for(request).sale
    request.refresh_from_db()
    assert (sale.till_id, sale.sold_by_id, sale.total) == (request.till_id, request.asked_by_id, 200_000)
    assert (sale.payment.method, sale.payment.reference) == ("transfer", line.number)
    assert [ticket.seat_label for ticket in sale.tickets.order_by("seat")] == ["A1", "A2"]
    assert (request.state, request.payment_id) == ("paid", sale.payment_id)
    assert (line.state, line.payment_id, line.problem) == ("matched", sale.payment_id, {})
    assert (balance("bank"), balance("held_for_operator"), balance("unexplained")) == (200_000, -200_000, 0)
    assert Hold.objects.count() == 0


def test_the_next_customers_seats_stay_kept_when_the_money_comes(departure):
    till = banked(departure)
    request = asked(departure, "A1", till=till)
    next_one = hold(departure, "A2", till=till)

    arrives(request)

    assert selectors.open_hold(till, NOW) == next_one


def test_nobody_is_asked_for_longer_than_the_coach_is_sold(departure):
    shortly = departure.planned_at - timedelta(minutes=2)

    request = asked(departure, "A1", till=till_with_account(departure, shortly), now=shortly)

    assert request.expires_at == departure.planned_at


def till_with_account(departure, now):
    banked(departure)
    return till_of(departure.station, now=now)


def test_without_a_bank_account_the_seats_stay_kept_and_nothing_is_asked(departure):
    till = banked(departure)
    BankAccount.objects.all().delete()
    kept = hold(departure, "A1", till=till)

    with pytest.raises(NoBankAccount):
        services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=NOW)

    assert selectors.open_hold(till, NOW) == kept


def test_the_account_of_the_day_is_paid(departure):
    till = banked(departure)
    BankAccount.objects.update(valid_until=NOW.date())
    BankAccount.objects.create(
        station=departure.station, bank="970436", bank_name="Vietcombank", number="0881000458086", holder="BX",
        valid_from=NOW.date(),
    )  # fmt: skip

    request = asked(departure, "A1", till=till)

    assert (request.account.bank, "0006970436" in request.payload) == ("970436", True)


def test_seats_that_are_kept_no_more_are_not_asked_for(departure):
    till = banked(departure)
    kept = hold(departure, "A1", till=till)

    with pytest.raises(HoldGone):
        services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=NOW + timedelta(minutes=3))


def test_a_hold_is_asked_for_once(departure):
    till = banked(departure)
    kept = hold(departure, "A1", till=till)
    services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=NOW)

    with pytest.raises(HoldGone):
        services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=NOW)


def test_another_tills_hold_is_not_asked_for(departure):
    till = banked(departure)
    kept = hold(departure, "A1")

    with pytest.raises(HoldGone):
        services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=NOW)


def test_letting_go_frees_the_seats(departure):
    request = asked(departure, "A1")

    services.cancel_transfer(request_id=request.pk, till_id=request.till_id, by=request.asked_by, now=NOW)

    request.refresh_from_db()
    assert (request.state, claimed(departure), Hold.objects.count()) == ("cancelled", [], 0)


def test_only_its_own_till_lets_go(departure):
    request, other = asked(departure, "A1"), banked(departure)

    with pytest.raises(NoSuchPayment):
        services.cancel_transfer(request_id=request.pk, till_id=other.pk, by=other.clerk, now=NOW)


def test_what_is_paid_is_not_let_go(departure):
    request = asked(departure, "A1")
    arrives(request)

    with pytest.raises(RequestPaid):
        services.cancel_transfer(request_id=request.pk, till_id=request.till_id, by=request.asked_by, now=NOW)

    assert Ticket.objects.get().state == "sold"


def test_what_nobody_pays_is_let_go_when_its_time_is_over(departure):
    early, late = asked(departure, "A1"), asked(departure, "A2", now=NOW + timedelta(minutes=1))

    ended = services.let_go_of_unpaid(now=NOW + timedelta(minutes=5))

    early.refresh_from_db()
    late.refresh_from_db()
    assert (ended, early.state, late.state) == (1, "expired", "waiting")
    assert claimed(departure) == [(2, 0), (2, 1)]
    with pytest.raises(RequestOver):
        services.cancel_transfer(request_id=early.pk, till_id=early.till_id, by=early.asked_by, now=NOW)


def test_a_till_does_not_close_while_its_customer_may_be_paying(departure):
    from fees import services as fees
    from fees.errors import TillMayNotClose

    request = asked(departure, "A1")
    count = {"till_id": request.till_id, "counts": notes(500_000), "by": request.asked_by, "now": NOW}

    with pytest.raises(TillMayNotClose):
        fees.count_till(**count)
    services.cancel_transfer(request_id=request.pk, till_id=request.till_id, by=request.asked_by, now=NOW)

    assert fees.count_till(**count).closing.taken == 0


def test_the_clerk_who_saw_the_money_confirms_it_and_the_line_comes_later(departure):
    request = asked(departure, "A1")

    payment = services.confirm_transfer(
        request_id=request.pk, till_id=request.till_id, reference="FT99", by=request.asked_by, now=NOW
    )
    line = arrives(request, number="FT99", now=at("09:10"))

    assert waited_for(request).sale.payment == payment
    assert (line.state, line.payment_id) == ("matched", payment.pk)
    assert (balance("bank"), balance("unexplained")) == (100_000, 0)


def test_a_line_that_came_first_is_the_one_the_clerk_confirms(departure):
    request = asked(departure, "A1")
    line = arrives(request, number="FT99", text="ve xe")

    services.confirm_transfer(
        request_id=request.pk, till_id=request.till_id, reference="ft99", by=request.asked_by, now=NOW
    )

    line.refresh_from_db()
    assert (line.state, line.payment) == ("matched", waited_for(request).sale.payment)
    assert (balance("bank"), balance("unexplained")) == (100_000, 0)


def confirmed(request, reference="FT99", **facts):
    usual = {"till_id": request.till_id, "by": request.asked_by, "now": NOW}
    return services.confirm_transfer(request_id=request.pk, reference=reference, **{**usual, **facts})


def test_only_its_own_till_confirms_also_when_the_line_is_there(departure):
    request, other = asked(departure, "A1"), banked(departure)
    arrives(request, number="FT99", text="ve xe")

    with pytest.raises(NoSuchPayment):
        confirmed(request, till_id=other.pk, by=other.clerk)

    assert Sale.objects.count() == 0


def test_money_that_paid_one_customer_confirms_no_other(departure):
    first, second = asked(departure, "A1"), asked(departure, "A2")
    arrives(first, number="FT99")

    with pytest.raises(BankLineOver):
        confirmed(second, "ft99")

    assert Sale.objects.get() == waited_for(first).sale


def test_one_typed_reference_confirms_one_payment(departure):
    first, second = asked(departure, "A1"), asked(departure, "A2")
    confirmed(first)

    with pytest.raises(ReferenceTaken):
        confirmed(second, " ft99")

    assert Sale.objects.get() == waited_for(first).sale


def test_seats_whose_customer_may_be_paying_are_not_sold_for_cash(departure):
    till = banked(departure)
    kept = hold(departure, "A1", till=till)
    request = services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, by=till.clerk, now=NOW).request

    with pytest.raises(HoldGone):
        sell(departure, "A1", till=till, hold_id=kept.pk)

    assert arrives(request).state == "matched"


def test_a_part_without_its_reference_is_refused_before_the_customer_pays_the_rest(departure):
    till = banked(departure)
    kept = hold(departure, "A1", till=till)

    with pytest.raises(ReferenceMissing):
        services.ask_for_sale(
            hold_id=kept.pk, till_id=till.pk, parts=[Part(Method.CARD, 30_000)], by=till.clerk, now=NOW
        )

    assert selectors.open_hold(till, NOW) == kept
