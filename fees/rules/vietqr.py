"""What a bank's app reads off a QR code (VietQR of NAPAS over EMVCo: two digits of id, two of length, the value), and
the reference by which the money is known again when it arrives."""

import re

from station.rules.check_digits import check_digit
from station.rules.vietnamese import search_key

TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
MOST_NOTE = 25  # longer notes are cut by banks
_NAPAS = "A000000727"
_DONG = "704"
_CRC_MARK = "6304"
_LONGEST = 99
# A reference: these letters, seven digits, a check digit.
_MARK = "BX"
_PER_ROUND = 10**7
_REFERENCE = re.compile(rf"{_MARK}(\d{{7}})(\d)")
_NOT_SIGN = re.compile(r"[^0-9A-Z]")


def vietqr(*, bank: str, account: str, amount: int | None = None, note: str = "", service: str = TO_ACCOUNT) -> str:
    """The text of the code: *amount* đồng (None: the payer types it) to *account* at *bank* (a BIN of six digits)."""
    target = _field("00", _NAPAS) + _field("01", _field("00", bank) + _field("01", account)) + _field("02", service)
    text = _field("00", "01") + _field("01", "12" if amount else "11") + _field("38", target) + _field("53", _DONG)
    if amount:
        text += _field("54", str(amount))
    text += _field("58", "VN")
    if note:
        text += _field("62", _field("08", note))
    return text + _CRC_MARK + crc(text + _CRC_MARK)


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE as four capital hex digits."""
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _bit in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return f"{value:04X}"


def _field(name: str, value: str) -> str:
    size = len(value.encode())
    if size > _LONGEST:
        raise ValueError(f"field {name} has {size} bytes, {_LONGEST} is the most")
    return f"{name}{size:02d}{value}"


def reference_of(number: int) -> str:
    """`BX0000012` and its check digit: short, read aloud without doubt, found again in any bank's text."""
    digits = f"{number % _PER_ROUND:07d}"
    return _MARK + digits + check_digit(digits)


def note_of(*words: str) -> str:
    """*words* as every bank carries them: A–Z, 0–9 and spaces, at most 25 signs."""
    return search_key(" ".join(words)).upper()[:MOST_NOTE].strip()


def references_in(text: str) -> list[str]:
    """Each reference of ours that *text* carries, once; banks add words of their own and drop spaces and signs."""
    squeezed = _NOT_SIGN.sub("", text.upper())
    found = [match for match in _REFERENCE.finditer(squeezed) if check_digit(match[1]) == match[2]]
    return list(dict.fromkeys(match[0] for match in found))
