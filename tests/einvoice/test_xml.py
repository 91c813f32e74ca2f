import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from unicodedata import normalize

import pytest
from lxml import etree

from einvoice.rules import Extra, InvoiceDocument, Line, Party, Related, Transport, problems, totals_of
from einvoice.rules.xml import BadXml, build_xml, parse_xml, validate_xml
from station.money import TaxedAmount, in_words
from tests.einvoice.documents import SAMPLES, service_invoice, ticket

MADE = {"sample_hdon.xml": service_invoice, "sample_ve.xml": ticket}


@pytest.mark.parametrize("name", MADE)
def test_what_we_build_is_the_sample_to_the_letter(name) -> None:
    sample, built = (SAMPLES / name).read_bytes(), build_xml(MADE[name]())

    assert content(built) == content(sample)
    assert etree.fromstring(built).findtext("DLQRCode") == etree.fromstring(sample).findtext("DLQRCode")


def content(xml: bytes) -> str:
    """All that is signed, without the Id, which is everybody's own choice."""
    return xml.decode().partition("<TTChung>")[2].partition("</DLHDon>")[0]


def fields(xml: bytes, path: str) -> list[tuple[str, str | None]]:
    return [(field.tag, field.text) for field in etree.fromstring(xml).iterfind(f"{path}/*")]


@pytest.mark.parametrize("made", MADE.values())
def test_what_we_build_is_valid_in_both_schemas(made) -> None:
    xml = build_xml(made())

    assert validate_xml(xml) == []
    assert validate_xml(xml, strict=False) == []


@pytest.mark.parametrize("name", ["sample_hdon.xml", "sample_ve.xml", "sample_mtt.xml"])
def test_the_samples_are_valid(name) -> None:
    assert validate_xml((SAMPLES / name).read_bytes()) == []


def test_there_is_no_whitespace_between_tags() -> None:
    declaration, _newline, xml = build_xml(service_invoice()).partition(b"\n")

    assert declaration == b"<?xml version='1.0' encoding='UTF-8'?>"
    assert b"> <" not in xml
    assert b"\n" not in xml


def test_the_same_document_is_the_same_bytes() -> None:
    assert build_xml(ticket()) == build_xml(ticket())


def test_the_format_version_is_the_documents_own() -> None:
    xml = build_xml(replace(service_invoice(), format_version="2.1.1"))

    assert etree.fromstring(xml).findtext("DLHDon/TTChung/PBan") == "2.1.1"
    assert validate_xml(xml) == []


def test_a_buyer_who_gave_no_data_is_the_consumer() -> None:
    xml = build_xml(replace(service_invoice(), buyer=None))

    assert fields(xml, "DLHDon/NDHDon/NMua") == [("Ten", "Bán cho người tiêu dùng")]


def test_a_refund_points_at_the_invoice_it_adjusts() -> None:
    related = Related(nature="2", template="5", symbol="K26GAA", number=101, issued_on=date(2026, 11, 20), reason="08")

    xml = build_xml(replace(ticket(102), related=related))

    assert fields(xml, "DLHDon/TTChung/TTHDLQuan") == [
        ("TCHDon", "2"),
        ("LHDCLQuan", "1"),
        ("KHMSHDCLQuan", "5"),
        ("KHHDCLQuan", "K26GAA"),
        ("SHDCLQuan", "101"),
        ("NLHDCLQuan", "2026-11-20"),
        ("LDDCTThe", "08"),
    ]
    assert validate_xml(xml) == []


def test_what_people_typed_stays_text() -> None:
    name = "A & B <c> \"d\" 'e' ]]>"

    xml = build_xml(replace(service_invoice(), buyer=Party(name=name)))

    assert etree.fromstring(xml).findtext("DLHDon/NDHDon/NMua/Ten") == name
    assert validate_xml(xml) == []


def test_letters_are_composed() -> None:
    taken_apart = normalize("NFD", "Hợp tác xã Ữ")

    xml = build_xml(replace(service_invoice(), buyer=Party(name=taken_apart)))

    assert etree.fromstring(xml).findtext("DLHDon/NDHDon/NMua/Ten") == "Hợp tác xã Ữ"


