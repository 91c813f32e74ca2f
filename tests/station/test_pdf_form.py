"""A form is set once and filled for each document; what is filled in looks as if it had been set with the form."""

import io
import shutil
import subprocess
from base64 import b64decode
from datetime import UTC, datetime

import pytest
from django.test import override_settings
from PIL import Image, ImageChops, ImageStat
from pyhanko.pdf_utils.reader import PdfFileReader

from station.providers import pdf_form, qr

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 2, 16, tzinfo=UTC)
PAGE = """<!DOCTYPE html><html lang="vi"><head><title>Lệnh {{ number }}</title>
<meta name="author" content="{{ operator }}"><style>
@page { size: A5; margin: 10mm }
body { margin: 0; font: 12pt/1.35 PlexPDF; color: #0e1b26 } [data-slot] { height: 1.36em }
[data-slot], [data-set] { width: 100mm }
.field { width: 60mm; height: 20mm; margin: 5mm 0 0 20mm } .code { width: 30mm; height: 30mm }
.plate { font: 600 19pt/1.2 BienPDF } .large { height: 5.5em }
</style></head><body>%s</body></html>"""
SLOTS = {
    "name": '<div data-slot="name">Lái xe: <b>{{ operator }}</b></div>',
    "plate": '<div class="plate" data-slot="plate">{{ number }}</div>',
    "text": '<div class="large" data-slot="text">{{ text }}</div>',
    "code": '<div class="code" data-slot="code"><img src="{{ png }}"></div>',
}
TEMPLATES = {
    "fields.html": PAGE % '<div class="field" id="Operator"></div><div class="field" id="Driver"></div>',
    "pages.html": PAGE % (SLOTS["name"] + "<p style='break-after: page'></p>" + SLOTS["plate"]),
    **{f"{name}.html": PAGE % slot for name, slot in SLOTS.items()},
    **{f"{name}_set.html": PAGE % slot.replace("data-slot", "class='large' data-set") for name, slot in SLOTS.items()},
}
CONTEXT = {"number": "28B-010.05", "operator": "HTX Vận tải Sông Bờ", "text": "Chạy thẳng"}
needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")


@pytest.fixture(autouse=True)
def our_templates():
    loader = ("django.template.loaders.locmem.Loader", TEMPLATES)
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}
    with override_settings(TEMPLATES=[engine]):
        pdf_form._form.cache_clear()
        yield


def filled(name: str, *, now: datetime = NOW, **context: str) -> bytes:
    return pdf_form.render_form(f"{name}.html", CONTEXT | context, now=now, fields=[])


def text_of(document: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True).stdout.decode()


