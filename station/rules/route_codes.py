"""Codes of fixed routes: `PPQQ.SSTT.X` between two provinces, `PP.SSTT.X` inside one (TT 12/2020 Đ.17(3)).

Provinces were renumbered after the mergers of 2025: a route has an old code and a new one, and a province must not be
guessed from either.
"""

import re

_INTER = re.compile(r"(?P<one>\d{2})(?P<other>\d{2})\.\d{4}\.(?P<variant>[A-Z])")
_INTRA = re.compile(r"\d{2}\.\d{4}\.(?P<variant>[A-Z])")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Upper case without spaces; says nothing about validity."""
    return _SPACES.sub("", text).upper()


def is_route_code(text: str) -> bool:
    return is_inter(text) or _INTRA.fullmatch(text) is not None


def is_inter(text: str) -> bool:
    """Does the code name two provinces (by whichever numbering)?"""
    return _INTER.fullmatch(text) is not None


def variant_of(code: str) -> str:
    """The letter of the itinerary variant, or nothing when this is no code."""
    match = _INTER.fullmatch(code) or _INTRA.fullmatch(code)
    return match["variant"] if match else ""
