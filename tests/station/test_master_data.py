"""Master data is checked whole before it is written."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from station.enums import Direction, DocumentKind, RouteKind, VehicleKind
from station.models import Bay, Document, Route, Seat, ServiceSlot, Vehicle
from station.rules.seat_maps import LAYOUTS
from station.selectors.routes import routes_matching
from station.services import master_data
from station.services.master_data import Paper, StopLine
from tests.factories import FarStationFactory, NoticeFactory, OperatorFactory, RouteFactory, StationFactory

pytestmark = pytest.mark.django_db
YEAR = date(2026, 1, 1)


def new_route(**changes):
    ends = {"origin": StationFactory(), "destination": FarStationFactory()}
    row = {"code": "2829.0113.A", "name": "Hoà Bình – Mỹ Đình", "kind": RouteKind.INTER} | ends | changes
    return Route(**row)


def test_a_route_is_entered_with_its_stops_in_order():
    stops = [StopLine("Hoà Bình", 0, 0), StopLine("Kỳ Sơn", 12, 20), StopLine("Mỹ Đình", 76, 120)]

    route = master_data.register_route(new_route(), stops)

    assert list(route.stops.order_by("position").values_list("position", "name", "search_key")) == [
        (0, "Hoà Bình", "hoa binh"), (1, "Kỳ Sơn", "ky son"), (2, "Mỹ Đình", "my dinh"),
    ]  # fmt: skip
    assert list(routes_matching("mỹ đình")) == [route]


def test_a_route_between_one_place_is_refused_unless_it_is_a_bus():
    here = StationFactory()

    with pytest.raises(ValidationError, match="a_route_joins_two_places_unless_a_bus"):
        master_data.register_route(new_route(origin=here, destination=here), ())
    bus = master_data.register_route(new_route(origin=here, destination=here, kind=RouteKind.BUS, code="B01"), ())

    assert list(Route.objects.order_by("pk")) == [bus]


def test_what_the_catalogue_does_not_say_is_completed():
    route = RouteFactory(distance_km=None, duration_minutes=None)

    master_data.complete_route(route, distance_km=95, duration_minutes=140)

    route.refresh_from_db()
    assert (route.distance_km, route.duration_minutes) == (95, 140)


def test_a_slot_goes_out_from_the_origin_and_back_from_the_other_end():
    route = RouteFactory(destination=StationFactory())
    notice = NoticeFactory(route=route)

    slots = [
        master_data.register_slot(notice, station, time(7), seat_map=None, valid_from=YEAR)
        for station in (route.origin, route.destination)
    ]

    assert [slot.direction for slot in slots] == [Direction.OUT, Direction.BACK]


def test_a_slot_may_run_on_some_days_of_the_month():
    notice = NoticeFactory()

    master_data.register_slot(
        notice, notice.route.origin, time(7), seat_map=None, valid_from=YEAR, days_of_month={15, 1}
    )

    assert list(ServiceSlot.objects.order_by("pk").values_list("days_of_month", flat=True)) == [[1, 15]]


def test_a_slot_is_registered_once():
    notice = NoticeFactory()
    master_data.register_slots(notice, notice.route.origin, [time(7)], seat_map=None, valid_from=YEAR)

    with pytest.raises(ValidationError):
        master_data.register_slots(notice, notice.route.origin, [time(7)], seat_map=None, valid_from=YEAR)


def test_a_layout_becomes_a_map_with_numbered_seats():
    seat_map = master_data.register_seat_map(LAYOUTS["B40"])

    labels = list(Seat.objects.filter(seat_map=seat_map).order_by("ordinal").values_list("label", flat=True))
    assert (seat_map.decks, len(labels), labels[0], labels[-1]) == (2, 40, "A01", "B20")


def test_a_vehicle_is_stored_under_its_normalised_plate_with_its_papers():
    seat_map = master_data.register_seat_map(LAYOUTS["S29"])
    vehicle = Vehicle(
        plate="28b-010.05", kind=VehicleKind.COACH, operator=OperatorFactory(), seat_map=seat_map, fee_seats=29
    )

    master_data.register_vehicle(vehicle, [Paper(DocumentKind.INSPECTION, "KD-1", YEAR, date(2026, 7, 1))])

    assert vehicle.plate == "28B01005"
    assert list(Document.objects.order_by("pk").values_list("vehicle__plate", "number")) == [("28B01005", "KD-1")]


def test_a_paper_that_ends_before_it_begins_takes_the_vehicle_with_it():
    vehicle = Vehicle(plate="28B01005", kind=VehicleKind.BUS, operator=OperatorFactory(), fee_seats=40)

    with pytest.raises(ValidationError):
        master_data.register_vehicle(vehicle, [Paper(DocumentKind.INSURANCE, "BH-1", YEAR, date(2025, 1, 1))])

    assert Vehicle.objects.count() == 0


def test_many_rows_with_one_that_is_wrong_are_refused_in_words_and_none_is_written():
    station = StationFactory()
    bays = [("A01", "boarding", ""), ("A02", "no such kind", "")]

    with pytest.raises(ValidationError, match="no such kind"):
        master_data.register_bays(station, bays)

    assert Bay.objects.count() == 0


def test_a_second_vehicle_of_the_same_plate_is_refused_in_words():
    vehicles = [
        (Vehicle(plate="28B01005", kind=VehicleKind.BUS, operator=OperatorFactory(), fee_seats=40), ())
        for _ in range(2)
    ]
    master_data.register_vehicles(vehicles[:1])

    with pytest.raises(ValidationError, match="plate_is_unique_among_active_vehicles"):
        master_data.register_vehicles(vehicles[1:])

    assert Vehicle.objects.count() == 1


def test_two_rows_that_are_wrong_only_together_are_refused():
    station = StationFactory()

    with pytest.raises(ValidationError, match="duplicate key"):
        master_data.register_bays(station, [("A01", "boarding", ""), ("A01", "boarding", "")])
