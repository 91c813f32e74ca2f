from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einvoice.rules import (
    Line,
    LineKind,
    Party,
    TaxGroup,
    Totals,
    Transport,
    checksum,
    lookup_code,
    problems,
    rate_label,
    rate_value,
    totals_of,
)
from station.money import TaxedAmount, in_words
from tests.einvoice.documents import service_invoice, ticket

EIGHT = Decimal("0.08")


def test_a_sound_invoice_has_no_problems() -> None:
    assert problems(service_invoice()) == []


def test_a_sound_ticket_has_no_problems() -> None:
    assert problems(ticket()) == []


def test_totals_are_taxed_once_per_rate() -> None:
    lines = [
        Line(name="a", amount=6, rate="8%"),
        Line(name="b", amount=6, rate="8%"),
        Line(name="c", amount=100, rate="KCT"),
        Line.note("theo bảng đối chiếu"),
    ]

    assert totals_of(lines) == Totals(
        groups=(TaxGroup("8%", 12, 1), TaxGroup("KCT", 100, 0)), net=112, tax=1, gross=113
    )  # fmt: skip


def test_known_taxes_of_prices_with_tax_inside_are_kept() -> None:
    lines = [Line.priced("vé", TaxedAmount.from_gross(250_000, EIGHT), rate=EIGHT)] * 2

    assert totals_of(lines) == Totals(
        groups=(TaxGroup("8%", 462_962, 37_038),), net=462_962, tax=37_038, gross=500_000
    )  # fmt: skip


@given(grosses=st.lists(st.integers(1, 10**9), min_size=1, max_size=30), rate=st.sampled_from(["0", "0.05", "0.08"]))
def test_an_invoice_of_paid_prices_comes_to_what_was_paid(grosses, rate) -> None:
    lines = tuple(
        Line.priced("dịch vụ", TaxedAmount.from_gross(gross, Decimal(rate)), rate=Decimal(rate)) for gross in grosses
    )
    totals = totals_of(lines)

    document = replace(service_invoice(), lines=lines, totals=totals, words=in_words(totals.gross))

    assert totals.gross == sum(grosses)
    assert problems(document) == []


@given(gross=st.integers(1, 10**9), quantity=st.integers(1, 400))
def test_a_price_that_does_not_divide_is_still_a_sound_line(gross, quantity) -> None:
    line = Line.priced("lượt", TaxedAmount.from_gross(gross, EIGHT), rate=EIGHT, quantity=quantity)
    totals = totals_of([line])

    document = replace(service_invoice(), lines=(line,), totals=totals, words=in_words(gross))

    assert problems(document) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"symbol": "K26taa"}, "symbol 'K26taa' is not one of the tax office's"),
        ({"symbol": "K26ZAA"}, "symbol 'K26ZAA' is not one of the tax office's"),
        ({"symbol": "K26GAA"}, "letter G does not go with template 1"),
        ({"symbol": "K27TAA"}, "symbol K27TAA is not of the year 2026"),
        ({"issued_on": date(2027, 1, 1)}, "symbol K26TAA is not of the year 2027"),
        ({"number": 0}, "number 0 is outside 1 … 99999999"),
        ({"number": 100_000_000}, "number 100000000 is outside 1 … 99999999"),
        ({"seller": Party(name="X", tax_code="0100000001")}, "seller lacks name or address"),
        ({"seller": Party(name="X", tax_code="123", address="Y")}, "seller tax code '123' is not one"),
        (
            {"buyer": Party(name="X", tax_code="0100000002")},
            "a buyer with a tax code needs a right one, name and address",
        ),
        ({"words": "Một triệu đồng"}, "'Một triệu đồng' is not 1900800"),
    ],
)
def test_each_wrong_fact_is_named(changes, fault) -> None:
    assert problems(replace(service_invoice(), **changes)) == [fault]


def test_a_delegated_invoice_has_two_parties() -> None:
    document = ticket()

    assert problems(replace(document, trustee=document.seller)) == ["the seller cannot be its own trustee"]


