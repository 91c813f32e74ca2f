"""What a person is shown of the bytes, also of bytes that somebody else wrote."""

import pytest

from einvoice.rules.reading import ReadLine, ReadParty, read_invoice
from einvoice.rules.xml import BadXml, build_xml
from tests.einvoice.documents import OPERATOR, SAMPLES, STATION, service_invoice, ticket


def test_parties_and_payment_are_read_back():
    said = read_invoice(build_xml(service_invoice()))

    assert said.seller == ReadParty(name=STATION.name, tax_code=STATION.tax_code, address=STATION.address)
    assert said.buyer == ReadParty(name=OPERATOR.name, tax_code=OPERATOR.tax_code, address=OPERATOR.address)
    assert (said.trustee, said.payment_method) == (None, "Tiền mặt/Chuyển khoản")
    assert said.words == service_invoice().words


def test_a_note_has_no_amount():
    lines = read_invoice(build_xml(service_invoice())).lines

    assert lines[-1] == ReadLine(
        name="Theo bảng đối chiếu tháng 11 năm 2026", unit="", quantity="", amount=None, rate="", facts=()
    )
    assert [line.amount for line in lines] == [1_560_000, 200_000, None]


def test_a_journey_is_named_in_words_and_the_trustee_stands_beside_the_seller():
    said = read_invoice(build_xml(ticket()))

    assert [name for name, _ in said.lines[0].facts][:3] == ["Biển số", "Điểm đi", "Điểm đến"]
    assert said.trustee.tax_code == STATION.tax_code


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("*.xml")))
def test_every_sample_can_be_read(sample):
    said = read_invoice((SAMPLES / sample).read_bytes())

    assert said.seller.tax_code
    assert said.lines


def test_an_empty_invoice_is_read_as_empty():
    assert read_invoice(b"<HDon/>").lines == ()


def test_what_is_not_xml_is_refused():
    with pytest.raises(BadXml):
        read_invoice(b"%PDF-1.7")
