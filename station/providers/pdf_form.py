"""Forms: a page that is set once, and what is filled in for each document.

A template marks what differs from one document to the next: `<div data-slot="plate">…</div>`. Without the contents of
its slots it is the form, set by WeasyPrint and kept; the contents are then set into the empty boxes, which takes a
twentieth of the time. A slot has a height of its own, holds text with `<b>` and `<br>`, or one QR code (`<img>`), and
its text becomes smaller when it does not fit. Whatever differs outside of slots is simply another form.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from weasyprint import Document

from station.clock import STATION_TIME, local
from station.providers.paragraph import Pen, Style, paragraph
from station.providers.pdf import lay_out
from station.providers.pdf_writer import Box, DatedWriter, add_signature_fields
from station.providers.picture import qr_picture

_POINTS_PER_PIXEL = 0.75
_SLOT = re.compile(r'(<div\b[^>]*\sdata-slot="([\w-]+)"[^>]*>)(.*?)(</div>)', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_AUTHOR = re.compile(r'<meta name="author" content="([^"]*)">')
_IMAGE = re.compile(r'<img src="([^"]*)"')
_FORMS_KEPT = 100
# Of the form alone; a document made from it has its own time.
_LONG_AGO = datetime(2026, 1, 1, tzinfo=STATION_TIME)


class FieldMissing(Exception):
    """The template has no element for a signature field."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An empty box of a form, and how its style sheet wants it filled."""

    box: Box
    style: Style


@dataclass(frozen=True, slots=True)
class Form:
    pdf: bytes
    slots: Mapping[str, Slot]


def render_form(template_name: str, context: Mapping[str, Any], *, now: datetime, fields: Sequence[str]) -> bytes:
    """The filled form, with an empty signature field over each element whose id is one of *fields*.

    The same template, context and *now* always give the same bytes. Raises FieldMissing.
    """
    html = render_to_string(template_name, {"now": now, **context})
    form = _form(_AUTHOR.sub("", _TITLE.sub("", _SLOT.sub(r"\1\4", html))), tuple(fields))
    writer = DatedWriter(form.pdf, at=now)
    writer.begin_document(html.encode(), title=_first(_TITLE, html), author=_first(_AUTHOR, html))
    for page, pen in _filled(form, {name: inside for _open, name, inside, _close in _SLOT.findall(html)}).items():
        contents = generic.StreamObject(stream_data=pen.operators)
        contents.compress()
        resources = generic.DictionaryObject(
            {pdf_name("/Font"): pen.fonts(writer), pdf_name("/XObject"): _pictures(pen, writer)}
        )
        writer.add_stream_to_page(page, writer.add_object(contents), resources)  # type: ignore[no-untyped-call]
    return writer.finished()


def _filled(form: Form, contents: Mapping[str, str]) -> dict[int, Pen]:
    pens: dict[int, Pen] = {}
    for name, inside in contents.items():
        slot = form.slots[name]
        pen = pens.setdefault(slot.box.page, Pen(slot.box.page))
        if image := _IMAGE.search(inside):
            pen.place(unescape(image[1]), slot.box)
        else:
            paragraph(pen, inside, slot.box, slot.style)
    return pens


def _pictures(pen: Pen, writer: DatedWriter) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {pdf_name(name): writer.add_object(qr_picture(address)) for name, address in pen.pictures.items()}
    )


def _first(pattern: re.Pattern[str], html: str) -> str | None:
    found = pattern.search(html)
    return unescape(found[1]) if found else None


@lru_cache(maxsize=_FORMS_KEPT)
def _form(html: str, fields: tuple[str, ...]) -> Form:
    document = lay_out(html)
    created = local(_LONG_AGO).isoformat(timespec="seconds")
    document.metadata.created = document.metadata.modified = created
    pdf = document.write_pdf(pdf_identifier=sha256(html.encode()).hexdigest()[:32].encode())
    slots = dict(_slots(document))
    pdf = _closed(pdf, {slot.box.page for slot in slots.values()})
    boxes = {field: _box_of(document, field) for field in fields}
    return Form(add_signature_fields(pdf, boxes, now=_LONG_AGO) if fields else pdf, slots)


def _closed(pdf: bytes, pages: set[int]) -> bytes:
    """WeasyPrint turns its pages upside down: that ends with its own contents."""
    writer = DatedWriter(pdf, at=_LONG_AGO)
    for page in pages:
        for operator, first in ((b"q", True), (b"Q", False)):
            stream = writer.add_object(generic.StreamObject(stream_data=operator))
            writer.add_stream_to_page(page, stream, prepend=first)  # type: ignore[no-untyped-call]
    return writer.finished()


def _box_of(document: Document, field: str) -> Box:
    for number, page in enumerate(document.pages):
        if place := page.anchors.get(field):
            left, top, right, bottom = (length * _POINTS_PER_PIXEL for length in place)
            height = page.height * _POINTS_PER_PIXEL
            return Box(page=number, left=left, bottom=height - bottom, right=right, top=height - top)
    raise FieldMissing(f"no element with the id {field!r}")


def _slots(document: Document) -> Iterator[tuple[str, Slot]]:
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():  # noqa: SLF001 -- the only way from a finished page to its styles
            name = box.element.get("data-slot") if getattr(box, "element", None) is not None else None
            if name and box.element_tag == "div":
                yield name, Slot(_content_box(box, number, page.height), Style.of(box.style))


def _content_box(box: Any, number: int, page_height: float) -> Box:
    left, top = box.content_box_x(), page_height - box.content_box_y()
    sides = (left, top - box.height, left + box.width, top)
    return Box(number, *(length * _POINTS_PER_PIXEL for length in sides))
