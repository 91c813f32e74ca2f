"""Appending to a PDF: our time instead of the computer's, and the empty fields that signers fill."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata.info import update_info_dict
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from station.clock import local


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in points from its lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


class DatedWriter(IncrementalPdfFileWriter):
    """Appends to a PDF with *at* where pyHanko would read the clock, and an identifier made from the contents."""

    def __init__(self, pdf: bytes, *, at: datetime) -> None:
        super().__init__(BytesIO(pdf))
        self._at = local(at)
        changed = sha256(pdf + self._at.isoformat().encode()).digest()[:16]
        self._document_id = ArrayObject([self._document_id[0], ByteStringObject(changed)])

    def begin_document(self, contents: bytes, *, title: str | None, author: str | None) -> None:
        """What is appended makes a document of its own out of a form; later signatures keep its name."""
        self._document_id = ArrayObject([ByteStringObject(sha256(contents).digest()[:16])] * 2)
        meta = self.document_meta
        meta.title, meta.author, meta.created = title, author, self._at
        if self._info is not None:
            self.mark_update(self._info)

    def _update_meta(self) -> None:
        self.document_meta.last_modified = self._at
        if self._info is not None and update_info_dict(self.document_meta, self._info.get_object()):
            self.mark_update(self._info)

    def finished(self) -> bytes:
        output = BytesIO()
        self.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()


def add_signature_fields(pdf: bytes, fields: Mapping[str, Box], *, now: datetime) -> bytes:
    """Empty fields, put there before the first signature: later signers then only fill them."""
    writer = DatedWriter(pdf, at=now)
    for name, box in fields.items():
        corners = (round(box.left), round(box.bottom), round(box.right), round(box.top))
        append_signature_field(writer, SigFieldSpec(sig_field_name=name, on_page=box.page, box=corners))
    return writer.finished()