@pytest.mark.parametrize(
    "changes",
    [
        {"symbol": "K26TA"},
        {"symbol": "k26TAA"},
        {"template": "0"},
        {"number": 0},
        {"number": 100_000_000},
        {"title": ""},
        {"title": "x" * 101},
        {"format_version": "3.0"},
        {"payment_method": "x" * 51},
        {"seller": Party(name="", tax_code="0100000001", address="x")},
        {"seller": Party(name="x", tax_code="010000000", address="x")},
        {"seller": Party(name="x", tax_code="0100000001", address="x" * 401)},
        {"buyer": Party(name="x", email="x" * 51)},
        {"words": "x" * 256},
        {"authority_code": "x"},
        {"extras": (Extra("x", "x", "money"),)},
    ],
)
def test_the_schema_refuses_what_the_format_does_not_allow(changes) -> None:
    document: InvoiceDocument = replace(service_invoice(), **changes)

    assert len(validate_xml(build_xml(document))) == 1


@pytest.mark.parametrize("code", ["A" * 34, "M1-26-A1B2C-00000000007"])
def test_both_shapes_of_the_authoritys_code_are_allowed(code) -> None:
    assert validate_xml(build_xml(replace(service_invoice(), authority_code=code))) == []


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<HDon>",
        b"not xml",
        b'<!DOCTYPE HDon [<!ENTITY x SYSTEM "file:///etc/passwd">]><HDon>&x;</HDon>',
        b'<!DOCTYPE HDon SYSTEM "http://127.0.0.1:1/x.dtd"><HDon/>',
    ],
)
def test_what_is_no_plain_xml_is_refused_before_anything_is_read(xml) -> None:
    with pytest.raises(BadXml):
        parse_xml(xml)

    assert len(validate_xml(xml)) == 1


def test_a_provider_may_order_its_tags_differently() -> None:
    xml = build_xml(service_invoice()).replace(
        b"<TChat>1</TChat><STT>1</STT>", b"<STT>1</STT><TChat>1</TChat>"
    )  # fmt: skip

    assert len(validate_xml(xml)) == 1
    assert validate_xml(xml, strict=False) == []


def test_a_refunded_ticket_is_a_negative_line() -> None:
    sold = ticket().lines[0]
    price = TaxedAmount.from_gross(250_000, Decimal("0.08"))
    line = Line.priced(sold.name, -price, rate="8%", unit="vé", quantity=-1, transport=sold.transport)
    totals = totals_of([line])
    document = replace(ticket(102), lines=(line,), totals=totals, words=in_words(totals.gross))

    xml = build_xml(document)

    assert problems(document) == []
    assert validate_xml(xml) == []
    assert [field for field in fields(xml, "DLHDon/NDHDon/TToan") if field[0].startswith("TgTTTB")] == [
        ("TgTTTBSo", "-250000"),
        ("TgTTTBChu", "Âm hai trăm năm mươi nghìn đồng"),
    ]
    assert etree.fromstring(xml).findtext("DLHDon/NDHDon/DSHHDVu/HHDVu/SLuong") == "-1"


def test_an_operator_on_the_direct_method_shows_no_tax() -> None:
    line = replace(ticket().lines[0], amount=250_000, tax=None, rate="", unit_price=Decimal(250_000))
    document = replace(ticket(), symbol="K26HAA", lines=(line,), totals=totals_of([line]))

    xml = build_xml(document)

    assert problems(document) == []
    assert validate_xml(xml) == []
    assert [name for name, _value in fields(xml, "DLHDon/NDHDon/TToan")] == ["TgTTTBSo", "TgTTTBChu"]


def test_a_plate_that_is_not_known_yet_is_left_out() -> None:
    line = replace(ticket().lines[0], transport=Transport("", "Bến xe A", "Bến xe B"))

    xml = build_xml(replace(ticket(), lines=(line,)))

    assert validate_xml(xml) == []
    assert re.findall(rb"<TTruong>(BKS\w+|DDi|DDen)<", xml) == [b"DDi", b"DDen"]
