"""The command line of the counter, read without a framework: digits first, so that no keyboard layout and no
Vietnamese input method can spoil it.

    3*2         favourite 3, two tickets         .A05    seat A05         /1430   the departure at 14:30
    bmt         a place by its letters           18 digits, or the address in its QR code: a ticket
    0912345678  the customer's phone
    500         (seats are kept) the customer gave 500.000 đ
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from station.rules import phones
from station.rules.vietnamese import search_key
from ticketing import rules

_PARTS = re.compile(r"\*(?P<count>\d{1,2})|\.(?P<seat>[0-9A-Za-z]{1,5})|/(?P<time>\d{1,2}:?\d{2}|\d{1,2})", re.ASCII)
_PLACE = re.compile(r"[^*./]*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d{1,9}")
_IN_THOUSANDS = 10_000  # nobody hands over less than that by the đồng
_HOUR_DIGITS = 2


@dataclass(frozen=True)
class Order:
    """What one line asks for; what it does not say stays as it is on the screen."""

    favourite: int | None = None
    place: str = ""
    count: int | None = None
    seats: Sequence[str] = ()
    at: time | None = None
    ticket: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Order()


def parse_order(line: str) -> Order | None:
    """*line* as an order; None when it is not one."""
    text = line.strip()
    if scanned := rules.scanned_code(text):
        return Order(ticket=scanned)
    if text.startswith(("0", "+84")) and phones.is_phone(text):
        return Order(phone=phones.normalise(text))
    place = _PLACE.match(text)
    head = place[0].strip() if place else ""
    favourite, letters = _destination(head)
    if head and favourite is None and not letters:
        return None
    return _with_parts(text[len(place[0]) if place else 0 :], favourite, letters)


def parse_cash(line: str) -> int | None:
    """What the customer gave, in đồng; a short number counts thousands. None when *line* is no amount."""
    text = line.strip()
    if not text.isascii() or not _GROUPED.fullmatch(text):
        return None
    amount = int(re.sub(r"[.,]", "", text))
    return amount * 1_000 if amount < _IN_THOUSANDS else amount


def _destination(head: str) -> tuple[int | None, str]:
    """A digit 1–9, or the letters of a place."""
    if len(head) == 1 and head.isascii() and head.isdigit():
        return (int(head), "") if head != "0" else (None, "")
    key = search_key(head)
    return None, key if key and not key.replace(" ", "").isdigit() else ""


def _with_parts(rest: str, favourite: int | None, letters: str) -> Order | None:
    """The parts behind the destination, each at most once, seats any number of times."""
    count: int | None = None
    at: time | None = None
    seats: list[str] = []
    position = 0
    while position < len(rest):
        part = _PARTS.match(rest, position)
        if part is None or (part["count"] and count is not None) or (part["time"] and at is not None):
            return None
        position = part.end()
        if part["count"]:
            count = int(part["count"])
        elif part["seat"]:
            seats.append(part["seat"].upper())
        else:
            at = _time(part["time"])
            if at is None:
                return None
    return None if count == 0 else Order(favourite, letters, count, tuple(seats), at)


def _time(digits: str) -> time | None:
    """14, 930, 1430 and 14:30; None past midnight."""
    plain = digits.replace(":", "")
    hour, minute = (plain, "0") if len(plain) <= _HOUR_DIGITS else (plain[:-2], plain[-2:])
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None
