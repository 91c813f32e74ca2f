"""HTML templates to PDF. The renderer sees nothing but our own fonts and pictures, by name.

In a template: `font-family: PlexPDF` (400, 600, 700) for text, `BienPDF` (600) for plates and large figures,
`<img src="asset:crest.svg">` for a picture from `static/pdf/`, and for a QR code either `qr_svg` inline or
`<img src="{{ qr_data_uri }}">`.
"""

import logging
import threading
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
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


class FontMissing(Exception):
    """The font files that set-up copies are not there; a document in other fonts would be a wrong document."""


class AddressRefused(ValueError):
    """A template asked for something that is not ours."""


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


def render_pdf(template_name: str, context: Mapping[str, Any], *, now: datetime) -> bytes:
    """The same template, context and *now* always give the same bytes. The template also sees `now`."""
    document = lay_out(render_to_string(template_name, {"now": now, **context}))
    document.metadata.created = document.metadata.modified = local(now).isoformat(timespec="seconds")
    return _write(document, now=now)


def font_name(family: str, weight: int) -> str:
    """Our name of a face."""
    return next(name for own, bold, name in _FACES if (own, bold) == (family, weight))


def font_path(name: str) -> Path:
    """The TTF file behind one of our font names."""
    try:
        return _font_files(tuple(map(Path, _font_directories())))[_FONT_FILES[name]]
    except KeyError as missing:
        raise FontMissing(f"{_FONT_FILES.get(name, name)} is not under static/vendor: run the set-up") from missing


def lay_out(html: str) -> Document:
    """The pages of *html*, not yet written."""
    fonts, faces = _typesetter()
    page = HTML(string=html, base_url=None, url_fetcher=OwnFilesOnly())
    return page.render(font_config=fonts, stylesheets=[faces])


def _write(document: Document, *, now: datetime) -> bytes:
    pdf: bytes = document.write_pdf(pdf_identifier=sha256(now.isoformat().encode()).hexdigest()[:32].encode())
    return pdf


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
