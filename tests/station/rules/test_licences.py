from datetime import date

import pytest

from station.rules.licences import is_doubtful, is_of_age, may_drive, required_class


@pytest.mark.parametrize(
    ("seats", "sleeper", "needed"),
    [(8, False, "B"), (9, False, "D1"), (16, False, "D1"), (17, False, "D2"), (29, False, "D2"), (30, False, "D"),
     (22, True, "D"), (40, True, "D")],
)  # fmt: skip
def test_the_class_grows_with_the_coach_and_every_sleeper_needs_d(seats, sleeper, needed):
    assert required_class(seats, is_sleeper=sleeper) == needed


@pytest.mark.parametrize(
    ("held", "regime", "seats", "sleeper", "allowed"),
    [
        ("D", "pre2025", 40, False, False),
        ("D", "since2025", 40, False, True),
        ("D2", "since2025", 29, False, True),
        ("D2", "since2025", 22, True, False),
        ("E", "pre2025", 45, False, True),
        ("D", "pre2025", 28, False, True),
        ("D", "pre2025", 22, True, True),
        ("B2", "pre2025", 8, False, True),
        ("B2", "pre2025", 15, False, False),
        ("D1", "since2025", 15, False, True),
        ("D1", "since2025", 28, False, False),
        ("DE", "since2025", 45, False, True),
        ("FD", "pre2025", 28, False, True),
        ("FE", "pre2025", 45, False, True),
        ("C", "since2025", 9, False, False),
        ("A1", "pre2025", 8, False, False),
        ("E", "since2025", 8, False, False),
        ("T3", "waterway", 45, False, True),
        ("T3", "waterway", 60, False, False),
        ("T2", "waterway", 60, False, True),
        ("D", "waterway", 15, False, False),
    ],
)
def test_a_licence_drives_what_its_own_regime_says(held, regime, seats, sleeper, allowed):
    assert may_drive(held, regime, passenger_seats=seats, is_sleeper=sleeper) is allowed


def test_an_old_licence_on_a_small_sleeper_is_looked_at_twice():
    assert is_doubtful("pre2025", passenger_seats=22, is_sleeper=True) is True
    assert is_doubtful("since2025", passenger_seats=22, is_sleeper=True) is False
    assert is_doubtful("pre2025", passenger_seats=28, is_sleeper=False) is False


@pytest.mark.parametrize(
    ("born", "sex", "seats", "sleeper", "allowed"),
    [
        (date(1968, 11, 23), "male", 45, False, True),
        (date(1968, 11, 22), "male", 45, False, False),
        (date(1970, 11, 22), "female", 22, True, False),
        (date(1960, 1, 1), "male", 28, False, True),
    ],
)
def test_only_big_coaches_and_sleepers_have_an_age_limit(born, sex, seats, sleeper, allowed):
    assert is_of_age(born, sex, passenger_seats=seats, is_sleeper=sleeper, day=date(2026, 11, 22)) is allowed
