"""A demonstration that is left running does not rot: hand-overs, long overdue coaches, a new day."""

from datetime import timedelta

import pytest

from demo.models import PlayedDay
from demo.services import planting
from demo.services.keeping import Keeper
from demo.services.playing import play_station
from demo.services.rounds import begin_round
from reports.selectors.invariants import breaches, invariants
from station.enums import DepartureState, ShiftState, TillState
from station.models import Departure, Shift, Till, YardVisit
from tests.demo.played import coach, day_of, small_station
from tests.factories import NOW, TODAY, ServiceSlotFactory, at

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def station():
    station = small_station()
    # Something runs from here every day, so that it is played at all.
    ServiceSlotFactory(notice__route__origin=station, station=station, departs_at=at("17:00").time())
    coach(station, "09:30", electronic=False)
    coach(station, "14:30", electronic=False)
    day_of(station, present=NOW)
    play_station(station, until=NOW)
    return station


def state_of(hhmm: str) -> str:
    return Departure.objects.get(planned_at=at(hhmm)).state


def test_a_coach_is_brought_along_once_it_is_long_overdue(station):
    keeper = Keeper(NOW)

    keeper.look(at("10:14"))
    before = state_of("09:30")
    keeper.look(at("10:16"))

    assert (before, state_of("09:30")) == (DepartureState.PLANNED, DepartureState.DEPARTED)
    assert state_of("14:30") == DepartureState.PLANNED
    assert [str(breach) for each in invariants() for breach in breaches(each, at("10:16"))] == []


def test_a_planted_coach_is_left_where_it_is(station):
    coach(station, "08:36", electronic=False)
    planting.choose(at("09:01"))

    Keeper(NOW).look(at("09:22"))

    assert state_of("08:36") == DepartureState.PLANNED
    assert planting.planted(at("09:22"))["late_coach"] == [Departure.objects.get(planned_at=at("08:36")).pk]


def test_a_ca_changes_hands_a_little_late_so_that_nobody_is_counted_at_work(station):
    keeper = Keeper(NOW)

    keeper.look(at("13:03"))
    before = Shift.current(station.pk, at("13:03")).name
    keeper.look(at("13:11"))

    assert (before, Shift.current(station.pk, at("13:11")).name) == ("Ca 1", "Ca 2")
    assert dict(Shift.objects.order_by("starts_at").values_list("name", "state")) == {
        "Ca 3": ShiftState.CLOSED,
        "Ca 1": ShiftState.CLOSED,
        "Ca 2": ShiftState.OPEN,
    }
    tills = Till.objects.filter(state=TillState.OPEN).values_list("clerk__username", "opened_at")
    assert dict(tills) == dict.fromkeys(("banve1", "banve2", "dieudo1", "truongca1"), at("13:10"))
    assert [str(breach) for each in invariants() for breach in breaches(each, at("13:11"))] == []


def test_a_second_look_at_the_same_moment_does_nothing(station):
    keeper = Keeper(NOW)
    keeper.look(at("13:11"))
    before = (Shift.objects.count(), Till.objects.count(), YardVisit.objects.count())

    keeper.look(at("13:11"))

    assert (Shift.objects.count(), Till.objects.count(), YardVisit.objects.count()) == before


def test_a_new_day_is_prepared_when_midnight_passes(station):
    tomorrow = TODAY + timedelta(days=1)
    play_station(station, until=at("23:50"))

    Keeper(at("23:50")).look(at("00:01", tomorrow))

    assert list(PlayedDay.objects.order_by("day").values_list("day", flat=True)) == [TODAY, tomorrow]
    assert Departure.objects.filter(service_on=tomorrow).count() == 1
    assert [str(breach) for each in invariants() for breach in breaches(each, at("00:01", tomorrow))] == []


def test_a_start_on_a_later_day_ends_the_old_day_and_begins_the_new_one(station):
    tomorrow = TODAY + timedelta(days=1)
    later = at("12:00", tomorrow)

    begin_round(now=later)
    play_station(station, until=later)

    assert (state_of("09:30"), state_of("14:30")) == (DepartureState.DEPARTED, DepartureState.DEPARTED)
    assert list(PlayedDay.objects.order_by("day").values_list("day", "is_over")) == [(TODAY, True), (tomorrow, False)]
    assert Shift.current(station.pk, later).lead.username == "truongca1"
    assert [str(breach) for each in invariants() for breach in breaches(each, later)] == []
