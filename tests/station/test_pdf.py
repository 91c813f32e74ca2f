import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat
from pyhanko.pdf_utils.reader import PdfFileReader

from station.providers import pdf, qr

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 2, 16, tzinfo=UTC)
SECRET = "MAT-KHAU-CUA-MAY-CHU"
PAGE = """<!DOCTYPE html><html lang="vi"><head><title>Lệnh vận chuyển</title><style>
@page { size: A5; margin: 10mm }
body { margin: 0; font: 12pt PlexPDF } .plate { font: 600 14pt BienPDF } .qr { width: 25mm }
</style></head><body><h1>{{ title }}</h1><p class="plate">28B-010.05</p>%s</body></html>"""
TEMPLATES = {
    "plain.html": PAGE % "<p>{{ text }}</p>",
    "qr.html": PAGE % '{{ svg }}<img class="qr" src="{{ png }}">',
    "hostile.html": PAGE % "{{ html|safe }}",
    "line.html": """<!DOCTYPE html><style>@page { size: 700pt 60pt; margin: 8pt } body { margin: 0 }
p { margin: 0; font: 30pt/1.3 PlexPDF }</style><p>{{ text }}</p>""",
}
needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")


@pytest.fixture(autouse=True)
def our_templates():
    loader = ("django.template.loaders.locmem.Loader", TEMPLATES)
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}
    with override_settings(TEMPLATES=[engine]):
        yield


def test_the_same_document_is_the_same_bytes() -> None:
    context = {"title": "Lệnh vận chuyển", "text": "Hòa Bình – Mỹ Đình"}

    assert pdf.render_pdf("plain.html", context, now=NOW) == pdf.render_pdf("plain.html", context, now=NOW)


def test_another_moment_is_another_document() -> None:
    context = {"title": "Lệnh vận chuyển", "text": "Hòa Bình – Mỹ Đình"}

    assert pdf.render_pdf("plain.html", context, now=NOW) != pdf.render_pdf("plain.html", context, now=LATER)


def test_the_document_carries_the_time_it_was_given() -> None:
    info = PdfFileReader(io.BytesIO(pdf.render_pdf("plain.html", {}, now=NOW))).trailer["/Info"]

    assert info["/CreationDate"] == "D:20261122091500+07'00"
    assert info["/Title"] == "Lệnh vận chuyển"


def test_what_a_person_typed_is_text_and_never_markup() -> None:
    document = pdf.render_pdf("plain.html", {"text": "<b>đậm</b>"}, now=NOW)

    assert "<b>đậm</b>" in text_of(document)


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="attachment" href="file://{path}">',
        '<a rel="attachment" href="file://{path}">x</a>',
        '<img src="file://{path}">',
        '<object data="file://{path}"></object>',
        '<embed src="file://{path}">',
        '<link rel="stylesheet" href="file://{path}">',
        '<style>@import url("file://{path}");</style>',
        '<style>@font-face {{ font-family: x; src: url("file://{path}") }} p {{ font-family: x }}</style><p>x</p>',
        '<p style="background: url(file://{path})">x</p>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{path}" width="9" height="9"/></svg>',
        '<base href="file:///"><img src="{path}">',
        '<img src="asset:../../../../../..{path}">',
        '<img src="asset:{path}">',
    ],
)
def test_no_file_of_the_computer_reaches_a_document(html, secret_file, caplog) -> None:
    document = pdf.render_pdf("hostile.html", {"html": html.format(path=secret_file)}, now=NOW)

    reader = PdfFileReader(io.BytesIO(document))
    assert "/Names" not in reader.root
    assert SECRET not in text_of(document)
    assert [record.name for record in caplog.records if "refused" in record.message] != []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1:1/",
        "https://example.invalid/x.png",
        "ftp://example.invalid/x",
        "data:text/html,<b>x</b>",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,not base64!",
        "data:image/png;base64," + "A" * 200_001,
        "asset:../conf/settings.py",
        "asset:/etc/passwd",
        "asset:",
        "jar:file:///x",
        "",
    ],
)
def test_the_fetcher_refuses_whatever_is_not_ours(address) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- ours, or base64's own
        pdf.OwnFilesOnly()(address)


def test_the_fetcher_serves_our_fonts_by_name() -> None:
    response = pdf.OwnFilesOnly()("asset:plex-regular.ttf")

    assert response.read() == pdf.font_path("plex-regular.ttf").read_bytes()


def test_a_missing_font_is_said_and_not_replaced(tmp_path) -> None:
    with override_settings(PDF_FONT_DIRS=[tmp_path]), pytest.raises(pdf.FontMissing, match="IBMPlexSans_400Regular"):
        pdf.font_path("plex-regular.ttf")


def test_both_kinds_of_qr_code_are_printed() -> None:
    context = {"svg": qr.qr_svg("HB01-26-000123"), "png": qr.qr_data_uri("HB01-26-000123")}

    document = pdf.render_pdf("qr.html", context, now=NOW)

    pictures = PdfFileReader(io.BytesIO(document)).root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"]
    assert [picture.get_object()["/Subtype"] for picture in pictures.values()] == ["/Image"]
    assert len(document) > len(pdf.render_pdf("qr.html", context | {"svg": ""}, now=NOW)) > 0


@needs_poppler
@pytest.mark.parametrize("text", ["BẾN XE MIỀN ĐÔNG 0123456789", "Ợ Ữ Ẵ ẳ ộ ử ỹ đ Hòa Bình"])
def test_vietnamese_is_printed_letter_by_letter(text) -> None:
    """By pixels: a garbled document still gives the right text to a text extractor."""
    printed = raster(pdf.render_pdf("line.html", {"text": text}, now=NOW))

    assert difference(printed, drawn(text)) < 12


@needs_poppler
def test_the_pixel_test_would_see_garbled_letters() -> None:
    printed = raster(pdf.render_pdf("line.html", {"text": "BÊN XE MIÈN ÉÔNG 0123456789"}, now=NOW))

    assert difference(printed, drawn("BẾN XE MIỀN ĐÔNG 0123456789")) > 20


def text_of(document: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True).stdout.decode()


def raster(document: bytes) -> Image.Image:
    command = ["pdftoppm", "-png", "-gray", "-r", "144", "-"]
    return ink(Image.open(io.BytesIO(subprocess.run(command, input=document, capture_output=True, check=True).stdout)))


def drawn(text: str) -> Image.Image:
    """The same words set by another program from the same font file."""
    font = ImageFont.truetype(str(pdf.font_path("plex-regular.ttf")), 60)
    picture = Image.new("L", (1600, 200), 255)
    ImageDraw.Draw(picture).text((40, 40), text, font=font, fill=0)
    return ink(picture)


def ink(picture: Image.Image) -> Image.Image:
    return picture.convert("L").crop(ImageChops.invert(picture.convert("L")).getbbox())


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of grey, 0–255, of two lines of text brought to one size."""
    other = other.resize(one.size)
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]


def test_no_machine_path_is_left_in_a_document() -> None:
    document = pdf.render_pdf("plain.html", {}, now=NOW)

    assert str(Path(__file__).resolve().parents[2]).encode() not in document
