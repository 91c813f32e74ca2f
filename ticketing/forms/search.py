"""What somebody types to find a ticket. Digits first, so that no input method can spoil it.

12345            the last digits of its code, or of the phone it was bought with
18 digits        the whole code, as the scanner types it; also inside the address of its QR code
a05 · a05/1430   a seat, and the time of its departure
"""

import re
from datetime import time

from ticketing import rules
from ticketing.errors import NotATicket, WrongTicketCode
from ticketing.selectors.finding import TAIL, Wanted

_SPACED = re.compile(r"[\s.\-]+")
_SEAT = re.compile(r"\.?(?P<seat>[0-9A-Za-z]{1,5})(?:[\s/]+(?P<time>\d{1,2}:?\d{2}))?", re.ASCII)

_LONGEST_WORDS = 40


def wanted(words: str) -> Wanted:
    """What *words* look for. Raises NotATicket, WrongTicketCode."""
    said = parse_search(words)
    if said is None:
        raise NotATicket(words=words[:_LONGEST_WORDS])
    if said.is_whole_code and not rules.is_ticket_code(said.digits):
        raise WrongTicketCode(words=said.digits)
    return said


def parse_search(words: str) -> Wanted | None:
    """None when nobody could find anything by *words*."""
    digits = rules.scanned_code(words) or _SPACED.sub("", words)
    if digits.isascii() and digits.isdigit() and len(digits) >= TAIL:
        return Wanted(digits=digits) if len(digits) <= rules.CODE_BODY_DIGITS + 1 else None
    seat = _SEAT.fullmatch(words.strip())
    if seat is None:
        return None
    at = _time(seat["time"]) if seat["time"] else None
    return None if seat["time"] and at is None else Wanted(seat=seat["seat"].upper(), at=at)


def _time(digits: str) -> time | None:
    plain = digits.replace(":", "")
    try:
        return time(int(plain[:-2]), int(plain[-2:]))
    except ValueError:
        return None
