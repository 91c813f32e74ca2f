import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees.money import SMALLEST_NOTE, cash_rounding, total_of


@pytest.mark.parametrize(
    ("amount", "rounding"),
    [(0, 0), (499, -499), (500, 500), (46_980, 20), (56_376, -376), (75_000, 0), (-56_376, 376), (-500, -500)],
)
def test_cash_is_rounded_to_the_nearest_note(amount, rounding):
    assert cash_rounding(amount) == rounding


@given(st.integers(-(10**12), 10**12))
def test_what_is_paid_in_cash_can_be_counted_and_a_refund_mirrors_its_sale(amount):
    rounding = cash_rounding(amount)

    assert (amount + rounding) % SMALLEST_NOTE == 0
    assert abs(rounding) <= SMALLEST_NOTE // 2
    assert cash_rounding(-amount) == -rounding


def test_notes_add_up():
    assert total_of({500_000: 1, 1_000: 56, 2_000: 0}) == 556_000
