from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from demo.rules import thung_nai
from station.rules.licences import may_drive
from station.rules.person_ids import fits_birth, is_person_id
from station.rules.phones import is_phone
from station.rules.plates import display, is_plate
from station.rules.seat_maps import LAYOUTS
from station.rules.tax_codes import is_tax_code

TODAY = date(2026, 11, 22)
ROUTES = thung_nai.routes()


@pytest.fixture(scope="module")
def fleet():
    return thung_nai.fleet(today=TODAY)


def test_15_boats_leave_a_day_on_five_routes():
    assert [(route.name, len(route.slots)) for route in ROUTES] == [
        ("Thung Nai – Thác Bờ", 5),
        ("Thung Nai – Suối Hoa", 3),
        ("Thung Nai – Vầy Nưa", 4),
        ("Thung Nai – Bích Hạ", 2),
        ("Thung Nai – Bãi Sang", 1),
    ]


def test_the_piers_are_ports():
    assert {route.destination.kind for route in ROUTES} == {"port"}


def test_four_invented_operators_have_valid_codes():
    operators = thung_nai.operators()

    assert len({operator.tax_code for operator in operators}) == 4
    assert [operator.code for operator in operators if not is_tax_code(operator.tax_code)] == []
    assert [operator.code for operator in operators if not is_phone(operator.phone)] == []
    assert [operator.short_name for operator in operators] == [
        "Hồ Mây Mẫu", "Sóng Đà Mẫu", "Bến Ngọc Mẫu", "Thác Bạc Mẫu",
    ]  # fmt: skip


def test_twelve_boats_bear_numbers_of_the_register(fleet):
    layouts = Counter((boat.kind, boat.layout) for boat in fleet.vehicles)

    assert layouts == {("boat", "T40"): 7, ("boat", "T24"): 5}
    assert len({boat.plate for boat in fleet.vehicles}) == 12
    assert [boat.plate for boat in fleet.vehicles if not is_plate(display(boat.plate))] == []
    assert (display(fleet.vehicles[0].plate), display(fleet.vehicles[-1].plate)) == ("HB-0317", "PT-4156")


def test_a_number_of_todays_province_is_not_older_than_the_province(fleet):
    newest = [boat for boat in fleet.vehicles if boat.plate.startswith("PT")]

    assert [boat.first_used_on for boat in newest if boat.first_used_on < date(2025, 7, 1)] == []


def test_a_boat_has_no_route_badge_and_its_papers_hold(fleet):
    kinds = {tuple(paper.kind for paper in boat.documents) for boat in fleet.vehicles}
    ends = [paper.valid_until for boat in fleet.vehicles for paper in boat.documents if paper.valid_until]

    assert kinds == {("registration", "inspection", "insurance")}
    assert min(ends) > TODAY


def test_the_captains_hold_a_certificate_for_their_boats(fleet):
    captains = {captain.id_number: captain for captain in fleet.drivers}
    boats = {boat.plate: boat for boat in fleet.vehicles}

    rights = [
        may_drive(
            captains[crew.driver_id].licence_class,
            captains[crew.driver_id].licence_regime,
            passenger_seats=len(LAYOUTS[boats[crew.plate].layout].cells),
            is_sleeper=False,
        )
        for crew in fleet.crews.values()
    ]
    assert (len(captains), rights) == (12, [True] * 15)
    assert [each for each in fleet.drivers if not is_person_id(each.id_number)] == []
    assert [each for each in fleet.drivers if not fits_birth(each.id_number, each.birth_on)] == []


def test_a_boat_is_back_before_it_leaves_again(fleet):
    minutes = {route.code: route.minutes for route in ROUTES}
    runs = sorted(
        (crew.plate, at.hour * 60 + at.minute, minutes[code]) for (_, code, at, _), crew in fleet.crews.items()
    )

    assert [
        plate for (plate, left, way), (other, leaves, _) in pairwise(runs) if plate == other and leaves < left + 2 * way
    ] == []


def test_every_boat_belongs_to_the_operator_of_its_run(fleet):
    owners = {boat.plate: (boat.operator, boat.layout) for boat in fleet.vehicles}
    layouts = {route.code: route.layout for route in ROUTES}

    assert [key for key, crew in fleet.crews.items() if owners[crew.plate] != (key[3], layouts[key[1]])] == []
