"""Citizens' numbers (CCCD): province, century and sex, year of birth, six digits."""

import re
from datetime import date
from enum import StrEnum

_SHAPE = re.compile(r"0\d{2}(?P<century_sex>\d)(?P<year>\d{2})\d{6}")


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


def is_person_id(text: str) -> bool:
    """Twelve digits. The nine-digit numbers of before are no longer valid."""
    return _SHAPE.fullmatch(text) is not None


def sex_of(person_id: str) -> Sex:
    return Sex.FEMALE if int(_parts(person_id)["century_sex"]) % 2 else Sex.MALE


def birth_year_of(person_id: str) -> int:
    """Digit 4 counts half-centuries of sex: 0 and 1 are the 1900s, 2 and 3 the 2000s."""
    parts = _parts(person_id)
    return 1900 + int(parts["century_sex"]) // 2 * 100 + int(parts["year"])


def fits_birth(person_id: str, birth_on: date) -> bool:
    """Do number and birthday agree? A reason to look twice, not to refuse."""
    return birth_year_of(person_id) == birth_on.year


def _parts(person_id: str) -> re.Match[str]:
    match = _SHAPE.fullmatch(person_id)
    if match is None:
        raise ValueError(f"Not a citizen's number: {person_id!r}")
    return match
