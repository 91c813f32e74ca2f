"""Our fonts without a page around them: how wide words are, and the few letters of a font that a document needs.

HarfBuzz cuts a font in a millisecond; fontTools, which pyHanko would use, takes thirty.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import uharfbuzz as hb
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from station.providers.pdf import font_path

_UNITS = 1000  # of a PDF per em
_SYMBOLIC = 4  # font descriptor flag: glyphs are named by number
_BLOCK = 100  # of one bfchar list, by the specification
# Letter by letter: nothing that makes one glyph of two letters, so that each glyph has one text to be copied as.
_FEATURES = dict.fromkeys(("liga", "clig", "calt", "ccmp", "dlig"), False)


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text in one font; lengths in thousandths of the size."""

    glyphs: tuple[tuple[int, str], ...]  # with the letter behind each
    kerned: tuple[float, ...]  # how much nearer the next glyph comes
    width: float

    @property
    def shown(self) -> bytes:
        """The operand and operator that print it."""
        pairs = zip(self.glyphs, self.kerned, strict=True)
        pieces = (b"%04x> %g <" % (glyph, nearer) if nearer else b"%04x" % glyph for (glyph, _), nearer in pairs)
        return b"[<" + b"".join(pieces) + b">] TJ"


class Typeface:
    """One font file, read once per process."""

    def __init__(self, name: str) -> None:
        self._face = hb.Face(font_path(name).read_bytes())
        self._font = hb.Font(self._face)
        self._scale = _UNITS / self._face.upem
        self._name = name.removesuffix(".ttf")

    def word(self, text: str) -> Word:
        """*text* in composed letters."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer, _FEATURES)
        glyphs = tuple((info.codepoint, text[info.cluster]) for info in buffer.glyph_infos)
        advances = [place.x_advance * self._scale for place in buffer.glyph_positions]
        kerned = (round(self._advance(glyph) - to, 2) for (glyph, _), to in zip(glyphs, advances, strict=True))
        return Word(glyphs, tuple(kerned), sum(advances))

    @property
    def extents(self) -> tuple[float, float]:
        """How far the font reaches above and below its line, in parts of the size."""
        extents = self._font.get_font_extents("ltr")
        return extents.ascender / self._face.upem, -extents.descender / self._face.upem

    def embed(self, writer: BasePdfFileWriter, words: Iterable[Word]) -> generic.IndirectObject:
        """A font of the document that holds the letters of *words*."""
        letters = {glyph: letter for word in words for glyph, letter in word.glyphs}
        cut = self._cut(letters)
        name = pdf_name(f"/{_mark(cut)}+{self._name}")
        descendant = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
                pdf_name("/BaseFont"): name,
                pdf_name("/CIDSystemInfo"): generic.DictionaryObject(
                    {
                        pdf_name("/Registry"): generic.pdf_string("Adobe"),
                        pdf_name("/Ordering"): generic.pdf_string("Identity"),
                        pdf_name("/Supplement"): generic.NumberObject(0),
                    }
                ),
                pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
                pdf_name("/W"): self._widths(letters),
                pdf_name("/FontDescriptor"): writer.add_object(self._descriptor(writer, name, cut)),
            }
        )
        font = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type0"),
                pdf_name("/BaseFont"): name,
                pdf_name("/Encoding"): pdf_name("/Identity-H"),
                pdf_name("/DescendantFonts"): generic.ArrayObject([writer.add_object(descendant)]),
                pdf_name("/ToUnicode"): writer.add_object(_stream(_to_unicode(letters))),
            }
        )
        return writer.add_object(font)

    def _descriptor(self, writer: BasePdfFileWriter, name: generic.NameObject, cut: bytes) -> generic.DictionaryObject:
        extents = self._font.get_font_extents("ltr")
        ascent, descent = round(extents.ascender * self._scale), round(extents.descender * self._scale)
        numbers = {
            "/Flags": _SYMBOLIC, "/ItalicAngle": 0, "/Ascent": ascent, "/Descent": descent, "/CapHeight": ascent,
            "/StemV": 80,
        }  # fmt: skip
        box = [0, descent, _UNITS, ascent]
        return generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/FontDescriptor"),
                pdf_name("/FontName"): name,
                pdf_name("/FontBBox"): generic.ArrayObject(map(generic.NumberObject, box)),
                **{pdf_name(key): generic.NumberObject(value) for key, value in numbers.items()},
                pdf_name("/FontFile2"): writer.add_object(_stream(cut)),
            }
        )

    def _cut(self, letters: Iterable[int]) -> bytes:
        """The font file with these glyphs under their old numbers, and nothing that only a typesetter needs."""
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(letters)
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(_LAYOUT_TABLES)
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        cut: bytes = hb.subset(self._face, wanted).blob.data
        return cut

    def _widths(self, letters: Iterable[int]) -> generic.ArrayObject:
        widths: list[generic.PdfObject] = []
        for glyph in sorted(letters):
            advance = generic.FloatObject(round(self._advance(glyph), 2))
            widths += [generic.NumberObject(glyph), generic.ArrayObject([advance])]
        return generic.ArrayObject(widths)

    def _advance(self, glyph: int) -> float:
        return float(self._font.get_glyph_h_advance(glyph) * self._scale)


@cache
def typeface(name: str) -> Typeface:
    return Typeface(name)


_LAYOUT_TABLES = tuple(int.from_bytes(tag, "big") for tag in (b"GPOS", b"GSUB", b"GDEF", b"name", b"post", b"cmap"))


def _mark(cut: bytes) -> str:
    """Six letters that tell one cut of a font from another, as the format asks."""
    return "".join(chr(ord("A") + byte % 26) for byte in sha256(cut).digest()[:6])


def _stream(data: bytes) -> generic.StreamObject:
    return generic.StreamObject(
        {pdf_name("/Filter"): pdf_name("/FlateDecode"), pdf_name("/Length1"): generic.NumberObject(len(data))},
        encoded_data=zlib.compress(data),
    )


def _to_unicode(letters: dict[int, str]) -> bytes:
    """How a program that copies text reads the glyphs."""
    lines = [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in sorted(letters.items())]
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    listed = "\n".join("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]) for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{listed}\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()
