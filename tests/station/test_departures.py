from datetime import date, datetime, time, timedelta

import pytest

from station.enums import DepartureState, Direction, Milestone, NoticeState, RouteKind
from station.errors import DepartureNotOpen, NoBay, NotInYard, TooEarlyToBoard, WrongDriver, WrongVehicle
from station.models import BayBooking, Departure, JournalEntry, OutboxMessage
from station.services.bays import assign_bay
from station.services.departures import (
    Crew,
    PlanOutcome,
    assign_vehicle,
    assign_vehicles,
    mark_departed,
    open_for_boarding,
    plan_day,
    reach,
)
from tests.factories import (
    STATION_TIME,
    TODAY,
    BayFactory,
    ContractFactory,
    DepartureFactory,
    DriverFactory,
    NoticeFactory,
    OperatorFactory,
    RouteFactory,
    SeatMapFactory,
    ServiceSlotFactory,
    SlotSuspensionFactory,
    StationFactory,
    UserFactory,
    VehicleFactory,
    YardVisitFactory,
    at,
)

pytestmark = pytest.mark.django_db


def planned(station, day=TODAY):
    rows = Departure.objects.filter(station=station, service_on=day)
    return list(rows.order_by("planned_at").values_list("planned_at", flat=True))


def test_a_slot_becomes_the_departure_of_the_day(now):
    slot = ServiceSlotFactory(departs_at=time(5, 30), direction=Direction.BACK)

    outcome = plan_day(station=slot.station, day=TODAY, now=now)

    departure = Departure.objects.get()
    assert outcome == PlanOutcome(created=1, kept=0)
    assert departure.planned_at == datetime(2026, 11, 22, 5, 30, tzinfo=STATION_TIME)
    assert (departure.service_on, departure.direction, departure.state) == (TODAY, "back", "planned")
    assert (departure.slot, departure.route, departure.operator) == (slot, slot.notice.route, slot.notice.operator)
    assert (departure.seat_map, departure.vehicle, departure.driver) == (slot.seat_map, None, None)


def test_a_second_run_makes_nothing(now):
    slot = ServiceSlotFactory()
    plan_day(station=slot.station, day=TODAY, now=now)

    outcome = plan_day(station=slot.station, day=TODAY, now=now)

    assert outcome == PlanOutcome(created=0, kept=1)
    assert Departure.objects.count() == 1
    assert JournalEntry.objects.filter(action="day_planned").count() == 1


def test_a_slot_added_later_joins_the_planned_day(now):
    first = ServiceSlotFactory(departs_at=time(8, 0))
    plan_day(station=first.station, day=TODAY, now=now)
    ServiceSlotFactory(notice=first.notice, departs_at=time(10, 0))

    outcome = plan_day(station=first.station, day=TODAY, now=now)

    assert outcome == PlanOutcome(created=1, kept=1)
    assert planned(first.station) == [at("08:00"), at("10:00")]


@pytest.mark.parametrize(
    "pattern",
    [
        {"weekdays": [1, 2, 3, 4, 5, 6]},
        {"days_of_month": [1, 15]},
        {"valid_from": date(2026, 11, 23)},
        {"valid_until": date(2026, 11, 22)},
        {"notice__state": NoticeState.STOPPED},
        {"notice__effective_on": date(2026, 11, 23)},
    ],
    ids=lambda pattern: next(iter(pattern)),
)
def test_a_slot_that_does_not_run_today_makes_nothing(now, pattern):
    slot = ServiceSlotFactory(**pattern)

    assert plan_day(station=slot.station, day=TODAY, now=now) == PlanOutcome(created=0, kept=0)


def test_a_slot_runs_on_the_days_it_names(now):
    slot = ServiceSlotFactory(weekdays=[7], days_of_month=[22], valid_from=TODAY, valid_until=date(2026, 11, 23))

    assert plan_day(station=slot.station, day=TODAY, now=now) == PlanOutcome(created=1, kept=0)


def test_a_suspended_slot_does_not_run_until_the_day_after(now):
    suspension = SlotSuspensionFactory(first_day=date(2026, 11, 20), last_day=TODAY)
    station = suspension.slot.station

    today = plan_day(station=station, day=TODAY, now=now)
    tomorrow = plan_day(station=station, day=TODAY + timedelta(days=1), now=now)

    assert (today.created, tomorrow.created) == (0, 1)


def test_slots_of_other_stations_are_left_alone(now):
    ServiceSlotFactory()

    assert plan_day(station=StationFactory(), day=TODAY, now=now) == PlanOutcome(created=0, kept=0)


