"""A few words set into a box of a form: wrapped, aligned, and made smaller when they do not fit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Self
from unicodedata import normalize

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from station.providers.pdf import font_name
from station.providers.pdf_writer import Box
from station.providers.typeface import Typeface, Word, typeface

_POINTS_PER_PIXEL = 0.75
_THOUSAND = 1000
_BOLD = 700
_SMALLER = 0.95
_SMALLEST = 0.4  # of the size that the form asks for
_TOKEN = re.compile(r"(<[^>]*>)|([^<]+)")
_LINE_HEIGHT = 1.35

Run = tuple[str, int]  # text without blanks at its ends, weight
Line = list[list[Run]]  # words, each of one or more runs without a blank between


@dataclass(frozen=True, slots=True)
class Style:
    """What the style sheet of a form says of a box; lengths in points."""

    family: str
    weight: int
    size: float
    line_height: float
    is_centred: bool
    colour: tuple[float, ...]

    @classmethod
    def of(cls, style: Any) -> Self:
        """The computed style of a WeasyPrint box."""
        height = style["line_height"]
        return cls(
            family=style["font_family"][0],
            weight=style["font_weight"],
            size=style["font_size"] * _POINTS_PER_PIXEL,
            line_height=float(height) if isinstance(height, int | float) else _LINE_HEIGHT,
            is_centred=style["text_align_all"] == "center",
            colour=tuple(style["color"].to("srgb").coordinates),
        )


@dataclass(slots=True)
class Pen:
    """What is drawn on one page, and which letters and pictures that takes; pages share their names of those."""

    page: int
    strokes: list[bytes] = field(default_factory=list)
    words: dict[str, list[Word]] = field(default_factory=dict)  # by name of the font file
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def operators(self) -> bytes:
        return b"\n".join([b"q", *self.strokes, b"Q"])

    def write(self, face: str, size: float, word: Word, left: float, base: float) -> None:
        self.words.setdefault(face, []).append(word)
        name = self._font(list(self.words).index(face)).encode()
        self.strokes.append(b"BT %s %.3f Tf 1 0 0 1 %.3f %.3f Tm %s ET" % (name, size, left, base, word.shown))

    def place(self, address: str, box: Box) -> None:
        """A picture that fills *box*."""
        name = f"/P{self.page}.{len(self.pictures)}"
        self.pictures[name] = address
        place = (box.width, box.height, box.left, box.bottom, name.encode())
        self.strokes.append(b"q %.3f 0 0 %.3f %.3f %.3f cm %s Do Q" % place)

    def fonts(self, writer: BasePdfFileWriter) -> generic.DictionaryObject:
        faces = enumerate(self.words.items())
        return generic.DictionaryObject(
            {pdf_name(self._font(number)): typeface(face).embed(writer, words) for number, (face, words) in faces}
        )

    def _font(self, number: int) -> str:
        return f"/W{self.page}.{number}"


def paragraph(pen: Pen, markup: str, box: Box, style: Style) -> None:
    """Write *markup* (text, `<b>`, `<br>`) into *box*, from its top."""
    paragraphs = list(_read(markup, style))
    scale = 1.0
    while not _fits(lines := list(_wrapped(paragraphs, box.width, style, scale)), box, style, scale):
        scale *= _SMALLER
    size = style.size * scale
    pen.strokes.append(b"%.3f %.3f %.3f rg" % style.colour)
    above, below = _face(style, style.weight).extents
    base = box.top - (style.line_height - above - below) * size / 2 - above * size
    for line in lines:
        spare = box.width - _width(line, style, size)
        _write(pen, line, style, size, (box.left + (spare / 2 if style.is_centred else 0), base))
        base -= style.line_height * size


def _fits(lines: Sequence[Line], box: Box, style: Style, scale: float) -> bool:
    size = style.size * scale
    narrow = all(_width(line, style, size) <= box.width for line in lines)
    # A hair of a point: heights come from millimetres.
    return scale < _SMALLEST or (narrow and len(lines) * style.line_height * size <= box.height + 0.01)


def _read(markup: str, style: Style) -> Iterator[Line]:
    """The words of each paragraph."""
    weight, words, is_glued = style.weight, Line(), False
    for tag, text in _TOKEN.findall(markup.strip()):
        if tag == "<br>":
            yield words
            words, is_glued = Line(), False
        elif tag:
            weight = _BOLD if tag == "<b>" else style.weight
        else:
            plain = normalize("NFC", unescape(text))
            for number, word in enumerate(plain.split()):
                if number == 0 and is_glued and not plain[0].isspace():
                    words[-1].append((word, weight))
                else:
                    words.append([(word, weight)])
            is_glued = bool(words) and not plain[-1].isspace()
    yield words


def _wrapped(paragraphs: Sequence[Line], width: float, style: Style, scale: float) -> Iterator[Line]:
    for words in paragraphs:
        line = Line()
        for word in words:
            if line and _width([*line, word], style, style.size * scale) > width:
                yield line
                line = Line()
            line.append(word)
        yield line


def _write(pen: Pen, line: Line, style: Style, size: float, place: tuple[float, float]) -> None:
    left, base = place
    for text, weight in _runs(line):
        word = _face(style, weight).word(text)
        pen.write(font_name(style.family, weight), size, word, left, base)
        left += word.width * size / _THOUSAND


def _width(line: Line, style: Style, size: float) -> float:
    return sum(_face(style, weight).word(text).width for text, weight in _runs(line)) * size / _THOUSAND


def _runs(line: Line) -> Iterator[Run]:
    """The line with its blanks, in as few pieces as its weights allow."""
    text, of_text = "", 0
    for number, word in enumerate(line):
        for place, (part, weight) in enumerate(word):
            blank = " " if number and not place else ""
            if weight != of_text and text:
                yield text + blank, of_text
                text, blank = "", ""
            text, of_text = text + blank + part, weight
    if text:
        yield text, of_text


def _face(style: Style, weight: int) -> Typeface:
    return typeface(font_name(style.family, weight))
