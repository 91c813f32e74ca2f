"""What a counter can sell now."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from station.clock import local_day
from station.enums import DepartureState
from tests.factories import (
    DepartureFactory,
    FarStationFactory,
    RouteFactory,
    StationFactory,
    VehicleFactory,
    YardVisitFactory,
    at,
)
from tests.factories_ticketing import booked_bay, hold, priced_departure, sell, till_at
from ticketing import selectors
from ticketing.errors import NoSuchPlace
from ticketing.selectors import Want

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def run(station):
    """`run("Mỹ Đình", "14:00")`: a departure of the station to that place at that time."""
    routes = {}

    def planned(place, hhmm, **facts):
        if place not in routes:
            routes[place] = RouteFactory(origin=station, destination=FarStationFactory(name=place), stops=3)
        return priced_departure(route=routes[place], planned_at=at(hhmm), **facts)

    return planned


def test_a_digit_means_the_place_with_most_departures_all_day_long(station, run, now):
    for hhmm in ("08:00", "08:30", "08:45"):
        run("Mỹ Đình", hhmm)
    run("Sơn La", "10:00")
    run("Sơn La", "11:00")

    found = selectors.destinations_of(station, local_day(now), now)

    assert [(row.digit.number, row.digit.name) for row in found] == [(1, "Mỹ Đình"), (2, "Sơn La")]
    assert found[0].next_offer is None
    assert found[1].next_offer.departure.planned_at == at("10:00")


def test_a_route_without_stops_does_not_stop_the_counter(station, run, now):
    run("Sơn La", "10:00")
    unfinished = RouteFactory(origin=station, destination=FarStationFactory(), stops=0)
    DepartureFactory(route=unfinished, planned_at=at("11:00"))

    found = selectors.destinations_of(station, local_day(now), now)

    assert [row.digit.name for row in found] == ["Sơn La"]


def test_a_favourite_shows_its_next_departure_with_a_seat(station, run, now):
    full = run("Sơn La", "10:00", seats=1)
    sell(full, "A1")
    later = run("Sơn La", "11:00", fare=200_000)

    offer = selectors.destinations_of(station, local_day(now), now)[0].next_offer

    assert (offer.departure, offer.fare, offer.free) == (later, 200_000, 4)


def test_a_stop_in_the_middle_is_a_destination_with_its_own_fare_and_seats(station, run, now):
    departure = run("Sơn La", "10:00", fare=200_000)
    start, middle, end = departure.route.stops.order_by("position")
    till = till_at(station)
    sell(departure, "A1", till=till, from_stop_id=middle.pk, to_stop_id=end.pk)

    offers = selectors.departures_to(station, middle.search_key, now)

    assert [(row.departure, row.fare, row.free) for row in offers] == [(departure, 100_000, 4)]
    assert selectors.departures_to(station, end.search_key, now)[0].free == 3
    assert selectors.departures_to(station, start.search_key, now) == []


def test_what_left_was_cancelled_or_is_not_ours_to_sell_is_not_offered(station, run, now):
    run("Sơn La", "08:59")
    run("Sơn La", "10:00", state=DepartureState.CANCELLED)
    run("Sơn La", "10:30", is_on_sale=False)
    run("Sơn La", "11:00", station=StationFactory())

    assert selectors.departures_to(station, "son la", now) == []


def test_an_expired_hold_does_not_count_as_taken(station, run, now):
    departure = run("Sơn La", "10:00")
    hold(departure, "A1", now=now - timedelta(minutes=5))
    hold(departure, "A2", now=now)

    assert selectors.departures_to(station, "son la", now)[0].free == 3


@pytest.mark.parametrize(
    ("letters", "place"),
    [
        ("bmt", "Buôn Ma Thuột"),
        ("buon", "Buôn Ma Thuột"),
        ("ma th", "Buôn Ma Thuột"),
        ("sl", "Sơn La"),
        ("la", "Sơn La"),
    ],
)
def test_letters_find_a_place_without_accents(station, run, now, letters, place):
    run("Buôn Ma Thuột", "10:00")
    run("Sơn La", "10:00")

    assert selectors.places_like(station, letters, now)[0].name == place


def test_a_bus_station_is_found_by_its_own_name(station, run, now):
    run("Bến xe Mỹ Đình", "10:00")

    assert selectors.places_like(station, "md", now)[0].name == "Bến xe Mỹ Đình"
    assert selectors.places_like(station, "xyz", now) == []


def test_the_screen_opens_with_the_next_departure_and_the_best_seat(station, run, now):
    run("Mỹ Đình", "12:00")
    soon = run("Mỹ Đình", "10:00", fare=75_000)
    run("Sơn La", "09:30")

    desk = selectors.desk_of(station, till_at(station), Want(), now)

    assert (desk.offer.departure, desk.chosen, desk.total) == (soon, ["A1"], 75_000)


def test_the_screen_follows_the_wish(station, run, now):
    run("Mỹ Đình", "10:00")
    run("Mỹ Đình", "12:00")
    later = run("Mỹ Đình", "14:30")
    sonla = run("Sơn La", "10:00")
    till = till_at(station)

    def chosen(**want):
        desk = selectors.desk_of(station, till, Want(**want), now)
        return desk.offer.departure, desk.chosen

    assert chosen(favourite=1, at=at("14:00").time()) == (later, ["A1"])
    assert chosen(letters="sl", count=2) == (sonla, ["A1", "A2"])
    assert chosen(to="son la", seats=("B2", "A2")) == (sonla, ["A2", "B2"])
    assert chosen(departure_id=later.pk, to="my dinh", seats=("Z1",)) == (later, ["A1"])
    for nowhere in ({"favourite": 9}, {"letters": "xyz"}):
        with pytest.raises(NoSuchPlace):
            chosen(**nowhere)


def test_what_is_kept_stands_above_every_wish(station, run, now):
    departure = run("Mỹ Đình", "10:00")
    run("Sơn La", "10:00")
    till = till_at(station)
    kept = hold(departure, "B1", "B2", till=till)

    desk = selectors.desk_of(station, till, Want(to="son la", count=1), now)

    assert (desk.hold, desk.offer.departure, desk.chosen) == (kept, departure, ["B1", "B2"])


def test_seats_are_shown_as_this_counter_sees_them(station, run, now):
    departure = run("Sơn La", "10:00")
    start, middle, _end = departure.route.stops.order_by("position")
    mine = hold(departure, "A1")
    hold(departure, "A2")
    sell(departure, "B1", from_stop_id=start.pk, to_stop_id=middle.pk)

    plan = selectors.seat_plan(departure, range(2), now, hold_id=mine.pk)

    assert [(place.label, place.state) for place in plan] == [
        ("A1", "mine"),
        ("A2", "held"),
        ("B1", "sold"),
        ("B2", "free"),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_screen_asks_as_much_for_one_departure_as_for_three(station, run, now, rows):
    till = till_at(station)
    for n in range(rows):
        departure = run("Sơn La", f"1{n}:00", vehicle=VehicleFactory())
        booked_bay(departure, f"{n}")
        sell(departure, "A1", till=till)

    with CaptureQueriesContext(connection) as queries:
        selectors.desk_of(station, till, Want(), now)

    assert len(queries) == 15


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_as_much_for_one_departure_as_for_three(station, run, now, rows, django_assert_num_queries):
    for n in range(rows):
        booked_bay(run("Sơn La", f"1{n}:00", vehicle=VehicleFactory()), f"{n}")

    with django_assert_num_queries(3):
        found = selectors.board_rows(station, now)

    assert [row.bay for row in found] == [f"{n}" for n in range(rows)]


def test_the_board_says_how_each_departure_stands(station, run, now):
    waiting = run("Mai Châu", "09:08")
    YardVisitFactory(station=station, departure=waiting)
    run("Sơn La", "08:45")
    run("Sơn La", "08:55", state=DepartureState.DEPARTED, departed_at=at("08:56"))
    run("Sơn La", "08:20", state=DepartureState.DEPARTED, departed_at=at("08:22"))
    run("Sơn La", "09:30", state=DepartureState.BOARDING)
    run("Sơn La", "10:00", state=DepartureState.CANCELLED)
    run("Sơn La", "10:30")

    found = selectors.board_rows(station, now)

    assert [(f"{at_station(row):%H:%M}", row.state, row.late_minutes) for row in found] == [
        ("08:45", "late", 15),
        ("08:55", "departed", 0),
        ("09:08", "departing", 0),
        ("09:30", "boarding", 0),
        ("10:00", "cancelled", 0),
        ("10:30", "on_time", 0),
    ]


def at_station(row):
    from station.clock import local

    return local(row.departure.planned_at)


def test_city_buses_are_not_on_the_board(station, now):
    DepartureFactory(route__origin=station, route__kind="bus", planned_at=now + timedelta(hours=1))

    assert selectors.board_rows(station, now) == []
