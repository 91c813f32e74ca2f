"""A catalogue of our own with the dirt of the published one: tests/data/sample_routes.csv."""

from collections import Counter
from datetime import date

import pytest

from station.rules.catalogue import COLUMNS, MissingColumns, Reason, province_names, read_catalogue
from tests.catalogue import SAMPLE, published_file, read_file

GOOD_CELLS = "2899.0112.A,,Bắc Ninh,Đồi,BX903,Hà Nội,Chợ,BX902,100,Liên tỉnh,60,30,30,Đã công bố,1/SM,08/07/2024,Sở,X"
GOOD = dict(zip(COLUMNS, GOOD_CELLS.split(","), strict=True))


KNOWN_DIRT = {
    Reason.CALENDAR_LABEL: 326,
    Reason.TYPE_SPELLED_OTHERWISE: 94,
    Reason.TYPE_IS_A_STATUS: 7,
    Reason.TYPE_CONTRADICTS_ENDS: 29,
    Reason.STATION_REF_MISSING: 60,
    Reason.STATION_REF_FOUND_BY_NAME: 6,
    Reason.STATION_REF_OF_ANOTHER_PLACE: 2,
    Reason.STATION_SPELLED_OTHERWISE: 11,
    Reason.STATUS_MISSING: 2,
    Reason.STATUS_TAKEN_FROM_TYPE: 4,
    Reason.DISTANCE_ZERO: 5,
    Reason.DISTANCE_NOT_CREDIBLE: 9,
    Reason.DISTANCE_UNLIKE_SIBLINGS: 2,
    Reason.LONG_MONTH_OVER_PERMITTED: 10,
    Reason.TRIPS_OVER_PERMITTED: 5,
    Reason.INTERVAL_ZERO: 9,
    Reason.UNREADABLE_REPAIRED: 6,
    Reason.SAME_WAY_AS_ANOTHER_ROUTE: 4,
}


@pytest.fixture(scope="module")
def sample():
    return read_file(SAMPLE)


def read(*rows):
    return read_catalogue(COLUMNS, [(line, list((GOOD | row).values())) for line, row in enumerate(rows, start=2)])


def reasons(catalogue):
    return [(finding.line, finding.column, finding.reason) for finding in catalogue.findings]


def test_every_row_is_used_or_refused(sample):
    used = {route.line for route in sample.routes}

    assert sample.rows == 21
    assert used | sample.refused_lines == set(range(2, 23))
    assert used & sample.refused_lines == set()


def test_refused_rows_say_why(sample):
    assert [(finding.line, finding.reason) for finding in sample.findings if finding.is_refusal] == [
        (17, Reason.CODE_REPEATED),
        (18, Reason.CODE_MALFORMED),
        (19, Reason.STATION_MISSING),
        (20, Reason.WRONG_FIELD_COUNT),
        (21, Reason.ENDS_ARE_ONE_STATION),
    ]


def test_clean_rows_are_not_doubted(sample):
    assert {route.line for route in sample.routes} - sample.doubtful_lines == {2, 15, 22}


def test_each_doubt_names_line_column_value_and_reason(sample):
    doubts = [(finding.column, finding.value, finding.reason) for finding in sample.findings if finding.line == 7]

    assert doubts == [
        ("arrival_station_ref", "", Reason.STATION_REF_FOUND_BY_NAME),
        ("arrival_station", "Huyện Na Mẫu", Reason.STATION_SPELLED_OTHERWISE),
        ("route_type", "Đã công bố", Reason.TYPE_IS_A_STATUS),
        ("trips_operated", "60", Reason.TRIPS_OVER_PERMITTED),
        ("decision_date", "31/02/2024", Reason.DATE_MALFORMED),
    ]


def test_the_sample_has_nearly_every_kind_of_dirt(sample):
    assert set(Reason) - {finding.reason for finding in sample.findings} == {
        Reason.PROVINCE_MISSING,
        # These two are found by the import, beside what is stored.
        Reason.NOT_ACCEPTED,
        Reason.ENDS_DIFFER_FROM_OURS,
    }


def test_spellings_of_one_station_become_one(sample):
    names = {route.line: route.destination.name for route in sample.routes if route.destination.code == "BX905"}

    assert names == {6: "Na Mẫu", 7: "Na Mẫu", 8: "Na Mẫu"}


def test_a_number_used_for_two_provinces_stays_with_the_commoner(sample):
    stray = next(route for route in sample.routes if route.line == 13)

    assert (stray.origin.code, stray.destination.ref) == ("BX901", "")
    assert stray.destination.code[:12] == "NR-SUOIMAU-4"


def test_a_clean_row_is_read_whole():
    route = read({"route_code_old": "2999.0112.A"}).routes[0]

    assert (route.code, route.code_old, route.kind, route.status, route.name) == (
        "2899.0112.A", "2999.0112.A", "inter", "announced", "Đồi – Chợ",
    )  # fmt: skip
    assert (route.distance_km, route.trips_permitted, route.trips_operated, route.min_interval_minutes) == (
        100, 60, 30, 30,
    )  # fmt: skip
    assert (route.decision_number, route.decision_on, route.issuing_authority) == ("1/SM", date(2024, 7, 8), "Sở")


