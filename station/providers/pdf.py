"""HTML templates to PDF. The renderer sees nothing but our own fonts and pictures, by name.

In a template: `font-family: PlexPDF` (400, 600, 700) for text, `BienPDF` (600) for plates and large figures,
`<img src="asset:crest.svg">` for a picture from `static/pdf/`, and for a QR code either `qr_svg` inline or
`<img src="{{ qr_data_uri }}">`.
"""

import logging
import threading
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata.info import update_info_dict
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from station.clock import local

logger = logging.getLogger(__name__)

# Whole TTF files under family names of their own: two subset files of one family garble Vietnamese.
_FONT_FILES = {
    "plex-regular.ttf": "IBMPlexSans_400Regular.ttf",
    "plex-semibold.ttf": "IBMPlexSans_600SemiBold.ttf",
    "plex-bold.ttf": "IBMPlexSans_700Bold.ttf",
    "bien-semibold.ttf": "BarlowCondensed_600SemiBold.ttf",
}
_FACES = (
    ("PlexPDF", 400, "plex-regular.ttf"),
    ("PlexPDF", 600, "plex-semibold.ttf"),
    ("PlexPDF", 700, "plex-bold.ttf"),
    ("BienPDF", 600, "bien-semibold.ttf"),
)
_ASSET = "asset:"
_PNG = "data:image/png;base64,"
_PNG_LIMIT = 200_000  # characters; our QR codes need a tenth of it
_PICTURE_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
_POINTS_PER_PIXEL = 0.75


class FontMissing(Exception):
    """The font files that set-up copies are not there; a document in other fonts would be a wrong document."""


class AddressRefused(ValueError):
    """A template asked for something that is not ours."""


class FieldMissing(Exception):
    """The template has no element for a signature field."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in points from its lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
    """Serves our fonts and pictures by name and QR codes from within the page; refuses and logs all else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002
        if url.startswith(_PNG) and len(url) <= _PNG_LIMIT:
            return _response(url, b64decode(url.removeprefix(_PNG), validate=True), "image/png")
        if url.startswith(_ASSET):
            name = url.removeprefix(_ASSET)
            if name in _FONT_FILES:
                return _response(url, font_path(name).read_bytes(), "font/ttf")
            if picture := _pictures().get(name):
                return _response(url, picture.read_bytes(), _PICTURE_TYPES[picture.suffix])
        logger.warning("PDF template asked for %.200r: refused", url)
        raise AddressRefused("not one of our own files")


class DatedWriter(IncrementalPdfFileWriter):
    """Appends to a PDF with *at* where pyHanko would read the clock, and an identifier made from the contents."""

    def __init__(self, pdf: bytes, *, at: datetime) -> None:
        super().__init__(BytesIO(pdf))
        self._at = local(at)
        changed = sha256(pdf + self._at.isoformat().encode()).digest()[:16]
        self._document_id = ArrayObject([self._document_id[0], ByteStringObject(changed)])

    def _update_meta(self) -> None:
        self.document_meta.last_modified = self._at
        if self._info is not None and update_info_dict(self.document_meta, self._info.get_object()):
            self.mark_update(self._info)


def render_pdf(template_name: str, context: Mapping[str, Any], *, now: datetime) -> bytes:
    """The same template, context and *now* always give the same bytes. The template also sees `now`."""
    return _write(_layout(template_name, context, now=now), now=now)


def render_form(template_name: str, context: Mapping[str, Any], *, now: datetime, fields: Sequence[str]) -> bytes:
    """`render_pdf`, with an empty signature field over each element whose id is one of *fields*."""
    document = _layout(template_name, context, now=now)
    boxes = {field: _box_of(document, field) for field in fields}
    return add_signature_fields(_write(document, now=now), boxes, now=now)


def add_signature_fields(pdf: bytes, fields: Mapping[str, Box], *, now: datetime) -> bytes:
    """Empty fields, put there before the first signature: later signers then only fill them."""
    writer = DatedWriter(pdf, at=now)
    for name, box in fields.items():
        corners = (round(box.left), round(box.bottom), round(box.right), round(box.top))
        append_signature_field(writer, SigFieldSpec(sig_field_name=name, on_page=box.page, box=corners))
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def font_path(name: str) -> Path:
    """The TTF file behind one of our font names."""
    try:
        return _font_files(tuple(map(Path, _font_directories())))[_FONT_FILES[name]]
    except KeyError as missing:
        raise FontMissing(f"{_FONT_FILES.get(name, name)} is not under static/vendor: run the set-up") from missing


def _layout(template_name: str, context: Mapping[str, Any], *, now: datetime) -> Document:
    html = render_to_string(template_name, {"now": now, **context})
    fonts, faces = _typesetter()
    page = HTML(string=html, base_url=None, url_fetcher=OwnFilesOnly())
    document = page.render(font_config=fonts, stylesheets=[faces])
    document.metadata.created = document.metadata.modified = local(now).isoformat(timespec="seconds")
    return document


def _write(document: Document, *, now: datetime) -> bytes:
    pdf: bytes = document.write_pdf(pdf_identifier=sha256(now.isoformat().encode()).hexdigest()[:32].encode())
    return pdf


def _box_of(document: Document, field: str) -> Box:
    for number, page in enumerate(document.pages):
        if place := page.anchors.get(field):
            left, top, right, bottom = (length * _POINTS_PER_PIXEL for length in place)
            height = page.height * _POINTS_PER_PIXEL
            return Box(page=number, left=left, bottom=height - bottom, right=right, top=height - top)
    raise FieldMissing(f"no element with the id {field!r}")


_of_this_thread = threading.local()


def _typesetter() -> tuple[FontConfiguration, CSS]:
    """Loading fonts takes longer than setting a page: once per thread."""
    if not hasattr(_of_this_thread, "typesetter"):
        for name in _FONT_FILES:
            font_path(name)
        rules = (
            f'@font-face {{ font-family: {family}; font-weight: {weight}; src: url("{_ASSET}{file}") }}'
            for family, weight, file in _FACES
        )
        fonts = FontConfiguration()
        faces = CSS(string="\n".join(rules), font_config=fonts, url_fetcher=OwnFilesOnly())
        _of_this_thread.typesetter = fonts, faces
    typesetter: tuple[FontConfiguration, CSS] = _of_this_thread.typesetter
    return typesetter


def _response(url: str, body: bytes, content_type: str) -> URLFetcherResponse:
    headers = EmailMessage()
    headers["Content-Type"] = content_type
    return URLFetcherResponse(url, body, headers)


def _font_directories() -> Sequence[str | Path]:
    """Where set-up puts what it takes from npm."""
    directories: Sequence[str | Path] = getattr(settings, "PDF_FONT_DIRS", None) or [
        settings.BASE_DIR / "static/vendor"
    ]
    return directories


@cache
def _font_files(directories: tuple[Path, ...]) -> dict[str, Path]:
    wanted = set(_FONT_FILES.values())
    return {path.name: path for root in directories for path in root.rglob("*.ttf") if path.name in wanted}


@cache
def _pictures() -> dict[str, Path]:
    folder = Path(settings.BASE_DIR) / "static" / "pdf"
    return {path.name: path for path in folder.glob("*") if path.suffix in _PICTURE_TYPES}
