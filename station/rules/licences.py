"""Which driving licence a coach needs (L36 Art. 57(1), 59, 89), and which certificate the captain of a boat.

"D" means other things before and since 1 January 2025, so a class is never read without its regime. Passenger seats
exclude the driver's.
"""

from datetime import date
from typing import Literal

Regime = Literal["pre2025", "since2025", "waterway"]

# Since 2025 each class of this row also drives what stands before it; the trailer classes cover their own.
_SINCE_2025 = ("B", "C1", "C", "D1", "D2", "D")
_TRAILER = {"BE": "B", "C1E": "C1", "CE": "C", "D1E": "D1", "D2E": "D2", "DE": "D"}
# Before 2025: the largest number of passenger seats.
_PRE_2025_SEATS = {"B1": 8, "B2": 8, "C": 8, "D": 29, "E": 999}
_PRE_2025_TRAILER = {"FB2": "B2", "FC": "C", "FD": "D", "FE": "E"}
# Captains of inland passenger boats, third class and up: the largest number of passengers (L23/2004 Đ.35).
_WATERWAY_PASSENGERS = {"T3": 50, "T2": 100, "T1": 9_999}
# A driver of a coach with more than 29 passenger seats, or of a sleeper, retires at this age (L36 Art. 59(1)e).
_LAST_AGE = {"male": 57, "female": 55}
_BIG_COACH_SEATS = 29
_D1_SEATS = 16
_B_SEATS = 8


def required_class(passenger_seats: int, *, is_sleeper: bool) -> str:
    """The class of today's law: every sleeper needs D, whatever its size."""
    if is_sleeper or passenger_seats > _BIG_COACH_SEATS:
        return "D"
    if passenger_seats > _D1_SEATS:
        return "D2"
    return "D1" if passenger_seats > _B_SEATS else "B"


def may_drive(licence_class: str, regime: Regime, *, passenger_seats: int, is_sleeper: bool) -> bool:
    """Does the class cover the coach? An old licence keeps its old rights until it expires (L36 Art. 89(1))."""
    if regime == "waterway":
        return passenger_seats <= _WATERWAY_PASSENGERS.get(licence_class, 0)
    if regime == "pre2025":
        held = _PRE_2025_TRAILER.get(licence_class, licence_class)
        return passenger_seats <= _PRE_2025_SEATS.get(held, 0)
    held = _TRAILER.get(licence_class, licence_class)
    needed = required_class(passenger_seats, is_sleeper=is_sleeper)
    return held in _SINCE_2025 and _SINCE_2025.index(held) >= _SINCE_2025.index(needed)


def is_doubtful(regime: Regime, *, passenger_seats: int, is_sleeper: bool) -> bool:
    """An old licence on a small sleeper: today's law asks for D, the transition rule does not say. To be warned of."""
    return regime == "pre2025" and is_sleeper and passenger_seats <= _BIG_COACH_SEATS


def is_of_age(birth_on: date, sex: str, *, passenger_seats: int, is_sleeper: bool, day: date) -> bool:
    """False for a driver past the age limit of big coaches and sleepers."""
    if passenger_seats <= _BIG_COACH_SEATS and not is_sleeper:
        return True
    had_birthday = (day.month, day.day) >= (birth_on.month, birth_on.day)
    return day.year - birth_on.year - (0 if had_birthday else 1) <= _LAST_AGE[sex]
