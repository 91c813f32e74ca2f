"""The command line of the counter."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing import rules
from ticketing.forms.grammar import Order, parse_cash, parse_order


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("", Order()),
        ("3", Order(favourite=3)),
        ("3*2", Order(favourite=3, count=2)),
        ("*2", Order(count=2)),
        (".a05", Order(seats=("A05",))),
        (".A05.A06", Order(seats=("A05", "A06"))),
        ("/1430", Order(at=time(14, 30))),
        ("/930", Order(at=time(9, 30))),
        ("/14", Order(at=time(14))),
        ("/14:30", Order(at=time(14, 30))),
        ("bmt", Order(place="bmt")),
        ("Đà Lạt", Order(place="da lat")),
        ("đl*2/8", Order(place="dl", count=2, at=time(8))),
        ("0912345678", Order(phone="0912345678")),
        ("0912 345 678", Order(phone="0912345678")),
        ("+84912345678", Order(phone="0912345678")),
        ("3/1430*2.B1", Order(favourite=3, count=2, seats=("B1",), at=time(14, 30))),
    ],
)
def test_a_line_says_what_is_wanted(line, order):
    assert parse_order(line) == order


@pytest.mark.parametrize("line", ["0", "12", "500", "*0", "*", "3*2*3", "/2460", "/25", "/8/9", "3**2", "???", "."])
def test_nonsense_is_no_order(line):
    assert parse_order(line) is None


def test_a_scanned_ticket_opens_and_a_misread_one_does_not():
    code = rules.ticket_code(2611220000001_1234)
    misread = code[:-1] + str((int(code[-1]) + 1) % 10)

    assert parse_order(code) == Order(ticket=code)
    assert parse_order(misread) is None


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("500", 500_000),
        ("75", 75_000),
        ("1500", 1_500_000),
        ("9999", 9_999_000),
        ("10000", 10_000),
        ("500000", 500_000),
        ("500.000", 500_000),
        ("500,000", 500_000),
        ("0", 0),
        ("", None),
        ("3*2", None),
        ("-5", None),
        ("5.00", None),
        ("1234567890", None),
        ("٥٠٠", None),
    ],
)
def test_cash_is_counted_in_thousands(line, amount):
    assert parse_cash(line) == amount


@given(st.text(max_size=60))
def test_no_line_breaks_the_counter(line):
    order, cash = parse_order(line), parse_cash(line)

    assert order is None or order.count is None or 1 <= order.count <= 99
    assert cash is None or cash >= 0


@given(
    st.integers(1, 9),
    st.integers(1, 20),
    st.from_regex(r"[A-Z][0-9]{1,2}", fullmatch=True),
    st.times().map(lambda t: t),
)
def test_what_is_spelled_is_read_back(favourite, count, seat, at):
    at = at.replace(second=0, microsecond=0)

    order = parse_order(f"{favourite}*{count}.{seat}/{at:%H%M}")

    assert order == Order(favourite=favourite, count=count, seats=(seat,), at=at)
