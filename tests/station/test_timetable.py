from datetime import time, timedelta

import pytest

from station.models import BayBooking, Departure, JournalEntry, ServiceSlot
from station.services.bays import assign_bay
from station.services.departures import plan_day, unplan
from station.services.timetable import change_times
from tests.factories import (
    TODAY,
    BayFactory,
    DepartureFactory,
    DriverFactory,
    ServiceSlotFactory,
    SlotSuspensionFactory,
    UserFactory,
    VehicleFactory,
    YardVisitFactory,
    at,
)

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
MIDNIGHT = at("00:00")


def two_days_of(slot: ServiceSlot) -> None:
    for day in (TODAY, TOMORROW):
        plan_day(station=slot.station, day=day, now=MIDNIGHT)


def planned(slot: ServiceSlot):
    return list(Departure.objects.filter(slot=slot).order_by("service_on").values_list("service_on", flat=True))


def test_what_nobody_touched_is_taken_out_with_its_bay(now):
    slot = ServiceSlotFactory()
    two_days_of(slot)
    first = Departure.objects.earliest("planned_at")
    assign_bay(departure_id=first.pk, bay_id=BayFactory(station=slot.station).pk, by=UserFactory(), now=MIDNIGHT)

    count = unplan(station=slot.station, slots=[slot.pk], since=now, by=None, now=now)

    assert (count, planned(slot), BayBooking.objects.count()) == (2, [], 0)
    assert JournalEntry.objects.filter(action="departures_unplanned").count() == 1


def test_what_was_planned_for_earlier_stays(now):
    slot = ServiceSlotFactory(departs_at=time(8, 0))
    two_days_of(slot)

    count = unplan(station=slot.station, slots=[slot.pk], since=now, by=None, now=now)

    assert (count, planned(slot)) == (1, [TODAY])


def test_whoever_has_a_coach_in_the_yard_keeps_its_departure(now):
    slot = ServiceSlotFactory()
    departure = DepartureFactory(slot=slot, route=slot.notice.route)
    YardVisitFactory(station=departure.station, departure=departure)

    assert unplan(station=slot.station, slots=[slot.pk], since=now, by=None, now=now) == 0


def test_nothing_taken_out_is_no_entry_of_the_journal(now):
    slot = ServiceSlotFactory()

    unplan(station=slot.station, slots=[slot.pk], since=now, by=None, now=now)

    assert JournalEntry.objects.count() == 0


def test_a_slot_that_changes_its_time_ends_and_another_adjusts_it(now):
    slot = ServiceSlotFactory(departs_at=time(14, 0), vehicle=VehicleFactory(), driver=DriverFactory())
    two_days_of(slot)

    [new] = change_times(station=slot.station, times={slot.pk: time(16, 30)}, since=now, by=None, now=now)

    slot.refresh_from_db()
    assert (slot.departs_at, slot.valid_until) == (time(14, 0), TODAY)
    assert (new.departs_at, new.valid_from, new.valid_until, new.adjusts) == (time(16, 30), TODAY, None, slot)
    assert (new.notice, new.seat_map, new.vehicle, new.driver) == (
        slot.notice,
        slot.seat_map,
        slot.vehicle,
        slot.driver,
    )
    assert planned(slot) == []
    assert plan_day(station=slot.station, day=TODAY, now=now).created == 1
    assert planned(new) == [TODAY]


def test_a_time_that_is_over_today_begins_tomorrow(now):
    slot = ServiceSlotFactory(departs_at=time(14, 0))

    [new] = change_times(station=slot.station, times={slot.pk: time(3, 0)}, since=now, by=None, now=now)

    assert new.valid_from == TOMORROW


def test_a_departure_of_before_the_change_still_runs_today(now):
    slot = ServiceSlotFactory(departs_at=time(8, 0))
    two_days_of(slot)

    change_times(station=slot.station, times={slot.pk: time(16, 30)}, since=now, by=None, now=now)

    slot.refresh_from_db()
    assert (slot.valid_until, planned(slot)) == (TOMORROW, [TODAY])


def test_a_slot_adjusted_again_still_says_which_one_was_registered(now):
    slot = ServiceSlotFactory()
    [first] = change_times(station=slot.station, times={slot.pk: time(16, 30)}, since=now, by=None, now=now)

    [second] = change_times(station=slot.station, times={first.pk: time(17, 0)}, since=now, by=None, now=now)

    assert second.adjusts == slot


def test_a_slot_that_comes_back_on_the_same_day_goes_on(now):
    slot = ServiceSlotFactory(departs_at=time(14, 0))
    [first] = change_times(station=slot.station, times={slot.pk: time(16, 30)}, since=now, by=None, now=now)
    [second] = change_times(station=slot.station, times={first.pk: time(18, 0)}, since=now, by=None, now=now)

    [third] = change_times(station=slot.station, times={second.pk: time(16, 30)}, since=now, by=None, now=now)

    first.refresh_from_db()
    assert (third, first.valid_until, ServiceSlot.objects.count()) == (first, None, 3)


def test_suspended_days_stay_suspended(now):
    slot = SlotSuspensionFactory(first_day=TOMORROW, last_day=TOMORROW).slot

    [new] = change_times(station=slot.station, times={slot.pk: time(16, 30)}, since=now, by=None, now=now)

    plan_day(station=slot.station, day=TODAY, now=now)
    plan_day(station=slot.station, day=TOMORROW, now=now)
    assert planned(new) == [TODAY]
