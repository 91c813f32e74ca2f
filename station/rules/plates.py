"""Number plates of civil vehicles: how they are written, stored and shown (TT 79/2024/TT-BCA Đ.37).

A boat bears the number of its register instead: the letters of the province that entered it, then four or five digits
(TT 75/2014/TT-BGTVT): `HB-0123`. What was registered before the provinces were merged keeps its letters.
"""

import re
import unicodedata

# Twenty single letters, and the two-letter series of companies, rentals, military business and the like.
_SERIES = r"[ABCDEFGHKLMNPSTUVXYZ]|LD|KT|HC|DA|MK|TĐ|RM|CD"
_WRITTEN = re.compile(rf"[1-9]\d(?:{_SERIES})[-\s]?(?:\d{{3}}[.\s]?\d{{2}}|\d{{4}})", re.ASCII)
_STORED = re.compile(rf"(?P<series>[1-9]\d(?:{_SERIES}))(?P<digits>\d{{5}}|\d{{4}})", re.ASCII)
# Not NG and NN, which are diplomats' plates.
_VESSEL_LETTERS = r"(?!N[GN])[A-ZĐ]{2,3}"
_VESSEL_WRITTEN = re.compile(rf"{_VESSEL_LETTERS}[-\s]?\d{{4,5}}", re.ASCII)
_VESSEL_STORED = re.compile(rf"(?P<letters>{_VESSEL_LETTERS})(?P<digits>\d{{4,5}})", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-\x00-\x1f]+")
_OLD_PLATE_DIGITS = 4


def is_plate(text: str) -> bool:
    """Is *text* a plate as people write it: `28B-012.34`, `28b01234`, the older `28B-1234`, a boat's `HB-0123`?"""
    written = _upper(text)
    return (_WRITTEN.fullmatch(written) or _VESSEL_WRITTEN.fullmatch(written)) is not None


def normalise(text: str) -> str:
    """The stored form: upper case, no spaces, dots or dashes: `28B01234`. Says nothing about validity."""
    return _SEPARATORS.sub("", _upper(text))


def display(plate: str) -> str:
    """A stored plate as it is painted: `28B-012.34`, on a boat `HB-0123`; anything else comes back as it is."""
    if vessel := _VESSEL_STORED.fullmatch(plate):
        return f"{vessel['letters']}-{vessel['digits']}"
    match = _STORED.fullmatch(plate)
    if match is None:
        return plate
    digits = match["digits"]
    painted = digits if len(digits) == _OLD_PLATE_DIGITS else f"{digits[:3]}.{digits[3:]}"
    return f"{match['series']}-{painted}"


def _upper(text: str) -> str:
    # NFKC: digits and letters of full width, as some keyboards write them, are the same signs.
    return unicodedata.normalize("NFKC", text).strip().upper()