def test_a_column_that_is_missing_refuses_the_file():
    with pytest.raises(MissingColumns) as refusal:
        read_catalogue(["route_code"], [])

    assert refusal.value.columns == COLUMNS[1:]


@pytest.mark.parametrize(
    ("kind", "arrival", "read_as", "doubts"),
    [
        ("Liên tỉnh", "Hà Nội", "inter", []),
        ("Tuyến vận tải liên tỉnh", "Hà Nội", "inter", [Reason.TYPE_SPELLED_OTHERWISE]),
        ("LIÊN TỈNH", "Hà Nội", "inter", []),
        ("Nội tỉnh", "Hà Nội", "inter", [Reason.TYPE_CONTRADICTS_ENDS]),
        ("Liên tỉnh", "Bắc Giang", "inter", [Reason.TYPE_CONTRADICTS_ENDS]),
        ("Xe buýt", "Hà Nội", "bus", []),
        ("Tuyến mới", "Hà Nội", "inter", [Reason.TYPE_IS_A_STATUS]),
        ("", "Hà Nội", "inter", [Reason.TYPE_MISSING]),
        ("?", "Hà Nội", "inter", [Reason.TYPE_UNKNOWN]),
    ],
)
def test_the_ends_and_the_code_outweigh_the_type_column(kind, arrival, read_as, doubts):
    catalogue = read({"route_type": kind, "arrival_province": arrival})

    assert catalogue.routes[0].kind == read_as
    assert [finding.reason for finding in catalogue.findings] == doubts


@pytest.mark.parametrize(
    ("operated", "permitted", "doubts"),
    [
        ("30", "30", []),
        ("31", "30", [Reason.LONG_MONTH_OVER_PERMITTED]),
        ("62", "60", [Reason.LONG_MONTH_OVER_PERMITTED]),
        ("63", "60", [Reason.TRIPS_OVER_PERMITTED]),
        ("0", "0", [Reason.NO_TRIPS_PERMITTED]),
        ("", "", []),
    ],
)
def test_more_trips_than_permitted_are_doubted_and_kept(operated, permitted, doubts):
    catalogue = read({"trips_operated": operated, "total_trips_per_month": permitted})

    assert [finding.reason for finding in catalogue.findings] == doubts
    assert len(catalogue.routes) == 1


@pytest.mark.parametrize(
    ("distance", "read_as", "doubts"),
    [
        ("5", 5, []),
        ("4", None, [Reason.DISTANCE_NOT_CREDIBLE]),
        ("2501", None, [Reason.DISTANCE_NOT_CREDIBLE]),
        ("0", None, [Reason.DISTANCE_ZERO]),
        ("-7", None, [Reason.NOT_A_NUMBER]),
        ("", None, [Reason.DISTANCE_MISSING]),
    ],
)
def test_a_distance_that_cannot_be_is_not_used(distance, read_as, doubts):
    catalogue = read({"distance_km": distance})

    assert catalogue.routes[0].distance_km == read_as
    assert [finding.reason for finding in catalogue.findings] == doubts


def test_a_distance_far_below_another_way_between_the_same_stations_is_not_used():
    catalogue = read({"distance_km": "230"}, {"route_code": "2899.0112.B", "distance_km": "52", "itinerary": "Y"})

    assert [route.distance_km for route in catalogue.routes] == [230, None]
    assert reasons(catalogue) == [(3, "distance_km", Reason.DISTANCE_UNLIKE_SIBLINGS)]


def test_a_province_that_is_not_given_is_doubted():
    assert reasons(read({"arrival_province": ""})) == [(2, "arrival_province", Reason.PROVINCE_MISSING)]


def test_decomposed_letters_and_stray_spaces_are_no_dirt():
    catalogue = read({"arrival_station": " Cho\u031b\u0323 ", "distance_km": " 100 "})

    assert catalogue.routes[0].destination.name == "Chợ"
    assert catalogue.findings == ()


def test_a_province_has_a_name_before_and_since_the_mergers():
    assert province_names("Hoà Bình") == ("Hoà Bình", "Phú Thọ")
    assert province_names("Hòa Bình") == ("Hòa Bình", "Phú Thọ")
    assert province_names("Hà Nội") == ("", "Hà Nội")


def test_of_the_published_catalogue_all_but_one_row_is_used():
    catalogue = read_file(published_file())

    assert (catalogue.rows, len(catalogue.routes), len(catalogue.doubtful_lines)) == (877, 876, 447)
    assert [(each.line, each.value) for each in catalogue.findings if each.is_refusal] == [(871, "466.1414.A")]


def test_the_known_dirt_of_the_published_catalogue_is_found():
    found = Counter(finding.reason for finding in read_file(published_file()).findings)

    assert {reason: found[reason] for reason in KNOWN_DIRT} == KNOWN_DIRT
