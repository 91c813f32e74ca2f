"""Invented drivers: local names, citizens' numbers that fit their birthdays, licences that fit a coach."""

from datetime import date, timedelta
from random import Random

from demo.rules.specs import DocumentSpec, DriverSpec

_FAMILY = ("Bùi", "Quách", "Đinh", "Hà", "Bạch", "Xa", "Nguyễn", "Lê", "Trần", "Phạm")
_MIDDLE = ("Văn", "Công", "Đức", "Minh", "Xuân", "Quang", "Thanh", "Hữu")
_GIVEN = (
    "An", "Bình", "Chiến", "Cường", "Dũng", "Duy", "Đạt", "Hải", "Hiệp", "Hoàng", "Hùng", "Khánh", "Kiên", "Lâm",
    "Linh", "Long", "Mạnh", "Nam", "Phong", "Quân", "Quyết", "Sơn", "Tâm", "Thắng", "Thịnh", "Toàn", "Trung", "Tuấn",
    "Tùng", "Việt", "Vinh", "Vượng",
)  # fmt: skip
_YEAR = timedelta(days=365)
# By passenger places: the class of before 2025 and the one since.
_OLD_CLASS = {"S16": "D", "S29": "D", "S45": "E", "B40": "E", "": "E"}
_NEW_CLASS = {"S16": "D1", "S29": "D2", "S45": "D", "B40": "D", "": "D"}


def driver(
    number: int, *, operator: str, layout: str, is_old_licence: bool, is_expired: bool, today: date, chance: Random
) -> DriverSpec:
    """Driver *number* of a place, licensed for a coach of *layout*."""
    birth_on = today - 28 * _YEAR - timedelta(days=chance.randrange(25 * 365))
    issued = today - timedelta(days=chance.randrange(100, 1500))
    if is_expired:
        until = today - timedelta(days=chance.randrange(3, 60))
    else:
        until = today + timedelta(days=chance.randrange(90, 1500))
    regime, classes = ("pre2025", _OLD_CLASS) if is_old_licence else ("since2025", _NEW_CLASS)
    # A class of today cannot have been issued before it existed.
    valid_from = max(issued, date(2025, 1, 1)) if regime == "since2025" else min(issued, date(2024, 12, 31))
    return DriverSpec(
        full_name=f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}",
        operator=operator,
        birth_on=birth_on,
        id_number=_id_number(birth_on, number),
        phone=f"090000{number:04}",
        licence_class=classes[layout],
        licence_regime=regime,
        documents=(
            DocumentSpec("licence", f"17{number:010}", valid_from, max(until, valid_from + timedelta(days=1))),
            DocumentSpec("training", f"TH-{number:05}", issued, today + timedelta(days=chance.randrange(120, 1500))),
        ),
    )


def captain(number: int, *, operator: str, today: date, chance: Random) -> DriverSpec:
    """Captain *number* of a lake boat: third class, for up to 50 passengers; the certificate has no end."""
    birth_on = today - 30 * _YEAR - timedelta(days=chance.randrange(25 * 365))
    issued = today - timedelta(days=chance.randrange(200, 3000))
    return DriverSpec(
        full_name=f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}",
        operator=operator,
        birth_on=birth_on,
        id_number=_id_number(birth_on, number),
        phone=f"090000{number:04}",
        licence_class="T3",
        licence_regime="waterway",
        documents=(DocumentSpec("licence", f"TT3-{number:06}", issued, None),),
    )


def _id_number(birth_on: date, number: int) -> str:
    century = (birth_on.year - 1900) // 100 * 2  # 0 and 2 are men
    return f"017{century}{birth_on.year % 100:02}{number:06}"
