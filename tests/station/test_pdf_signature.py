import io
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import override_settings
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from station.providers import demo_keys, pdf_form, pdf_signature

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
ORDER = """<!DOCTYPE html><html lang="vi"><head><title>Lệnh vận chuyển</title>
<style>body { font: 11pt PlexPDF } .field { width: 70mm; height: 25mm; margin: 3mm; float: left }</style></head>
<body><h1>LỆNH VẬN CHUYỂN</h1><p>28B-010.05</p>{% for id in fields %}<div class="field" id="{{ id }}"></div>{% endfor %}
</body></html>"""


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demo_keys.DemoKeyStore(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def order():
    loader = ("django.template.loaders.locmem.Loader", {"order.html": ORDER})
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}
    with override_settings(TEMPLATES=[engine]):
        fields = pdf_signature.FIELDS
        return pdf_form.render_form("order.html", {"fields": fields}, now=NOW, fields=fields)


@pytest.fixture(scope="module")
def operator(store):
    return store.organisation_key(tax_code="0100000002", name="HỢP TÁC XÃ VẬN TẢI THỬ NGHIỆM")


@pytest.fixture(scope="module")
def signed(order, operator, store):
    """An order that the operator, the driver and the station signed; the coach has not arrived."""
    driver = store.person_key(personal_id="017090000001", name="Nguyễn Văn Thử")
    station = store.organisation_key(tax_code="0100000001", name="BẾN XE THỬ NGHIỆM")
    document = sign(order, "Operator", operator, minutes=0, certify=True)
    document = sign(document, "Driver", driver, minutes=5)
    return sign(document, "Station", station, minutes=9)


def sign(document: bytes, field: str, key, *, minutes: int = 0, certify: bool = False) -> bytes:
    return pdf_signature.sign_pdf(
        document,
        field=field,
        key=key,
        signer_name="Nguyễn Thị Ợ Ữ Ẵ",
        title="Người điều hành vận tải",
        reason="Ký lệnh vận chuyển",
        at=NOW + timedelta(minutes=minutes),
        certify=certify,
    )


def check(document: bytes, store) -> list[pdf_signature.SignatureReport]:
    return pdf_signature.check_pdf(document, trust=[store.ca_certificate()], now=NOW)


def test_every_signature_holds_after_the_later_ones(signed, store) -> None:
    reports = check(signed, store)

    assert [(r.field, r.subject, r.ok) for r in reports] == [
        ("Operator", "MST:0100000002", True),
        ("Driver", "CCCD:017090000001", True),
        ("Station", "MST:0100000001", True),
    ]
    assert [r.coverage for r in reports] == ["ENTIRE_REVISION", "ENTIRE_REVISION", "ENTIRE_FILE"]
    assert [r.signer for r in reports] == [
        "HỢP TÁC XÃ VẬN TẢI THỬ NGHIỆM",
        "Nguyễn Văn Thử",
        "BẾN XE THỬ NGHIỆM",
    ]


def test_a_signature_carries_the_time_it_was_given(signed, store) -> None:
    times = [report.signed_at for report in check(signed, store)]

    assert times == [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)]


def test_the_document_was_last_changed_at_its_last_signature(signed) -> None:
    info = PdfFileReader(io.BytesIO(signed)).trailer["/Info"]

    assert (info["/CreationDate"], info["/ModDate"]) == ("D:20261122091500+07'00'", "D:20261122092400+07'00'")


def test_unused_fields_stay_empty(order, signed) -> None:
    assert pdf_signature.empty_fields(order) == ["Operator", "Driver", "Station", "Arrival"]
    assert pdf_signature.empty_fields(signed) == ["Arrival"]


def test_each_signature_only_appends(order, signed, operator) -> None:
    first = sign(order, "Operator", operator, certify=True)

    assert first.startswith(order)
    assert signed.startswith(order)


def test_an_unsigned_order_has_no_reports(order, store) -> None:
    assert check(order, store) == []


def test_a_field_is_signed_once(signed, operator) -> None:
    with pytest.raises(pdf_signature.CannotSign, match="Operator"):
        sign(signed, "Operator", operator)


