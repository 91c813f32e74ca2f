"""Telephone numbers of Việt Nam: mobiles, land lines, hotlines."""

import re

_SEPARATORS = re.compile(r"[\s.\-()]+")
_MOBILE = re.compile(r"0[35789]\d{8}")
_LAND_LINE = re.compile(r"02\d{9}")
_HOTLINE = re.compile(r"1[89]00\d{4,6}")
_COUNTRY = re.compile(r"(?:\+|00)?84(?=\d{9,10}$)")


def normalise(text: str) -> str:
    """Digits only, with the leading 0 instead of +84: `0912345678`."""
    return _COUNTRY.sub("0", _SEPARATORS.sub("", text))


def is_phone(text: str) -> bool:
    number = normalise(text)
    return any(shape.fullmatch(number) for shape in (_MOBILE, _LAND_LINE, _HOTLINE))


def is_mobile(text: str) -> bool:
    return _MOBILE.fullmatch(normalise(text)) is not None
