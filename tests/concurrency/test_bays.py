"""Two dispatchers, two real connections."""

import pytest

from station.models import BayBooking
from station.services.bays import assign_bay
from tests.factories import BayFactory, DepartureFactory, RouteFactory, StationFactory

pytestmark = pytest.mark.django_db(transaction=True)
READ = "station.selectors.bays.bookings_between"


@pytest.fixture
def station():
    return StationFactory()


def drag(departure, bay, now):
    def move():
        assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=None, now=now)
        return "moved"

    return move


def two_drags_one_bay(station, race, now):
    bay = BayFactory(station=station)
    departures = [DepartureFactory(route=RouteFactory(origin=station)) for _ in range(2)]
    return race(*(drag(departure, bay, now) for departure in departures))


def test_the_lock_on_the_bay_lets_one_coach_in(station, race, meet_after_reading, now):
    meet_after_reading(READ)

    assert two_drags_one_bay(station, race, now) == ["BayTaken", "moved"]
    assert BayBooking.objects.count() == 1


def test_without_the_lock_both_see_it_free_and_the_constraint_lets_one_in(
    station, race, meet_after_reading, no_lock, now
):
    """Proves that the test above really races. Two writers of one exclusion constraint may wait for each other:
    then the database ends one of them, which the pages answer with «busy»."""
    meet_after_reading(READ)

    outcomes = two_drags_one_bay(station, race, now)

    assert outcomes in (["BayTaken", "moved"], ["OperationalError", "moved"])
    assert BayBooking.objects.count() == 1


def two_drags_one_coach(station, race, now):
    departure = DepartureFactory(route=RouteFactory(origin=station))
    return race(*(drag(departure, BayFactory(station=station), now) for _ in range(2)))


def test_two_moves_of_one_coach_follow_each_other(station, race, now):
    assert two_drags_one_coach(station, race, now) == ["moved", "moved"]
    assert BayBooking.objects.count() == 1


def test_without_the_lock_the_second_move_of_a_coach_is_stale(station, race, meet_after_reading, no_lock, now):
    meet_after_reading(READ)

    assert two_drags_one_coach(station, race, now) == ["StaleState", "moved"]
    assert BayBooking.objects.count() == 1
