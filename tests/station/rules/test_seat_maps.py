import pytest

from station.rules.seat_maps import LAYOUTS, draw


@pytest.mark.parametrize(
    ("code", "places"),
    [("S16", 15), ("L9", 9), ("L11", 10), ("S29", 28), ("S35", 34), ("S45", 45), ("B34", 34), ("B36", 36),
     ("B40", 40), ("B44", 44), ("C22", 22), ("T24", 24), ("T40", 40)],
)  # fmt: skip
def test_each_layout_has_the_places_of_the_table(code, places):
    assert len(LAYOUTS[code].cells) == places


def test_only_beds_and_cabins_make_a_sleeper():
    assert [code for code, layout in LAYOUTS.items() if layout.is_sleeper] == ["B34", "B36", "B40", "B44", "C22", "C24"]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.code)
def test_places_are_numbered_from_front_to_rear_and_stand_alone(layout):
    places = [(cell.deck, cell.row, cell.column) for cell in layout.cells]

    assert places == sorted(set(places))
    assert [cell.ordinal for cell in layout.cells] == list(range(1, len(layout.cells) + 1))
    assert len({cell.label for cell in layout.cells}) == len(layout.cells)
    assert sum(cell.is_priority for cell in layout.cells) >= 2


def test_a_drawing_is_read_row_by_row_and_deck_by_deck():
    layout = draw("X", "x", "bed", "*.o .o.", "o")

    assert layout.decks == 2
    assert [(cell.label, cell.deck, cell.row, cell.column, cell.is_priority) for cell in layout.cells] == [
        ("A01", 1, 1, 1, True),
        ("A02", 1, 1, 3, False),
        ("A03", 1, 2, 2, False),
        ("B01", 2, 1, 1, False),
    ]
