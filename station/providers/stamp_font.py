"""The font of signature stamps, cut down once per process: cutting the whole font takes half a second a signature."""

from functools import cache
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.font.api import FontEngineFactory
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.pdf_utils.xref import ObjectStream

from station.providers.pdf import font_path

# Latin with all Vietnamese letters, general punctuation, currency signs.
_LETTERS = (*range(0x20, 0x250), *range(0x1E00, 0x1F00), *range(0x2010, 0x2040), *range(0x20A0, 0x20C0), 0x2212)
# Kerning and ligatures: precomposed Vietnamese needs neither, and reading them is what takes the time.
_LAYOUT_TABLES = ("GPOS", "GSUB", "GDEF")


class StampFont(FontEngineFactory):
    def create_font_engine(
        self,
        writer: BasePdfFileWriter,
        obj_stream: ObjectStream | None = None,
    ) -> GlyphAccumulator:
        if obj_stream is None and writer.stream_xrefs:
            obj_stream = writer.prepare_object_stream()
        return GlyphAccumulator(writer, BytesIO(_stamp_font()), font_size=10, obj_stream=obj_stream)


@cache
def _stamp_font() -> bytes:
    font = TTFont(font_path("plex-regular.ttf"))
    for table in _LAYOUT_TABLES:
        if table in font:
            del font[table]
    subsetter = Subsetter(Options(hinting=False, layout_features=[]))
    subsetter.populate(unicodes=_LETTERS)
    subsetter.subset(font)
    output = BytesIO()
    font.save(output)
    return output.getvalue()