def raster(document: bytes) -> Image.Image:
    command = ["pdftoppm", "-png", "-gray", "-r", "144", "-"]
    png = subprocess.run(command, input=document, capture_output=True, check=True).stdout
    picture = Image.open(io.BytesIO(png)).convert("L")
    return picture.crop(ImageChops.invert(picture).getbbox())


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of grey, 0–255, of two pictures brought to one size."""
    return ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean[0]


def test_fields_stand_where_the_template_puts_them() -> None:
    document = pdf_form.render_form("fields.html", {}, now=NOW, fields=["Operator", "Driver"])

    fields = [field.get_object() for field in PdfFileReader(io.BytesIO(document)).root["/AcroForm"]["/Fields"]]
    widths = [field["/Rect"][2] - field["/Rect"][0] for field in fields]
    assert [field["/T"] for field in fields] == ["Operator", "Driver"]
    assert widths == [170, 170]  # 60 mm in points
    assert {round(float(field["/Rect"][0])) for field in fields} == {85}  # 10 + 20 mm from the edge
    assert fields[0]["/Rect"][1] > fields[1]["/Rect"][3]


def test_a_form_is_the_same_bytes_again() -> None:
    first, second = (pdf_form.render_form("fields.html", {}, now=NOW, fields=["Operator"]) for _ in range(2))

    assert first == second


def test_a_field_without_a_place_is_an_error() -> None:
    with pytest.raises(pdf_form.FieldMissing, match="Station"):
        pdf_form.render_form("fields.html", {}, now=NOW, fields=["Station"])


def test_the_same_form_filled_the_same_way_is_the_same_bytes():
    assert filled("name") == filled("name")
    assert filled("name") != filled("name", now=LATER)
    assert filled("name") != filled("name", operator="Khác")


def test_a_form_is_set_once_for_all_that_is_filled_in():
    for operator in ("HTX Vận tải Sông Bờ", "Công ty Mẫu", "<b>"):
        filled("name", operator=operator, number=operator)

    assert pdf_form._form.cache_info().misses == 1


def test_the_document_carries_its_own_title_author_and_time():
    reader = PdfFileReader(io.BytesIO(filled("name")))

    info = reader.trailer["/Info"]
    told = (info["/Title"], info["/Author"], info["/CreationDate"])
    assert told == ("Lệnh 28B-010.05", "HTX Vận tải Sông Bờ", "D:20261122091500+07'00'")


def test_two_documents_of_one_form_have_their_own_identifiers():
    one, other = (PdfFileReader(io.BytesIO(filled("name", operator=name))).trailer["/ID"] for name in ("A", "B"))

    assert one[0] != other[0]


@needs_poppler
@pytest.mark.parametrize("words", ["<b>đậm</b> & <br> {% x %}", "Ợ Ữ Ẵ ẳ ộ ử ỹ đ Hòa Bình", "(a) [b] \\ %s"])
def test_what_a_person_typed_is_text_and_never_markup(words):
    assert f"Lái xe: {words}" in text_of(filled("name", operator=words))


@needs_poppler
@pytest.mark.parametrize(
    ("slot", "context"),
    [
        ("name", {"operator": "BẾN XE MIỀN ĐÔNG 0123456789"}),
        ("name", {"operator": "Ợ Ữ Ẵ ẳ ộ ử ỹ đ AVATAR"}),
        ("plate", {}),
    ],
)
def test_what_is_filled_in_looks_like_what_is_set(slot, context):
    """By pixels: a garbled document still gives the right text to a text extractor."""
    assert difference(raster(filled(slot, **context)), raster(filled(f"{slot}_set", **context))) < 2


@needs_poppler
def test_the_pixel_test_would_see_other_letters():
    assert difference(raster(filled("plate")), raster(filled("plate_set", number="28B-010.06"))) > 2


@needs_poppler
def test_a_form_of_two_pages_is_filled_on_both():
    pages = text_of(filled("pages")).split("\f")

    assert [page.strip() for page in pages] == ["Lái xe: HTX Vận tải Sông Bờ", "28B-010.05", ""]


@needs_poppler
def test_long_text_is_wrapped_like_set_text():
    text = "Bến xe Trung tâm Hoà Bình, quốc lộ 6, đường Hồ Chí Minh, đại lộ Thăng Long, Bến xe Mỹ Đình " * 2

    lines = [line for line in text_of(filled("text", text=text)).splitlines() if line.strip()]

    assert lines == [line for line in text_of(filled("text_set", text=text)).splitlines() if line.strip()]
    assert len(lines) > 2


@needs_poppler
def test_what_does_not_fit_becomes_smaller_and_stays_whole():
    name = "Công ty cổ phần vận tải và dịch vụ du lịch tổng hợp Hoà Bình – Sơn La – Điện Biên – Lai Châu"

    document = filled("name", operator=name)

    assert " ".join(text_of(document).split()) == f"Lái xe: {name}"
    assert raster(document).width <= raster(filled("text", text="m" * 400)).width


@needs_poppler
def test_a_qr_code_is_printed_as_it_is():
    address = qr.qr_data_uri("HB01-26-000123", scale=4)

    printed = raster(filled("code", png=address))
    whole = Image.open(io.BytesIO(b64decode(address.partition(",")[2]))).convert("L")

    assert difference(whole.crop(ImageChops.invert(whole).getbbox()), printed) < 40
