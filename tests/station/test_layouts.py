"""A new layout is a copy with seats switched on and off."""

import pytest

from station.enums import Role
from station.errors import LayoutEmpty, LayoutKnown
from station.models import Seat, SeatMap
from station.rules.seat_maps import LAYOUTS
from station.selectors.layouts import grid_of
from station.services.layouts import copy_layout
from station.services.master_data import register_seat_map
from tests.factories import StationFactory, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def template():
    return register_seat_map(LAYOUTS["B34"])


def places(seat_map, **facts):
    found = Seat.objects.filter(seat_map=seat_map, **facts).order_by("ordinal")
    return [f"{seat.deck}-{seat.row}-{seat.column}" for seat in found]


def test_the_copy_is_numbered_anew_from_front_to_rear(template):
    seats = [place for place in places(template) if place != "1-2-1"] + ["1-2-2"]

    copy = copy_layout(template=template, code="B34X", name="Giường 34 cải tạo", seats=seats, priority=["1-1-1"])

    labels = list(Seat.objects.filter(seat_map=copy).order_by("ordinal").values_list("label", flat=True))
    assert labels == [*(f"A{n:02}" for n in range(1, 18)), *(f"B{n:02}" for n in range(1, 18))]
    assert places(copy, is_priority=True) == ["1-1-1"]
    assert places(copy)[3] == "1-2-2"


def test_the_template_stays_as_it_is(template):
    before = places(template)

    copy_layout(template=template, code="B1", name="x", seats=["1-1-1", "9-9-9", "x"], priority=[])

    assert (places(template), SeatMap.objects.get(code="B1").seats.count()) == (before, 1)


def test_a_known_code_and_an_empty_coach_are_refused(template):
    with pytest.raises(LayoutKnown):
        copy_layout(template=template, code="B34", name="x", seats=["1-1-1"], priority=[])
    with pytest.raises(LayoutEmpty):
        copy_layout(template=template, code="B1", name="x", seats=["9-9-9"], priority=[])


def test_the_grid_has_every_spot_of_both_decks(template):
    grid = grid_of(template)

    assert [(deck, len(rows), {len(row) for row in rows}) for deck, rows in grid.items()] == [(1, 6, {5}), (2, 6, {5})]


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ("S16", 15), ("L9", 9), ("L11", 10), ("S29", 28), ("S35", 34), ("S45", 45),
        ("B34", 34), ("B36", 36), ("B40", 40), ("B44", 44), ("C22", 22), ("C24", 24),
    ],
)  # fmt: skip
def test_every_layout_of_the_trade_is_there(code, size):
    assert len(LAYOUTS[code].cells) == size


def test_a_manager_copies_a_layout_on_the_page(template, client_of):
    manager = client_of(staff_of(StationFactory(), Role.MANAGER))
    url = f"/setup/layouts/{template.pk}/copy/"

    made = manager.post(url, {"code": "B2", "name": "Hai giường", "seat": ["1-1-1", "2-1-1"], "priority": ["2-1-1"]})
    again = manager.post(url, {"code": "B2", "name": "Hai giường", "seat": ["1-1-1"]})

    assert (made.status_code, again.status_code) == (302, 422)
    assert places(SeatMap.objects.get(code="B2"), is_priority=True) == ["2-1-1"]
    assert ["B2" in manager.get("/setup/layouts/").content.decode(), manager.get(url).status_code] == [True, 200]


def test_a_clerk_makes_no_layout(template, client_of):
    clerk = client_of(staff_of(StationFactory(), Role.TICKET_CLERK))

    assert clerk.get("/setup/layouts/").status_code == 403
    assert clerk.post(f"/setup/layouts/{template.pk}/copy/", {"code": "x"}).status_code == 403
