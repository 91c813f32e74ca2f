"""Tax codes (mã số thuế): ten digits with a check digit, a branch suffix, or a citizen's twelve digits."""

import re

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_CODE = re.compile(r"(?P<main>\d{10})(?:-?(?P<branch>\d{3}))?")
_CITIZEN = re.compile(r"\d{12}")


def is_tax_code(text: str) -> bool:
    """A company's code with a right check digit (branch 001–999 allowed), or a citizen's number (no check digit)."""
    if _CITIZEN.fullmatch(text):
        return True
    match = _CODE.fullmatch(text)
    if match is None or match["branch"] == "000":
        return False
    return check_digit(match["main"][:9]) == int(match["main"][9])


def tidy_tax_code(text: str) -> str:
    """As the tax office writes it: no blanks, a branch behind a dash."""
    plain = "".join(text.split())
    match = _CODE.fullmatch(plain)
    return f"{match['main']}-{match['branch']}" if match and match["branch"] else plain


def check_digit(nine_digits: str) -> int:
    """The tenth digit; 10 means that no code begins with these nine."""
    weighted = zip(nine_digits, _WEIGHTS, strict=True)
    return 10 - sum(int(digit) * weight for digit, weight in weighted) % 11
