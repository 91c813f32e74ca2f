"""Number plates of civil vehicles: how they are written, stored and shown (TT 79/2024/TT-BCA Đ.37)."""

import re
import unicodedata

# Twenty single letters, and the two-letter series of companies, rentals, military business and the like.
_SERIES = r"[ABCDEFGHKLMNPSTUVXYZ]|LD|KT|HC|DA|MK|TĐ|RM|CD"
_WRITTEN = re.compile(rf"[1-9]\d(?:{_SERIES})[-\s]?(?:\d{{3}}[.\s]?\d{{2}}|\d{{4}})", re.ASCII)
_STORED = re.compile(rf"(?P<series>[1-9]\d(?:{_SERIES}))(?P<digits>\d{{5}}|\d{{4}})", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-\x00-\x1f]+")
_OLD_PLATE_DIGITS = 4


def is_plate(text: str) -> bool:
    """Is *text* a plate as people write it: `28B-012.34`, `28b01234`, the older `28B-1234`?"""
    return _WRITTEN.fullmatch(_upper(text)) is not None


def normalise(text: str) -> str:
    """The stored form: upper case, no spaces, dots or dashes: `28B01234`. Says nothing about validity."""
    return _SEPARATORS.sub("", _upper(text))


def display(plate: str) -> str:
    """A stored plate as it is painted on the coach: `28B-012.34`; anything else comes back as it is."""
    match = _STORED.fullmatch(plate)
    if match is None:
        return plate
    digits = match["digits"]
    painted = digits if len(digits) == _OLD_PLATE_DIGITS else f"{digits[:3]}.{digits[3:]}"
    return f"{match['series']}-{painted}"


def _upper(text: str) -> str:
    # NFKC: digits and letters of full width, as some keyboards write them, are the same signs.
    return unicodedata.normalize("NFKC", text).strip().upper()
