from collections import Counter
from datetime import date, time, timedelta

import pytest

from demo.rules import network
from demo.rules.fleet import hoa_binh_fleet
from station.rules.licences import is_of_age, may_drive
from station.rules.person_ids import fits_birth, is_person_id
from station.rules.plates import display, is_plate
from station.rules.seat_maps import LAYOUTS

TODAY = date(2026, 11, 22)
ROUTES = network.hoa_binh_routes()


@pytest.fixture(scope="module")
def fleet():
    return hoa_binh_fleet(ROUTES, today=TODAY)


def test_the_same_day_gives_the_same_fleet(fleet):
    assert hoa_binh_fleet(ROUTES, today=TODAY) == fleet


def test_110_coaches_and_30_buses_with_plates_of_their_own(fleet):
    classes = Counter(vehicle.layout for vehicle in fleet.vehicles)

    assert classes == {"S29": 60, "S16": 30, "S45": 12, "B40": 8, "": 30}
    assert len({vehicle.plate for vehicle in fleet.vehicles}) == 140
    assert [vehicle.plate for vehicle in fleet.vehicles if not is_plate(display(vehicle.plate))] == []


def test_some_plates_are_of_the_older_kind_or_of_another_series(fleet):
    plates = [vehicle.plate for vehicle in fleet.vehicles]

    assert sum(len(plate) == 7 for plate in plates) == 12
    assert sum(plate.startswith("28F") for plate in plates) == 4


def test_six_papers_have_run_out_and_ten_will_soon(fleet):
    ends = [
        paper.valid_until for vehicle in fleet.vehicles for paper in vehicle.documents if paper.valid_until is not None
    ]

    assert sum(end <= TODAY for end in ends) == 6
    assert sum(TODAY < end <= TODAY + timedelta(days=15) for end in ends) == 10
    assert sum(TODAY + timedelta(days=15) < end < TODAY + timedelta(days=60) for end in ends) == 0


def test_papers_end_after_they_begin(fleet):
    papers = [paper for each in [*fleet.vehicles, *fleet.drivers] for paper in each.documents]

    assert [paper for paper in papers if paper.valid_until is not None and paper.valid_until <= paper.valid_from] == []


def test_papers_were_valid_a_month_ago_already(fleet):
    begun = [paper.valid_from for vehicle in fleet.vehicles for paper in vehicle.documents]

    assert [day for day in begun if day > TODAY - timedelta(days=30)] == []


def test_160_drivers_60_percent_with_a_licence_of_before_2025_and_five_run_out(fleet):
    regimes = Counter(driver.licence_regime for driver in fleet.drivers)
    licences = [driver.documents[0] for driver in fleet.drivers]

    assert regimes == {"pre2025": 96, "since2025": 64}
    assert sum(licence.valid_until <= TODAY for licence in licences) == 5


def test_drivers_have_numbers_that_fit_their_birthdays(fleet):
    numbers = [driver.id_number for driver in fleet.drivers]

    assert len(set(numbers)) == 160
    assert [driver for driver in fleet.drivers if not is_person_id(driver.id_number)] == []
    assert [driver for driver in fleet.drivers if not fits_birth(driver.id_number, driver.birth_on)] == []


def test_every_slot_has_a_coach_of_its_operator_and_class_and_a_man_who_may_drive_it(fleet):
    vehicles = {vehicle.plate: vehicle for vehicle in fleet.vehicles}
    drivers = {driver.id_number: driver for driver in fleet.drivers}
    slots = [
        (route, (route.station, route.code, slot.departs_at, slot.operator)) for route in ROUTES for slot in route.slots
    ]

    unfit = []
    for route, key in slots:
        vehicle, driver = vehicles[fleet.crews[key].plate], drivers[fleet.crews[key].driver_id]
        layout = LAYOUTS.get(vehicle.layout)
        seats, is_sleeper = (len(layout.cells), layout.is_sleeper) if layout else (40, False)
        right = may_drive(driver.licence_class, driver.licence_regime, passenger_seats=seats, is_sleeper=is_sleeper)
        right = right and is_of_age(driver.birth_on, "male", passenger_seats=seats, is_sleeper=is_sleeper, day=TODAY)
        if (vehicle.operator, vehicle.layout, driver.operator, right) != (key[3], route.layout, key[3], True):
            unfit.append(key)

    assert unfit == []
    assert len(fleet.crews) == len(slots) == 306


def test_no_coach_of_the_first_station_runs_twice(fleet):
    plates = Counter(crew.plate for key, crew in fleet.crews.items() if key[0] == "HB01" and not key[1].startswith("B"))

    assert (len(plates), max(plates.values())) == (80, 1)


def test_the_coach_of_the_story_runs_its_run(fleet):
    assert fleet.crews["HB01", "2829.0113.A", time(6, 55), "OP01"].plate == "28B01005"


def test_the_electronic_operators_papers_are_in_order(fleet):
    mine = [vehicle for vehicle in fleet.vehicles if vehicle.operator in {"OP01", "OP02"}]

    assert min(paper.valid_until for each in mine for paper in each.documents if paper.valid_until) > TODAY + timedelta(
        days=60
    )
