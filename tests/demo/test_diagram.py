"""The diagram is moved to where somebody finds it lively, and a day never has more of it than it should."""

from datetime import date, datetime, time, timedelta

import pytest

from demo.rules.diagram import choose_offset, moved, opens_at
from demo.selectors.diagram import current_offset
from demo.services.diagram import ensure_diagram
from station.clock import STATION_TIME, local
from station.models import Departure, JournalEntry, ServiceSlot
from station.services.departures import plan_day
from tests.factories import (
    TODAY,
    DepartureFactory,
    NoticeFactory,
    RouteFactory,
    ServiceSlotFactory,
    StationFactory,
    VehicleFactory,
    YardVisitFactory,
)

TOMORROW = TODAY + timedelta(days=1)


def at(text: str, day: date = TODAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), STATION_TIME)


def hours(text: str) -> timedelta:
    return datetime.combine(date.min, time.fromisoformat(text)) - datetime.combine(date.min, time())


@pytest.mark.parametrize(
    ("now", "offset"),
    [
        ("05:29", "20:45"),
        ("05:30", "00:00"),
        ("06:00", "00:00"),
        ("13:00", "00:00"),
        ("17:30", "00:00"),
        ("17:31", "08:50"),
        ("23:30", "14:50"),
        ("23:34", "14:50"),
        ("00:00", "15:20"),
        ("02:00", "17:20"),
    ],
)
def test_by_night_now_is_the_diagrams_twenty_to_nine(now, offset):
    assert choose_offset(at(now), current=timedelta(), made_on=None) == hours(offset)


@pytest.mark.parametrize(
    ("now", "made_on", "offset"),
    [
        ("23:50", TODAY, "12:00"),  # its 11:50: lively
        ("17:35", TODAY, "12:00"),  # its 05:35
        ("17:25", TODAY, "00:00"),  # its 05:25, but day anyway
        ("05:00", TODAY, "12:00"),  # its 17:00
        ("05:29", TODAY, "12:00"),  # its 17:29
        ("13:00", TODAY, "00:00"),
        ("23:50", date(2026, 11, 21), "15:10"),
    ],
)
def test_what_was_made_today_stays_while_it_is_lively(now, made_on, offset):
    assert choose_offset(at(now), current=hours("12:00"), made_on=made_on) == hours(offset)


def test_times_past_midnight_come_round():
    assert (moved(time(4, 45), hours("14:50")), moved(time(19, 30), hours("14:50"))) == (time(19, 35), time(10, 20))


@pytest.mark.parametrize(
    ("now", "offset", "opened"),
    [
        ("23:30", "14:50", "19:20"),
        ("02:00", "17:20", "00:00"),
        ("06:00", "00:00", "04:30"),
        ("13:00", "00:00", "04:30"),
    ],
)
def test_today_has_the_diagram_from_its_own_beginning(now, offset, opened):
    assert opens_at(at(now), hours(offset)) == at(opened)


TIMES = ("04:45", "06:55", "08:40", "09:05", "13:30", "19:30")


@pytest.fixture
def station(db):
    """With six coaches a day, each with its usual coach."""
    station = StationFactory(is_ours=True)
    notice = NoticeFactory(route=RouteFactory(origin=station))
    for text in TIMES:
        vehicle = VehicleFactory(operator=notice.operator)
        ServiceSlotFactory(
            notice=notice, departs_at=time.fromisoformat(text), vehicle=vehicle, valid_from=date(2026, 1, 1)
        )
    return station


def start(station, now: datetime) -> timedelta:
    """What a start of the demonstration does: the diagram, today and tomorrow."""
    offset = ensure_diagram(now)
    for days in (0, 1):
        plan_day(station=station, day=local(now).date() + timedelta(days=days), now=now)
    return offset


def leaves(station, day: date) -> list[str]:
    rows = Departure.objects.filter(station=station, service_on=day).order_by("planned_at")
    return [f"{local(row.planned_at):%H:%M}" for row in rows]


@pytest.mark.parametrize("now", ["06:00", "13:00"])
def test_by_day_nothing_is_moved(station, now):
    assert start(station, at(now)) == timedelta()
    assert leaves(station, TODAY) == leaves(station, TOMORROW) == list(TIMES)
    assert ServiceSlot.objects.filter(adjusts__isnull=False).count() == 0


def test_at_half_past_eleven_at_night_the_evening_is_its_morning(station):
    assert start(station, at("23:30")) == current_offset() == hours("14:50")
    assert leaves(station, TODAY) == ["19:35", "21:45", "23:30", "23:55"]
    assert leaves(station, TOMORROW) == ["04:20", "10:20", "19:35", "21:45", "23:30", "23:55"]


