from collections import Counter
from datetime import date, time
from itertools import pairwise

import pytest

from demo.rules import bac_giang
from station.rules.tax_codes import is_tax_code
from tests.catalogue import published_file, read_file

DAYS = range(1, 32)


def departures_by_day(specs):
    return Counter(day for spec in specs for slot in spec.slots for day in (slot.days_of_month or DAYS))


@pytest.mark.parametrize("trips", [[30], [45, 15], [31, 62, 15, 20, 8], [1200, 720, 7, 3, 2, 1], [29] * 7])
def test_every_day_of_the_month_has_the_same_number_of_departures(trips):
    shares = bac_giang.share_month(trips)

    by_day = [sum(share.daily + (day in share.some_days) for share in shares) for day in DAYS]

    assert set(by_day) == {(sum(trips) + 15) // 30}


def test_a_remainder_gets_about_its_share_of_days():
    shares = bac_giang.share_month([45, 75, 15, 40, 35, 60])

    assert [(share.daily, len(share.some_days - {31})) for share in shares] == [
        (1, 15), (2, 15), (0, 15), (1, 10), (1, 5), (2, 0),
    ]  # fmt: skip


def test_departures_keep_their_distance_and_stay_in_the_day():
    times = bac_giang.spread_times(40, 20, 7)
    minutes = [at.hour * 60 + at.minute for at in times]

    assert min(later - earlier for earlier, later in pairwise(minutes)) == 20
    assert (times[0] >= time(4, 30), times[-1] <= time(19, 0)) == (True, True)


def test_a_single_departure_needs_no_distance():
    assert len(bac_giang.spread_times(1, None, 3)) == 1


def test_the_operators_are_invented_with_valid_codes():
    operators = bac_giang.operators()

    assert len({operator.tax_code for operator in operators}) == 40
    assert [operator.code for operator in operators if not is_tax_code(operator.tax_code)] == []


def test_the_published_catalogue_gives_248_departures_a_day():
    catalogue = read_file(published_file())

    running = bac_giang.operated_routes(catalogue.routes)
    specs = bac_giang.routes(catalogue.routes)

    assert (len(running), sum(route.trips_operated or 0 for route in running)) == (122, 7429)
    assert set(departures_by_day(specs).values()) == {248}


def test_each_published_route_runs_as_often_as_published_give_or_take_one():
    catalogue = read_file(published_file())

    running = bac_giang.operated_routes(catalogue.routes)
    monthly = [
        sum(len(slot.days_of_month - {31}) if slot.days_of_month else 30 for slot in spec.slots)
        for spec in bac_giang.routes(catalogue.routes)
    ]

    assert [
        route.code for route, runs in zip(running, monthly, strict=True) if abs(runs - (route.trips_operated or 0)) > 1
    ] == []


def test_the_published_day_fits_on_24_bays():
    specs = bac_giang.routes(read_file(published_file()).routes)

    busy = Counter(
        minute
        for spec in specs
        for slot in spec.slots
        for minute in range(
            slot.departs_at.hour * 60 + slot.departs_at.minute - 30,
            slot.departs_at.hour * 60 + slot.departs_at.minute + 5,
        )
    )

    assert max(busy.values()) <= 24


def test_every_slot_of_bac_giang_has_a_coach_and_a_driver():
    specs = bac_giang.routes(read_file(published_file()).routes)

    fleet = bac_giang.fleet(specs, today=date(2026, 11, 22))

    assert len(fleet.crews) == sum(len(spec.slots) for spec in specs)
    assert len({vehicle.plate for vehicle in fleet.vehicles}) == len(fleet.vehicles) == len(fleet.drivers)