def test_a_ticket_without_plate_and_journey_is_no_ticket() -> None:
    document = ticket()
    bare = replace(document.lines[0], transport=None, kind=LineKind.SERVICE)

    assert problems(replace(document, lines=(bare,))) == ["a passenger ticket shows plate and journey"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (Line(name="x", kind=LineKind.NOTE, amount=5, rate="8%"), "line 1: a note has no amount"),
        (Line(name="x", amount=100, rate=""), "line 1: a rate stands on VAT invoices and only there"),
        (
            Line(name="x", amount=102, rate="8%", quantity=Decimal(2), unit_price=Decimal(50)),
            "line 1: quantity times price is 100, not 102",
        ),
        (
            Line(name="x", amount=100, rate="8%", transport=Transport("28B01005", "A", "B")),
            "line 1: transport is special goods and says plate and journey",
        ),
        (
            Line(name="x", amount=100, rate="8%", kind=LineKind.SPECIAL, transport=Transport("", "A", "")),
            "line 1: a journey has two ends",
        ),
    ],
)
def test_each_wrong_line_is_named(line, fault) -> None:
    totals = totals_of([line])

    found = problems(replace(service_invoice(), lines=(line,), totals=totals, words=in_words(totals.gross)))

    assert fault in found


@pytest.mark.parametrize(
    ("totals", "faults"),
    [
        (
            Totals((TaxGroup("8%", 1_760_000, 140_800),), 1_760_000, 140_800, 1_900_801),
            ["1760000 and 140800 of tax are not 1900801", "'Một triệu chín trăm nghìn tám trăm đồng' is not 1900801"],
        ),
        (
            Totals((TaxGroup("8%", 1_760_000, 140_790),), 1_760_000, 140_800, 1_900_800),
            ["the rates do not add up to the totals", "tax at 8% on 1760000 is not 140790"],
        ),
        (
            Totals((TaxGroup("10%", 1_760_000, 176_000),), 1_760_000, 176_000, 1_936_000),
            ["the rates are not those of the lines", "'Một triệu chín trăm nghìn tám trăm đồng' is not 1936000"],
        ),
    ],
)
def test_each_wrong_sum_is_named(totals, faults) -> None:
    assert problems(replace(service_invoice(), totals=totals)) == faults


@pytest.mark.parametrize(
    "words",
    ["Hai mươi tư nghìn một trăm linh năm đồng", "Hai mươi bốn nghìn một trăm lẻ năm đồng"],
)
def test_both_right_spellings_of_words_are_accepted(words) -> None:
    line = Line(name="x", amount=24_105, rate="KCT")

    document = replace(service_invoice(), lines=(line,), totals=totals_of([line]), words=words)

    assert problems(document) == []


@pytest.mark.parametrize(
    ("rate", "label"),
    [("0", "0%"), ("0.05", "5%"), ("0.08", "8%"), ("0.10", "10%"), ("0.07", "KHAC:07.00%"), ("0.035", "KHAC:03.50%")],
)
def test_a_rate_and_its_label_say_the_same(rate, label) -> None:
    assert rate_label(Decimal(rate)) == label
    assert rate_value(label) == Decimal(rate)


@pytest.mark.parametrize("label", ["", "KCT", "KKKNT"])
def test_what_is_not_taxed_has_no_rate(label) -> None:
    assert rate_value(label) is None


def test_the_lookup_code_is_the_one_of_the_sample() -> None:
    assert lookup_code(service_invoice()) == (
        "00020199710010A00000077501100100000001020110306K26TAA040110508202611220607190080063049126"
    )


MERCHANT = (
    "00020101021126280010A000000775011001087990425204597753037045802VN5909MYPHAMHER"
    "6005HANOI62260311MY PHAM HER0707MPHER016304"
)
TRANSFER = (
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304"
)


@pytest.mark.parametrize(
    ("text", "crc"),
    [
        ("123456789", "29B1"),  # the check value of CRC-16/CCITT-FALSE
        (MERCHANT, "1C50"),
        (TRANSFER, "BBB8"),
    ],
)
def test_the_checksum_agrees_with_published_codes(text, crc) -> None:
    assert checksum(text) == crc