def test_at_two_at_night_today_has_what_leaves_after_midnight_and_the_next_evening(station):
    assert start(station, at("02:00")) == hours("17:20")
    assert leaves(station, TODAY) == ["00:15", "02:00", "02:25", "06:50", "12:50", "22:05"]
    assert leaves(station, TOMORROW) == ["00:15", "02:00", "02:25", "06:50", "12:50", "22:05"]


def test_a_day_of_last_week_runs_by_the_diagrams_own_hours(station):
    start(station, at("23:30"))

    plan_day(station=station, day=TODAY - timedelta(days=7), now=at("00:10", TODAY - timedelta(days=7)))

    assert leaves(station, TODAY - timedelta(days=7)) == list(TIMES)


def test_a_second_start_at_the_same_time_changes_nothing(station):
    start(station, at("23:30"))
    before = (ServiceSlot.objects.count(), Departure.objects.count(), JournalEntry.objects.count())

    assert start(station, at("23:30")) == hours("14:50")
    assert (ServiceSlot.objects.count(), Departure.objects.count(), JournalEntry.objects.count()) == before


def test_a_start_a_little_later_keeps_the_diagram(station):
    start(station, at("18:00"))
    before = leaves(station, TODAY)

    assert start(station, at("23:30")) == hours("09:20")
    assert leaves(station, TODAY) == before


def test_a_start_in_the_evening_leaves_the_day_that_has_begun_as_it_was_until_now(station):
    start(station, at("08:00"))
    first = Departure.objects.filter(service_on=TODAY).earliest("planned_at")
    YardVisitFactory(station=station, departure=first, entered_at=at("04:20"))

    assert start(station, at("19:05")) == hours("10:25")
    # The 19:30 of the day is gone: that one is 09:05 of the night.
    assert leaves(station, TODAY) == ["04:45", "06:55", "08:40", "09:05", "13:30", "19:05", "19:30", "23:55"]
    assert leaves(station, TOMORROW) == ["05:55", "15:10", "17:20", "19:05", "19:30", "23:55"]


def test_a_start_in_the_morning_after_a_night_makes_the_day_anew(station):
    start(station, at("23:30"))

    assert start(station, at("06:30", TOMORROW)) == timedelta()
    assert leaves(station, TOMORROW) == list(TIMES)
    assert leaves(station, TODAY) == ["19:35", "21:45", "23:30", "23:55"]


def test_a_departure_that_somebody_bought_for_stays(station):
    start(station, at("23:30"))
    sold = Departure.objects.filter(service_on=TOMORROW).earliest("planned_at")
    YardVisitFactory(station=station, departure=sold, entered_at=at("23:40"))

    start(station, at("06:30", TOMORROW))

    assert leaves(station, TOMORROW) == ["04:20", *TIMES]


def test_days_later_at_night_the_day_has_its_evening_only(station):
    start(station, at("23:30"))
    later = TODAY + timedelta(days=3)

    assert start(station, at("22:00", later)) == hours("13:20")
    assert leaves(station, later) == ["18:05", "20:15", "22:00", "22:25"]


def test_a_slot_keeps_its_coach_when_it_is_moved(station):
    own = dict(ServiceSlot.objects.order_by("pk").values_list("pk", "vehicle"))

    start(station, at("23:30"))

    moved_ones = ServiceSlot.objects.filter(adjusts__isnull=False).order_by("pk")
    assert dict(moved_ones.values_list("adjusts", "vehicle")) == own


def test_a_slot_registered_meanwhile_does_not_hide_the_offset(station):
    start(station, at("23:30"))

    ServiceSlotFactory(notice=NoticeFactory(route=RouteFactory(origin=station)), valid_from=TODAY)

    assert current_offset() == hours("14:50")


def test_a_departure_without_a_slot_is_left_alone(station):
    DepartureFactory(station=station, route=RouteFactory(origin=station), planned_at=at("12:00"))

    start(station, at("23:30"))

    assert leaves(station, TODAY) == ["12:00", "19:35", "21:45", "23:30", "23:55"]


def test_a_fresh_diagram_is_not_told_in_the_journal(station):
    ensure_diagram(at("23:30"))

    assert JournalEntry.objects.count() == 0


def test_what_is_taken_out_is_told_before_what_is_caught_up_then(station):
    start(station, at("23:30"))

    ensure_diagram(at("06:30", TOMORROW))

    entries = list(JournalEntry.objects.order_by("seq").values_list("action", "at"))
    assert entries == [
        ("day_planned", at("23:30")),
        ("day_planned", at("23:30")),
        ("departures_unplanned", at("23:30")),
    ]
