"""Code 128, set C, against a code that is printed in every description of it."""

import pytest

from station.rules.barcodes import bar_widths


def test_the_bars_are_those_of_the_standard() -> None:
    widths = bar_widths("123456")

    # Start C, 12, 34, 56, the check value (105 + 12 + 2·34 + 3·56) mod 103 = 44, and the stop.
    assert "".join(map(str, widths)) == "211232" + "112232" + "131123" + "331121" + "132131" + "2331112"


def test_every_letter_is_eleven_modules_wide() -> None:
    widths = bar_widths("".join(f"{pair:02}" for pair in range(100)))

    letters = [sum(widths[start : start + 6]) for start in range(0, len(widths) - 7, 6)]
    assert set(letters) == {11}


@pytest.mark.parametrize("words", ["123", "12a4", "１２"])
def test_only_pairs_of_digits_are_drawn(words) -> None:
    with pytest.raises(ValueError, match="not pairs of digits"):
        bar_widths(words)
