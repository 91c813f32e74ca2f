from datetime import timedelta

import pytest

from station.enums import DepartureState, ExitKind, VisitState
from station.errors import AlreadyInYard, NoSuchPlate, NotInYard, StaleState
from station.models import Departure, JournalEntry, YardVisit
from station.selectors import yard as selectors
from station.services.yard import record_entry, record_exit
from tests.factories import (
    DepartureFactory,
    RouteFactory,
    StationFactory,
    UserFactory,
    VehicleFactory,
    YardVisitFactory,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


def departure_of(vehicle, station, hhmm="14:00", **facts):
    return DepartureFactory(
        vehicle=vehicle, operator=vehicle.operator, route=RouteFactory(origin=station), planned_at=at(hhmm), **facts
    )


def enter(station, plate, now, **facts):
    return record_entry(station=station, plate=plate, passengers_in=None, by=UserFactory(), now=now, **facts)


@pytest.mark.parametrize("typed", ["28B-012.34", "28b01234", " 28B 012 34 "])
def test_a_coach_comes_in_however_its_plate_is_typed(now, station, typed):
    vehicle = VehicleFactory(plate="28B01234")
    departure = departure_of(vehicle, station)

    visit = enter(station, typed, now)

    assert (visit.plate, visit.vehicle, visit.departure) == ("28B01234", vehicle, departure)
    assert (visit.state, visit.entered_at) == (VisitState.IN_YARD, now)
    assert [entry.action for entry in JournalEntry.objects.all()] == ["visit_in_yard"]


def test_the_nearest_live_departure_of_the_day_is_found(now, station):
    vehicle = VehicleFactory()
    departure_of(vehicle, station, "08:50", state=DepartureState.CANCELLED)
    nearest = departure_of(vehicle, station, "10:00")
    departure_of(vehicle, station, "16:00")
    departure_of(vehicle, StationFactory(), "09:05")
    departure_of(vehicle, station, "09:00", service_on=at("09:00").date() + timedelta(days=1))

    assert enter(station, vehicle.plate, now).departure == nearest


def test_a_coach_before_midnight_may_serve_the_first_departure_of_the_next_day(station):
    vehicle = VehicleFactory()
    departure = DepartureFactory(
        vehicle=vehicle,
        operator=vehicle.operator,
        route=RouteFactory(origin=station),
        planned_at=at("23:30") + timedelta(hours=1),
    )

    assert enter(station, vehicle.plate, at("23:30")).departure == departure


def test_a_late_coach_after_midnight_still_serves_its_departure_of_the_day_before(station):
    vehicle = VehicleFactory()
    departure = departure_of(vehicle, station, "23:50")

    visit = enter(station, vehicle.plate, at("23:50") + timedelta(minutes=20))

    assert visit.departure == departure


def test_a_coach_nobody_knows_comes_in_without_a_departure(now, station):
    visit = enter(station, "29B-999.99", now)

    assert (visit.plate, visit.vehicle, visit.departure) == ("29B99999", None, None)


def test_what_is_no_plate_is_refused(now, station):
    with pytest.raises(NoSuchPlate) as refusal:
        enter(station, "1005", now)

    assert refusal.value.facts == {"plate": "1005"}


def test_a_coach_comes_in_once(now, station):
    inside = YardVisitFactory(vehicle__plate="28B01234", entered_at=at("08:30"))

    with pytest.raises(AlreadyInYard) as refusal:
        enter(station, inside.plate, now)

    assert refusal.value.facts == {"plate": "28B-012.34", "entered": "08:30 22/11"}
    assert YardVisit.objects.count() == 1


def test_a_departure_is_served_by_one_coach(now, station):
    vehicle = VehicleFactory()
    departure = departure_of(vehicle, station)
    YardVisitFactory(station=station, departure=departure)

    assert enter(station, vehicle.plate, now).departure is None


def leave_empty(visit, now, **facts):
    facts = {"departure_id": visit.departure_id} | facts
    return record_exit(visit_id=visit.pk, kind=ExitKind.EMPTY, departed=False, by=UserFactory(), now=now, **facts)


def test_a_coach_leaves_on_its_departure(now, station):
    departure = DepartureFactory(route=RouteFactory(origin=station))
    visit = YardVisitFactory(station=station, departure=departure)
    guard = UserFactory()

    record_exit(
        visit_id=visit.pk, departure_id=visit.departure_id, kind=ExitKind.DEPARTURE, departed=True, by=guard, now=now
    )

    visit.refresh_from_db()
    assert (visit.state, visit.left_at, visit.left_by, visit.exit_kind) == ("left", now, guard, "departure")
    assert (Departure.objects.get().state, Departure.objects.get().departed_at) == (DepartureState.DEPARTED, now)
    assert [entry.action for entry in JournalEntry.objects.order_by("pk")] == ["departure_departed", "visit_left"]


def test_a_coach_that_leaves_empty_leaves_its_departure_planned(now, station):
    departure = DepartureFactory(route=RouteFactory(origin=station))
    visit = YardVisitFactory(station=station, departure=departure)

    record_exit(
        visit_id=visit.pk,
        departure_id=visit.departure_id,
        kind=ExitKind.EMPTY,
        departed=False,
        by=UserFactory(),
        now=now,
    )

    assert YardVisit.objects.get().state == VisitState.LEFT
    assert Departure.objects.get().state == DepartureState.PLANNED


def test_a_coach_leaves_once(now):
    visit = YardVisitFactory(vehicle__plate="28B01234")
    record_exit(
        visit_id=visit.pk,
        departure_id=visit.departure_id,
        kind=ExitKind.EMPTY,
        departed=False,
        by=UserFactory(),
        now=now,
    )

    with pytest.raises(NotInYard) as refusal:
        record_exit(
            visit_id=visit.pk,
            departure_id=visit.departure_id,
            kind=ExitKind.EMPTY,
            departed=False,
            by=UserFactory(),
            now=now,
        )

    assert refusal.value.facts == {"plate": "28B-012.34"}


def test_a_coach_that_left_may_come_again(now, station):
    visit = YardVisitFactory(station=station)
    record_exit(
        visit_id=visit.pk,
        departure_id=visit.departure_id,
        kind=ExitKind.EMPTY,
        departed=False,
        by=UserFactory(),
        now=now,
    )

    again = enter(station, visit.plate, now + timedelta(hours=1))

    assert again.pk != visit.pk


def test_last_digits_find_those_inside_first_and_then_those_expected(now, station):
    inside = YardVisitFactory(station=station, vehicle__plate="50F12345")
    expected = departure_of(VehicleFactory(plate="51B12345"), station, "16:10")
    departure_of(VehicleFactory(plate="51B99999"), station)
    YardVisitFactory(vehicle__plate="29B12345")

    found = selectors.suggestions(station, "123.45", now)

    assert [(hit.plate, hit.visit, hit.departure) for hit in found] == [
        ("50F12345", inside, None),
        ("51B12345", None, expected),
    ]


def test_nothing_typed_finds_nothing(now, station):
    YardVisitFactory(station=station)

    assert selectors.suggestions(station, " - ", now) == []


def test_the_yard_lists_the_longest_stay_first(station):
    late = YardVisitFactory(station=station, entered_at=at("08:45"))
    early = YardVisitFactory(station=station, entered_at=at("06:00"))
    YardVisitFactory()

    assert list(selectors.vehicles_in_yard(station)) == [early, late]
    assert selectors.visit_of_plate(station, late.plate) == late
    assert selectors.visit_of_plate(StationFactory(), late.plate) is None


def test_a_coach_that_got_a_departure_meanwhile_stays(now, station):
    visit = YardVisitFactory(station=station, departure=DepartureFactory(route=RouteFactory(origin=station)))

    with pytest.raises(StaleState):
        leave_empty(visit, now, departure_id=None)

    assert YardVisit.objects.get().state == VisitState.IN_YARD
