from collections import Counter
from datetime import time

import pytest

from demo.rules import network
from demo.rules.data import load
from demo.rules.fares import stretch_fares
from station.rules.phones import is_phone
from station.rules.tax_codes import is_tax_code

E_SIGNING = {"OP01", "OP02"}


def test_hoa_binh_has_80_coach_and_220_bus_departures_a_day():
    assert sum(len(route.slots) for route in network.coach_routes()) == 80
    assert sum(len(line.slots) for line in network.bus_lines()) == 220
    assert {line.code: len(line.slots) for line in network.bus_lines()} == {"B01": 55, "B02": 55, "B03": 55, "B04": 55}


def test_each_route_leaves_as_often_as_the_table_says():
    published = {row["code"]: row["departures_per_day"] for row in load("hoa_binh")["routes"]}

    assert {route.code: len(route.slots) for route in network.coach_routes()} == published


def test_the_two_that_sign_electronically_run_more_than_half_and_everybody_runs_something():
    runs = Counter(slot.operator for route in network.coach_routes() for slot in route.slots)

    assert runs["OP01"] + runs["OP02"] == 46
    assert set(runs) == {operator.code for operator in network.operators() if not operator.is_bus}


def test_the_buses_belong_to_the_bus_operators():
    owners = {slot.operator for line in network.bus_lines() for slot in line.slots}

    assert owners == {operator.code for operator in network.operators() if operator.is_bus} == {"OP34", "OP35"}


def test_the_second_station_has_six_slots():
    assert sum(len(route.slots) for route in network.second_station_routes()) == 6


def test_35_operators_have_valid_codes_and_two_sign_electronically():
    operators = network.operators()

    assert len({operator.tax_code for operator in operators}) == 35
    assert {operator.code for operator in operators if operator.signs_electronically} == E_SIGNING
    assert [operator.code for operator in operators if not is_tax_code(operator.tax_code)] == []
    assert [operator.code for operator in operators if not is_phone(operator.phone)] == []
    assert operators[0].short_name == "Sông Bờ"


@pytest.mark.parametrize("route", network.hoa_binh_routes(), ids=lambda route: route.code)
def test_stops_lie_in_order_between_the_ends(route):
    kms = [0, *(stop.km for stop in route.stops), route.km]

    assert kms == sorted(set(kms))
    assert [stop.minutes for stop in route.stops] == sorted({stop.minutes for stop in route.stops})


def test_the_route_of_the_domain_notes_has_its_stops():
    route = network.coach_routes()[0]

    assert [(stop.name, stop.km) for stop in route.stops] == [
        ("Kỳ Sơn", 12), ("Lương Sơn", 32), ("Xuân Mai", 42), ("Hà Đông", 62),
    ]  # fmt: skip
    assert route.destination.code == "BX051"


def test_a_station_without_a_number_gets_the_code_the_import_would_give():
    mai_chau = next(route.destination for route in network.coach_routes() if route.code == "28.0104.A")

    assert mai_chau.code == "NR-MAICHAU-D4F7"


def test_fares_of_stretches_are_whole_and_never_above_the_full_fare():
    fares = stretch_fares([0, 12, 32, 42, 62, 76], 75_000)

    assert fares[0, 5] == 75_000
    assert (fares[0, 1], fares[0, 2], fares[1, 5]) == (15_000, 35_000, 65_000)
    assert len(fares) == 15
    assert {fare % 5_000 for fare in fares.values()} == {0}


def test_a_short_stretch_of_a_cheap_route_costs_no_more_than_the_route():
    assert stretch_fares([0, 8, 12], 10_000) == {(0, 1): 10_000, (0, 2): 10_000, (1, 2): 10_000}


def test_a_day_is_spread_evenly_over_whole_minutes():
    assert network.spread(time(5, 30), time(6, 0), 4) == [time(5, 30), time(5, 40), time(5, 50), time(6, 0)]


def test_25_people_work_at_hoa_binh_under_the_names_of_the_contract():
    staff = load("staff")["hoa_binh"]

    assert len({person["username"] for person in staff}) == 25
    assert {"banve1", "banve2", "dieudo1", "cong1", "truongca1", "ketoan1", "quanly1", "thanhtra1", "admin"} <= {
        person["username"] for person in staff
    }


def test_every_site_has_a_valid_tax_code():
    sites = load("sites")
    codes = {site["code"]: site["tax_code"] for site in [*sites["stations"], sites["bac_giang"]]}

    assert sorted(codes) == ["BX120", "HB01", "HB02", "HB03"]
    assert [code for code, tax_code in codes.items() if not is_tax_code(tax_code)] == []
