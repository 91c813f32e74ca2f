from datetime import date
from itertools import pairwise

from demo.rules import cham_mat
from demo.rules.fleet import hoa_binh_fleet
from demo.rules.network import hoa_binh_routes

TODAY = date(2026, 11, 22)


def test_cham_mat_has_four_bus_lines():
    assert [(line.code, len(line.slots)) for line in cham_mat.bus_lines()] == [
        ("B05", 26), ("B06", 26), ("B07", 20), ("B08", 16),
    ]  # fmt: skip
    assert {line.station for line in cham_mat.bus_lines()} == {"HB02"}


def test_a_line_ends_at_the_port():
    assert cham_mat.bus_lines()[-1].name == "Chăm Mát – Cảng Thung Nai (B08)"


def test_sixteen_buses_run_them_each_back_before_it_leaves_again():
    fleet = cham_mat.bus_fleet(today=TODAY)

    minutes = {line.code: line.minutes for line in cham_mat.bus_lines()}
    runs = sorted(
        (crew.plate, at.hour * 60 + at.minute, minutes[code]) for (_, code, at, _), crew in fleet.crews.items()
    )
    assert (len(fleet.vehicles), len(fleet.drivers), len(fleet.crews)) == (16, 16, 88)
    assert [
        plate for (plate, left, way), (other, leaves, _) in pairwise(runs) if plate == other and leaves < left + 2 * way
    ] == []


def test_its_buses_and_drivers_are_not_those_of_the_first_station():
    here, there = cham_mat.bus_fleet(today=TODAY), hoa_binh_fleet(hoa_binh_routes(), today=TODAY)

    assert {bus.plate for bus in here.vehicles} & {each.plate for each in there.vehicles} == set()
    assert {each.id_number for each in here.drivers} & {each.id_number for each in there.drivers} == set()
