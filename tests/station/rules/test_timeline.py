import pytest

from station.rules.timeline import Bar, Cell, cells
from tests.factories import at


def row(*bars, start="13:00", end="14:00"):
    return cells([Bar(key, at(a), at(b)) for key, a, b in bars], starts_at=at(start), ends_at=at(end))


def test_an_empty_bay_is_one_long_cell():
    assert row() == [Cell(12)]


def test_bars_stand_between_gaps_in_order_of_time():
    assert row((2, "13:40", "13:50"), (1, "13:05", "13:20")) == [Cell(1), Cell(3, 1), Cell(4), Cell(2, 2), Cell(2)]


def test_bars_are_cut_at_both_ends():
    assert row((1, "12:30", "13:10"), (2, "13:50", "14:30")) == [Cell(2, 1), Cell(8), Cell(2, 2)]


def test_bars_outside_are_not_shown():
    assert row((1, "12:00", "13:00"), (2, "14:00", "15:00")) == [Cell(12)]


def test_where_rounding_makes_two_bars_touch_the_later_gives_way():
    assert row((1, "13:00", "13:07"), (2, "13:07", "13:20")) == [Cell(2, 1), Cell(2, 2), Cell(8)]


@pytest.mark.parametrize(
    "bars", [(), ((1, "13:02", "13:03"),), ((1, "12:58", "13:33"), (2, "13:33", "13:34"), (3, "13:34", "15:00"))]
)
def test_cells_always_fill_the_row(bars):
    assert sum(cell.span for cell in row(*bars)) == 12