@pytest.mark.parametrize(
    ("contract", "kind", "on_sale"),
    [
        ({}, RouteKind.INTER, True),
        ({}, RouteKind.BUS, False),
        ({"sells_tickets": False}, RouteKind.INTER, False),
        ({"valid_until": TODAY}, RouteKind.INTER, False),
        ({"valid_from": date(2026, 11, 23)}, RouteKind.INTER, False),
    ],
)
def test_tickets_are_sold_when_the_contract_of_the_day_says_so(now, contract, kind, on_sale):
    slot = ServiceSlotFactory(notice__route__kind=kind)
    ContractFactory(station=slot.station, operator=slot.notice.operator, **contract)

    plan_day(station=slot.station, day=TODAY, now=now)

    assert Departure.objects.get().is_on_sale is on_sale


@pytest.mark.parametrize("slots", [1, 40])
def test_planning_takes_the_same_queries_for_any_number_of_slots(now, slots, django_assert_num_queries):
    notice = NoticeFactory()
    seat_map = SeatMapFactory()
    for minute in range(slots):
        ServiceSlotFactory(notice=notice, departs_at=time(6, minute), seat_map=seat_map)

    with django_assert_num_queries(14):
        plan_day(station=notice.route.origin, day=TODAY, now=now)

    assert Departure.objects.count() == slots


def test_a_vehicle_of_the_operator_is_assigned(now):
    departure = DepartureFactory(seat_map=None)
    vehicle = VehicleFactory(operator=departure.operator)
    driver = DriverFactory(operator=departure.operator)

    assign_vehicle(departure_id=departure.pk, vehicle_id=vehicle.pk, driver_id=driver.pk, by=None, now=now)

    departure.refresh_from_db()
    assert (departure.vehicle, departure.driver, departure.seat_map) == (vehicle, driver, vehicle.seat_map)


def test_the_seat_map_of_the_sale_outlives_another_vehicle(now):
    departure = DepartureFactory()
    vehicle = VehicleFactory(operator=departure.operator)

    assign_vehicle(departure_id=departure.pk, vehicle_id=vehicle.pk, driver_id=None, by=None, now=now)

    assert Departure.objects.get().seat_map == departure.seat_map


def test_a_vehicle_of_somebody_else_is_refused(now):
    departure = DepartureFactory()
    vehicle = VehicleFactory(plate="28B01005", operator=OperatorFactory(short_name="Nhà xe Khác"))

    with pytest.raises(WrongVehicle) as refusal:
        assign_vehicle(departure_id=departure.pk, vehicle_id=vehicle.pk, driver_id=None, by=None, now=now)

    assert refusal.value.facts == {"plate": "28B-010.05", "operator": "Nhà xe Khác"}
    assert Departure.objects.get().vehicle is None


def test_a_driver_of_somebody_else_is_refused(now):
    departure = DepartureFactory()
    vehicle = VehicleFactory(operator=departure.operator)
    driver = DriverFactory(full_name="Bùi Văn Khác", operator__short_name="Nhà xe Khác")

    with pytest.raises(WrongDriver) as refusal:
        assign_vehicle(departure_id=departure.pk, vehicle_id=vehicle.pk, driver_id=driver.pk, by=None, now=now)

    assert refusal.value.facts == {"driver": "Bùi Văn Khác", "operator": "Nhà xe Khác"}


def test_a_coach_that_waits_in_the_yard_joins_its_departure(now):
    departure = DepartureFactory()
    vehicle = VehicleFactory(operator=departure.operator)
    visit = YardVisitFactory(station=departure.station, vehicle=vehicle)

    assign_vehicle(departure_id=departure.pk, vehicle_id=vehicle.pk, driver_id=None, by=None, now=now)

    visit.refresh_from_db()
    assert visit.departure == departure


def test_the_replaced_coach_serves_nothing_any_more(now):
    departure = DepartureFactory()
    old = YardVisitFactory(station=departure.station, departure=departure)
    vehicle = VehicleFactory(operator=departure.operator)
    new = YardVisitFactory(station=departure.station, vehicle=vehicle)

    assign_vehicle(departure_id=departure.pk, vehicle_id=vehicle.pk, driver_id=None, by=None, now=now)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.departure, new.departure) == (None, departure)


def test_a_departure_that_left_gets_no_other_vehicle(now):
    departure = DepartureFactory(state=DepartureState.DEPARTED, departed_at=now)

    with pytest.raises(DepartureNotOpen):
        assign_vehicle(departure_id=departure.pk, vehicle_id=0, driver_id=None, by=None, now=now)