def test_a_field_that_is_not_there_is_not_made(order, operator) -> None:
    with pytest.raises(pdf_signature.CannotSign, match="Cashier"):
        sign(order, "Cashier", operator)


def test_a_second_certification_is_refused(signed, operator) -> None:
    with pytest.raises(pdf_signature.CannotSign, match="Arrival"):
        sign(signed, "Arrival", operator, certify=True)


def test_another_authority_is_not_trusted(signed, tmp_path) -> None:
    reports = check(signed, demo_keys.DemoKeyStore(tmp_path))

    assert [(r.intact, r.trusted, r.ok) for r in reports] == [(True, False, False)] * 3


def test_a_stranger_in_the_last_field_leaves_the_others_good(signed, store, tmp_path) -> None:
    stranger = demo_keys.DemoKeyStore(tmp_path).organisation_key(tax_code="0100000001", name="BẾN XE THỬ NGHIỆM")

    reports = check(sign(signed, "Arrival", stranger), store)

    assert [(r.field, r.ok) for r in reports] == [
        ("Operator", True), ("Driver", True), ("Station", True), ("Arrival", False),
    ]  # fmt: skip


def test_one_changed_byte_breaks_every_signature(order, signed, store) -> None:
    place = order.index(b"stream") + 12
    broken = bytearray(signed)
    broken[place] ^= 1

    reports = check(bytes(broken), store)

    assert [(r.intact, r.ok) for r in reports] == [(False, False)] * 3


def test_a_changed_page_breaks_every_signature_although_each_is_still_valid(signed, store) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/Rotate")] = page.raw_get("/MediaBox")[0]
    writer.update_container(page)
    output = io.BytesIO()
    writer.write(output)

    reports = check(output.getvalue(), store)

    assert [(r.intact, r.modification, r.ok) for r in reports] == [(True, "OTHER", False)] * 3


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7", b"not a pdf", b"%PDF-1.7\nstartxref\n9\n%%EOF"])
def test_what_is_no_pdf_is_said_to_be_unreadable(broken, store) -> None:
    with pytest.raises(pdf_signature.UnreadablePdf):
        check(broken, store)


@needs("pdfsig")
def test_poppler_finds_every_signature_valid(signed, tmp_path) -> None:
    file = tmp_path / "order.pdf"
    file.write_bytes(signed)

    seen = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, check=True, cwd=tmp_path).stdout

    text = seen.decode()
    assert re.findall(r"Signature Field Name: (\w+)", text) == ["Operator", "Driver", "Station", "Arrival"]
    assert re.findall(r"Signature Validation: (.*)", text) == ["Signature is Valid."] * 3
    assert re.findall(r"(.*otal document signed)", text) == [
        "  - Not total document signed",
        "  - Not total document signed",
        "  - Total document signed",
    ]
    assert text.count("The signature form field is not signed.") == 1


@needs("openssl")
def test_openssl_accepts_each_signature_with_the_published_certificate(signed, store, tmp_path) -> None:
    (tmp_path / "ca.pem").write_bytes(store.ca_certificate().public_bytes(Encoding.PEM))

    verdicts = []
    for signature in PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures:
        start, length, resume, rest = signature.byte_range
        (tmp_path / "data").write_bytes(signed[start : start + length] + signed[resume : resume + rest])
        (tmp_path / "cms").write_bytes(signature.pkcs7_content.rstrip(b"\0"))
        command = "openssl cms -verify -inform DER -in cms -content data -binary -CAfile ca.pem -purpose any -out out"
        verdicts.append(subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).stderr.decode())

    assert [verdict.strip() for verdict in verdicts] == ["CMS Verification successful"] * 3


@needs("pdftotext")
def test_the_stamp_names_signer_and_time_in_vietnamese_letters(signed) -> None:
    command = ["pdftotext", "-raw", "-", "-"]
    text = subprocess.run(command, input=signed, capture_output=True, check=True).stdout.decode()

    assert text.count("Nguyễn Thị Ợ Ữ Ẵ") == 3
    assert text.count("Người điều hành vận tải") == 3
    assert re.findall(r"22/11/2026 (\d\d:\d\d:\d\d)", text) == ["09:15:00", "09:20:00", "09:24:00"]
