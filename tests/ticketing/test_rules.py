from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.rules.check_digits import check_digit
from ticketing import rules
from ticketing.rules import (
    STATUTORY_REFUNDS,
    Discount,
    Extra,
    RefundRule,
    is_ticket_code,
    legs_between,
    price_ticket,
    refund_amount,
    refund_percent,
    ticket_code,
)

DISABLED = Discount("disability", Decimal(25))
CHILD = Discount("child", Decimal(50))


def test_a_full_fare_is_the_posted_fare():
    price = price_ticket(75_000)

    assert price.explanation() == {
        "list_fare": 75_000, "surcharge": 0, "discount": 0, "discount_code": "", "fare": 75_000,
    }  # fmt: skip


def test_a_discounted_fare_goes_down_to_a_thousand():
    price = price_ticket(75_000, discounts=[DISABLED])

    assert (price.fare, price.discount, price.discount_code) == (56_000, 19_000, "disability")


def test_only_the_best_discount_counts():
    price = price_ticket(100_000, discounts=[DISABLED, CHILD])

    assert (price.fare, price.discount_code) == (50_000, "child")


def test_a_discount_of_nothing_leaves_the_fare_exact():
    price = price_ticket(75_500, discounts=[Discount("none", Decimal(0))])

    assert (price.fare, price.discount_code) == (75_500, "")


def test_a_surcharge_stands_apart_and_is_discounted_too():
    price = price_ticket(75_000, extra=Extra(Decimal(40)), discounts=[DISABLED])

    assert (price.surcharge, price.fare) == (30_000, 78_000)


@given(fare=st.integers(0, 5_000_000), surcharge=st.integers(0, 60), percents=st.lists(st.integers(0, 100), max_size=4))
def test_what_is_paid_and_what_is_given_make_the_full_fare(fare, surcharge, percents):
    discounts = [Discount(str(number), Decimal(percent)) for number, percent in enumerate(percents)]

    price = price_ticket(fare, extra=Extra(Decimal(surcharge)), discounts=discounts)

    assert price.fare + price.discount == price.list_fare + price.surcharge
    assert price.fare >= 0


@pytest.mark.parametrize(
    ("km", "left", "percent"),
    [
        (300, timedelta(hours=2), 90),
        (300, timedelta(hours=1, minutes=59), 70),
        (300, timedelta(hours=1), 70),
        (300, timedelta(minutes=59), 0),
        (301, timedelta(hours=4), 90),
        (301, timedelta(hours=3, minutes=59), 70),
        (301, timedelta(hours=2), 70),
        (301, timedelta(hours=1, minutes=59), 0),
        (None, timedelta(hours=1), 70),
        (76, timedelta(minutes=-1), 0),
    ],
)
def test_the_statutory_ladder_counts_the_hour_itself(km, left, percent):
    assert refund_percent(STATUTORY_REFUNDS, distance_km=km, time_left=left) == percent


def test_a_generous_operator_wins_and_a_stingy_one_does_not():
    generous = RefundRule(before=timedelta(hours=24), percent=100)
    stingy = RefundRule(before=timedelta(hours=12), percent=50)

    percents = [
        refund_percent([*STATUTORY_REFUNDS, own], distance_km=76, time_left=timedelta(hours=30))
        for own in (generous, stingy)
    ]

    assert percents == [100, 90]


@pytest.mark.parametrize(
    ("fare", "percent", "amount"),
    [(75_000, 90, 68_000), (75_000, 70, 53_000), (75_000, 100, 75_000), (75_000, 0, 0), (500, 90, 500)],
)
def test_a_refund_goes_up_to_a_thousand_and_never_above_the_fare(fare, percent, amount):
    assert refund_amount(fare, percent) == amount


@given(fare=st.integers(0, 5_000_000), percent=st.integers(0, 100))
def test_a_refund_is_at_least_what_the_law_says(fare, percent):
    amount = refund_amount(fare, percent)

    assert fare * percent <= amount * 100
    assert amount <= fare


def test_a_passenger_takes_the_legs_between_two_stops():
    assert list(legs_between(1, 4)) == [1, 2, 3]


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 1), (-1, 2)])
def test_nobody_travels_backwards(start, end):
    with pytest.raises(ValueError, match="No leg"):
        legs_between(start, end)


def test_a_code_has_eighteen_digits_and_is_recognised():
    code = ticket_code(42)

    assert code == "000000000000000427"
    assert is_ticket_code(code) is True


def test_the_check_digit_is_the_one_of_the_standard():
    """The example of ISO 7064 for MOD 11,10."""
    assert check_digit("0794") == "5"


@pytest.mark.parametrize("number", [-1, 10**17])
def test_a_number_that_does_not_fit_is_refused(number):
    with pytest.raises(ValueError, match="17 digits"):
        ticket_code(number)


@pytest.mark.parametrize("code", ["", "12345", "0" * 17 + "x", "٠" * 18, ticket_code(7) + "0"])
def test_what_is_no_code_is_not_taken_for_one(code):
    assert is_ticket_code(code) is False


@given(number=st.integers(0, 10**17 - 1), place=st.integers(0, 17), digit=st.integers(0, 9))
def test_one_wrong_digit_is_always_seen(number, place, digit):
    code = ticket_code(number)
    mistyped = f"{code[:place]}{digit}{code[place + 1 :]}"

    assert is_ticket_code(mistyped) is (mistyped == code)


def test_a_look_up_code_has_a_check_digit() -> None:
    code = rules.lookup_code(123)

    assert (len(code), rules.is_lookup_code(code), rules.is_lookup_code(code[:-1] + "x")) == (16, True, False)
    with pytest.raises(ValueError, match="at most 15 digits"):
        rules.lookup_code(10**15)


TICKET, LOOKUP = rules.ticket_code(26112200000010000), rules.lookup_code(7)


@pytest.mark.parametrize(
    "typed",
    [
        TICKET,
        f"https://ben-xe.example/t/{TICKET}/{LOOKUP}/",
        f"htps://ben-xẽ.ẽample/t/{TICKET}/{LOOKUP}",
        f" http://10.0.0.5:8000/t/{TICKET}/{LOOKUP}/ ",
    ],
)
def test_a_scan_is_read_from_bars_and_from_the_address_in_the_qr_code(typed) -> None:
    assert rules.scanned_code(typed) == TICKET


@pytest.mark.parametrize("typed", ["", "12345", TICKET + "1", f"/t/{TICKET[:-1]}x/{LOOKUP}/"])
def test_what_is_no_scan_names_no_ticket(typed) -> None:
    assert rules.scanned_code(typed) == ""