@pytest.mark.parametrize(
    ("milestone", "field"),
    [(Milestone.ORDER_ISSUED, "order_issued_at"), (Milestone.EXIT_CONFIRMED, "exit_confirmed_at")],
)
def test_a_milestone_is_reached_once(now, milestone, field):
    departure = DepartureFactory()

    reach(departure, milestone, by=None, now=now)
    reach(departure, milestone, by=None, now=now + timedelta(minutes=5))

    assert getattr(Departure.objects.get(), field) == now
    assert JournalEntry.objects.count() == 1


def coach_in_its_bay(now):
    departure = DepartureFactory()
    YardVisitFactory(station=departure.station, departure=departure)
    bay = BayFactory(station=departure.station, code="7")
    assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=None, now=now)
    return departure


def test_passengers_board_when_the_coach_stands_in_its_bay(now):
    departure = coach_in_its_bay(now)

    open_for_boarding(departure_id=departure.pk, by=UserFactory(), now=at("13:30"))

    assert Departure.objects.get().state == DepartureState.BOARDING


def test_nobody_boards_before_the_bay_is_free(now):
    departure = coach_in_its_bay(now)

    with pytest.raises(TooEarlyToBoard) as refusal:
        open_for_boarding(departure_id=departure.pk, by=UserFactory(), now=at("13:29"))

    assert refusal.value.facts == {"bay": "7", "start": "13:30"}


def test_nobody_boards_a_coach_that_is_not_there(now):
    departure = DepartureFactory()

    with pytest.raises(NotInYard):
        open_for_boarding(departure_id=departure.pk, by=UserFactory(), now=at("13:30"))


def test_nobody_boards_without_a_bay(now):
    departure = DepartureFactory()
    YardVisitFactory(station=departure.station, departure=departure)

    with pytest.raises(NoBay):
        open_for_boarding(departure_id=departure.pk, by=UserFactory(), now=at("13:30"))


def test_a_departure_that_leaves_frees_its_bay(now):
    departure = coach_in_its_bay(now)
    left_at = at("13:55")

    mark_departed(departure, by=UserFactory(), now=left_at)

    departure.refresh_from_db()
    assert (departure.state, departure.departed_at) == (DepartureState.DEPARTED, left_at)
    assert BayBooking.objects.get().is_live is False


def test_open_boards_hear_of_it(now):
    departure = DepartureFactory(route=RouteFactory(origin=StationFactory(code="HB01")))

    reach(departure, Milestone.ORDER_ISSUED, by=None, now=now)

    topics = OutboxMessage.objects.order_by("pk").values_list("task", flat=True)
    assert list(topics) == ["push.bays-HB01", "push.board-HB01"]


def crew_for(departure):
    vehicle, driver = VehicleFactory(operator=departure.operator), DriverFactory(operator=departure.operator)
    return Crew(vehicle.pk, driver.pk)


def test_a_roster_names_coach_and_driver_of_many_departures_in_one_entry(now):
    station = StationFactory()
    first, second = (DepartureFactory(route__origin=station, station=station, seat_map=None) for _ in range(2))
    crews = {departure.pk: crew_for(departure) for departure in (first, second)}

    assign_vehicles(station=station, crews=crews, by=None, now=now)

    named = Departure.objects.order_by("pk").values_list("pk", "vehicle_id", "driver_id")
    assert {pk: Crew(vehicle, driver) for pk, vehicle, driver in named} == crews
    assert Departure.objects.filter(seat_map=None).count() == 0
    assert JournalEntry.objects.filter(action="crews_assigned").count() == 1


def test_a_roster_with_a_coach_of_another_operator_names_nobody(now):
    station = StationFactory()
    first, second = (DepartureFactory(route__origin=station, station=station) for _ in range(2))
    crews = {first.pk: crew_for(first), second.pk: Crew(VehicleFactory().pk)}

    with pytest.raises(WrongVehicle):
        assign_vehicles(station=station, crews=crews, by=None, now=now)

    assert Departure.objects.filter(vehicle=None).count() == 2


def test_a_coach_already_inside_serves_the_departure_the_roster_names_it_for(now):
    departure = DepartureFactory()
    vehicle = VehicleFactory(operator=departure.operator)
    visit = YardVisitFactory(station=departure.station, vehicle=vehicle)

    assign_vehicles(station=departure.station, crews={departure.pk: Crew(vehicle.pk)}, by=None, now=now)

    visit.refresh_from_db()
    assert visit.departure == departure
