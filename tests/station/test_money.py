from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.money import TaxedAmount, in_words, round_half_up, vnd

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)
RATES = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.08"), Decimal("0.10")])


def test_a_taxed_amount_that_does_not_add_up_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        TaxedAmount(net=100, tax=8, gross=109)


@pytest.mark.parametrize("wrong", [100.0, Decimal(100), True, "100"])
def test_money_is_only_ever_a_whole_number(wrong: object) -> None:
    with pytest.raises(TypeError, match="whole number"):
        TaxedAmount(net=wrong, tax=0, gross=100)


@pytest.mark.parametrize("rate", [Decimal(8), Decimal("-0.08"), 0.08])
def test_a_rate_in_percent_or_in_binary_is_refused(rate: object) -> None:
    with pytest.raises(ValueError, match="decimal fraction"):
        TaxedAmount.from_net(100, rate)


def test_a_price_with_tax_inside_keeps_its_gross() -> None:
    amount = TaxedAmount.from_gross(250_000, Decimal("0.08"))

    assert amount == TaxedAmount(net=231_481, tax=18_519, gross=250_000)


def test_tax_is_added_to_a_net_price() -> None:
    amount = TaxedAmount.from_net(1_760_000, Decimal("0.08"))

    assert amount == TaxedAmount(net=1_760_000, tax=140_800, gross=1_900_800)


@given(gross=AMOUNTS, rate=RATES)
def test_gross_survives_and_tax_is_within_one_dong_of_the_rate(gross: int, rate: Decimal) -> None:
    amount = TaxedAmount.from_gross(gross, rate)

    assert amount.gross == gross
    assert abs(amount.tax - amount.net * rate) <= 1


@given(amount=AMOUNTS, rate=RATES)
def test_a_refund_mirrors_its_sale(amount: int, rate: Decimal) -> None:
    assert TaxedAmount.from_gross(-amount, rate) == -TaxedAmount.from_gross(amount, rate)
    assert TaxedAmount.from_net(-amount, rate) == -TaxedAmount.from_net(amount, rate)


@given(grosses=st.lists(AMOUNTS, max_size=8), rate=RATES)
def test_a_total_is_the_sum_of_its_parts(grosses: list[int], rate: Decimal) -> None:
    parts = [TaxedAmount.from_gross(gross, rate) for gross in grosses]

    total = TaxedAmount.total(parts)

    assert total.gross == sum(grosses)
    assert total.tax == sum(part.tax for part in parts)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-0.5", -1), ("-2.5", -3), ("18518.52", 18519)],
)
def test_a_half_rounds_away_from_zero(exact: str, rounded: int) -> None:
    assert round_half_up(Decimal(exact)) == rounded


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0đ"), (999, "999đ"), (1_234_567, "1.234.567đ"), (-1_234, "\N{MINUS SIGN}1.234đ")],
)
def test_money_is_shown_with_dots_and_a_real_minus(amount: int, shown: str) -> None:
    assert vnd(amount) == shown


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (101, "Một trăm lẻ một đồng"),
        (105, "Một trăm lẻ năm đồng"),
        (110, "Một trăm mười đồng"),
        (1_005, "Một nghìn không trăm lẻ năm đồng"),
        (1_015, "Một nghìn không trăm mười lăm đồng"),
        (1_021, "Một nghìn không trăm hai mươi mốt đồng"),
        (46_980, "Bốn mươi sáu nghìn chín trăm tám mươi đồng"),
        (162_000, "Một trăm sáu mươi hai nghìn đồng"),
        (250_000, "Hai trăm năm mươi nghìn đồng"),
        (388_849, "Ba trăm tám mươi tám nghìn tám trăm bốn mươi chín đồng"),
        (1_005_000, "Một triệu không trăm lẻ năm nghìn đồng"),
        (1_900_800, "Một triệu chín trăm nghìn tám trăm đồng"),
        (24_316_000, "Hai mươi tư triệu ba trăm mười sáu nghìn đồng"),
        (495_000_000, "Bốn trăm chín mươi lăm triệu đồng"),
        (-33_000_000, "Âm ba mươi ba triệu đồng"),
        (1_000_000_001, "Một tỷ không trăm lẻ một đồng"),
        (
            1_234_567_891,
            "Một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi mốt đồng",
        ),
        (10**18, "Một tỷ tỷ đồng"),
    ],
)
def test_an_amount_is_read_as_accountants_read_it(amount: int, words: str) -> None:
    assert in_words(amount) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không đồng"),
        (105, "một trăm linh năm đồng"),
        (1_021, "một nghìn không trăm hai mươi mốt đồng"),
        (162_000, "một trăm sáu mươi hai nghìn đồng"),
        (46_980, "bốn mươi sáu nghìn chín trăm tám mươi đồng"),
    ],
)
def test_the_other_word_for_a_lone_unit_can_be_chosen(amount: int, words: str) -> None:
    assert in_words(amount, odd="linh").lower() == words


@given(amount=st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_words_are_read_back_to_the_same_amount(amount: int) -> None:
    assert read_back(in_words(amount)) == amount


SPOKEN = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
}


def read_back(words: str) -> int:
    """An independent reader: it adds up what it hears and knows nothing of how the words were made."""
    heard = words.lower().removesuffix(" đồng").split()
    sign = -1 if heard[0] == "âm" else 1
    total = group = triple = pending = power = 0
    for word in heard[1:] if sign < 0 else heard:
        if word == "tỷ":
            power += 1
            continue
        if power:
            total, group, triple, pending, power = total + (group + triple + pending) * 10 ** (9 * power), 0, 0, 0, 0
        if word in SPOKEN:
            pending = SPOKEN[word]
        elif word == "trăm":
            triple, pending = pending * 100, 0
        elif word == "mươi":
            triple, pending = triple + pending * 10, 0
        elif word == "mười":
            triple += 10
        elif word in ("nghìn", "triệu"):
            group += (triple + pending) * (1000 if word == "nghìn" else 1_000_000)
            triple = pending = 0
    return sign * (total + (group + triple + pending) * 10 ** (9 * power))
