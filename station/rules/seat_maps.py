"""The layouts of coaches and boats: passenger places on a grid, numbered from front to rear (TT 12/2020 Đ.20(3)).

A layout is drawn, one line per row of a deck: `o` a place, `*` a place kept for people who need it first, `.` nothing
(aisle, door, driver, toilet). Deck A is the lower one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["seat", "bed", "cabin"]
_PRIORITY = "*"
_PLACES = frozenset({"o", _PRIORITY})
_DECK_LETTERS = "AB"


@dataclass(frozen=True, slots=True)
class Cell:
    """One passenger place."""

    ordinal: int  # from 1, lower deck first, front to rear, left to right
    label: str  # A01
    kind: Kind
    deck: int  # 1 = lower
    row: int
    column: int
    is_priority: bool


@dataclass(frozen=True, slots=True)
class Layout:
    code: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def decks(self) -> int:
        return max(cell.deck for cell in self.cells)

    @property
    def is_sleeper(self) -> bool:
        """Lying places, in law a sleeper coach (a cabin is a bed with a door)."""
        return self.cells[0].kind != "seat"


def draw(code: str, name: str, kind: Kind, *decks: str) -> Layout:
    """Read a layout from its drawing; rows of a deck are divided by spaces."""
    cells: list[Cell] = []
    for deck, letter, drawing in zip((1, 2), _DECK_LETTERS, decks, strict=False):
        places = _places(drawing)
        for number, (row, column, sign) in enumerate(places, start=1):
            is_priority = sign == _PRIORITY
            cells.append(Cell(len(cells) + 1, f"{letter}{number:02}", kind, deck, row, column, is_priority))
    return Layout(code, name, tuple(cells))


Place = tuple[int, int, int]  # deck, row, column


def arranged(code: str, name: str, kind: Kind, places: Iterable[Place], priority: Collection[Place]) -> Layout:
    """A layout from its places, numbered as the law wants: deck by deck, from front to rear, left to right."""
    cells: list[Cell] = []
    numbers = dict.fromkeys((1, 2), 0)
    for deck, row, column in sorted(set(places)):
        numbers[deck] += 1
        label = f"{_DECK_LETTERS[deck - 1]}{numbers[deck]:02}"
        cells.append(Cell(len(cells) + 1, label, kind, deck, row, column, (deck, row, column) in priority))
    return Layout(code, name, tuple(cells))


def _places(drawing: str) -> list[tuple[int, int, str]]:
    rows = enumerate(drawing.split(), start=1)
    return [(row, column, sign) for row, line in rows for column, sign in enumerate(line, start=1) if sign in _PLACES]


def _rows(*parts: tuple[int, str]) -> str:
    """`(2, "oo.oo")` is two such rows."""
    return " ".join(line for count, line in parts for _ in range(count))


# The driver sits in the first row, on the left, where it is drawn with dots.
_LAYOUTS = (
    draw("S16", "16 chỗ", "seat", _rows((1, "..oo"), (1, "**.o"), (2, "oo.o"), (1, "oooo"))),
    draw("L9", "Limousine 9 chỗ", "seat", _rows((1, "*.*"), (2, "o.o"), (1, "ooo"))),
    draw("L11", "Limousine 11 chỗ", "seat", _rows((1, "..o"), (1, "*.*"), (2, "o.o"), (1, "ooo"))),
    draw("S29", "29 chỗ", "seat", _rows((1, "**.o."), (5, "oo.oo"), (1, "ooooo"))),
    draw("S35", "35 chỗ", "seat", _rows((1, "....o"), (1, "**.**"), (6, "oo.oo"), (1, "ooooo"))),
    draw("S45", "45 chỗ", "seat", _rows((1, "**.**"), (9, "oo.oo"), (1, "ooooo"))),
    draw(
        "B34", "Giường nằm 34", "bed",
        _rows((1, "*.*.*"), (4, "o.o.o"), (1, "o...o")), _rows((5, "o.o.o"), (1, "o...o")),
    ),
    draw("B36", "Giường nằm 36", "bed", _rows((1, "*.*.*"), (5, "o.o.o")), _rows((6, "o.o.o"))),
    draw(
        "B40", "Giường nằm 40", "bed",
        _rows((1, "*.*.*"), (4, "o.o.o"), (1, "ooooo")), _rows((5, "o.o.o"), (1, "ooooo")),
    ),
    draw(
        "B44", "Giường nằm 44", "bed",
        _rows((1, "*.*.*"), (5, "o.o.o"), (1, "oo.oo")), _rows((6, "o.o.o"), (1, "oo.oo")),
    ),
    draw("C22", "Cabin 22 phòng", "cabin", _rows((1, "*.*"), (4, "o.o")), _rows((6, "o.o"))),
    draw("C24", "Cabin 24 phòng", "cabin", _rows((1, "*.*"), (5, "o.o")), _rows((6, "o.o"))),
    # Boats: the wheelhouse is before the first row.
    draw("T24", "Tàu khách 24 chỗ", "seat", _rows((1, "**.**"), (5, "oo.oo"))),
    draw("T40", "Tàu khách 40 chỗ", "seat", _rows((1, "**.**"), (9, "oo.oo"))),
)  # fmt: skip

LAYOUTS: dict[str, Layout] = {layout.code: layout for layout in _LAYOUTS}
