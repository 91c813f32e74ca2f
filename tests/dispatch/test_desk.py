"""The desk: which coaches are on it, what each row says, what each step does and how it is refused."""

from datetime import timedelta

import pytest

from dispatch import services
from dispatch.selectors import Wanted, desk_of, who_did
from fees.models import Charge
from station.enums import DepartureState, DocumentKind, RouteKind, VehicleKind
from station.models import Departure, YardVisit
from tests.dispatch.looking import SOON, desk, due, row, shown, words
from tests.factories import NOW, TODAY, StationFactory, UserFactory, at
from tests.factories_dispatch import (
    cleared,
    confirmed,
    dispatcher_of,
    drawn,
    inside,
    issued,
    paid,
)
from tests.factories_fees import ChargeableDepartureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


# --- which coaches


def test_a_coach_due_within_two_hours_is_a_row_and_a_later_one_is_not():
    soon = due()
    due(route=soon.route, planned_at=NOW + timedelta(hours=2, minutes=1))

    assert shown(soon) == [soon.vehicle.plate]


def test_an_overdue_coach_stays_until_it_has_gone_and_one_in_the_yard_whenever_it_leaves():
    overdue = due(planned_at=NOW - timedelta(hours=3))
    much_later = due(route=overdue.route, planned_at=NOW + timedelta(hours=8))
    inside(much_later)

    assert shown(overdue) == [overdue.vehicle.plate, much_later.vehicle.plate]


def test_buses_and_what_was_cancelled_are_not_listed_but_boats_are():
    boat = due(route__kind=RouteKind.BOAT)
    due(route__kind=RouteKind.BUS, route__origin=boat.station)
    due(route=boat.route, state=DepartureState.CANCELLED)

    assert shown(boat) == [boat.vehicle.plate]


def test_a_coach_that_just_left_is_shown_among_the_gone_for_ten_minutes():
    departure = confirmed(due()).departure
    visit = YardVisit.objects.get()
    services.let_out(visit_id=visit.pk, by=dispatcher_of(departure.station), now=NOW)

    soon, later = (desk(departure, now=NOW + timedelta(minutes=minutes)) for minutes in (9, 11))

    assert ([coach.plate for coach in soon.gone], soon.coaches) == ([visit.plate], [])
    assert (later.gone, later.coaches) == ([], [])


def test_a_coach_that_left_empty_is_expected_again():
    departure = due()
    visit = inside(departure)
    services.let_out_empty(visit_id=visit.pk, by=dispatcher_of(departure.station), now=NOW)

    assert (row(departure).step, desk(departure).gone) == ("enter", [])


def test_a_coach_nobody_expected_is_a_row_whose_only_step_is_the_way_out():
    departure = due()
    services.let_in(
        station=departure.station, plate="29B12345", passengers_in=None, by=dispatcher_of(departure.station), now=NOW
    )

    stranger = desk(departure, "12345").chosen

    assert (stranger.plate, stranger.step, stranger.leaves_empty) == ("29B12345", "let_out", True)


def test_the_second_run_of_a_coach_waits_for_the_first():
    first = due()
    inside(first)
    second = ChargeableDepartureFactory(
        operator=first.operator, vehicle=first.vehicle, driver=first.driver, route=first.route,
        planned_at=SOON + timedelta(minutes=30),
    )  # fmt: skip

    assert (row(second).step, row(first).step) == (None, "check")
    assert words(second) == [("", "Đang ở bến cho chuyến 10:00; chuyến này đến sau.")]
    assert desk(first, first.vehicle.plate).chosen.departure == first


def test_after_midnight_the_coach_of_last_nights_run_is_still_on_the_desk_and_can_be_finished():
    evening = at("23:50")
    ten_past = at("00:10", TODAY + timedelta(days=1))
    departure = cleared(due(planned_at=evening), now=at("23:30"))
    person = dispatcher_of(departure.station)
    services.admit(visit_id=YardVisit.objects.get().pk, by=person, now=at("23:30"))

    before = row(departure, ten_past)
    services.confirm_departure(departure_id=departure.pk, passengers=2, by=person, now=ten_past)
    after = row(departure, ten_past)
    services.let_out(visit_id=after.visit.pk, by=person, now=ten_past)

    assert (before.step, after.step) == ("confirm", "let_out")
    assert [problem.text for problem in before.problems] == ["Muộn 20 phút"]
    assert Departure.objects.get().departed_at == ten_past


def test_after_midnight_a_late_coach_that_is_not_in_yet_is_still_awaited():
    departure = due(planned_at=at("23:50"))
    ten_past = at("00:10", TODAY + timedelta(days=1))

    assert (row(departure, ten_past).step, words(departure, ten_past)) == (
        "enter",
        [("warn", "Muộn 20 phút, chưa vào bến")],
    )


# --- what a row says


def test_the_steps_of_an_electronic_order_one_after_the_other():
    departure = due()
    issued(departure)
    person = dispatcher_of(departure.station)
    steps = [row(departure).step]
    visit = inside(departure)
    steps.append(row(departure).step)
    services.admit(visit_id=visit.pk, by=person, now=NOW)
    steps.append(row(departure).step)
    paid(departure)
    steps.append(row(departure).step)
    services.confirm_departure(departure_id=departure.pk, passengers=1, by=person, now=NOW)
    steps.append(row(departure).step)

    assert steps == ["enter", "check", "pay", "confirm", "let_out"]
    assert words(departure, now=departure.planned_at - timedelta(minutes=10)) == []


def test_a_bus_found_by_its_digits_comes_in_and_goes_out():
    bus = due(route__kind=RouteKind.BUS, vehicle__kind=VehicleKind.BUS)
    digits = bus.vehicle.plate[-5:]

    before = desk(bus, digits).chosen.step
    inside(bus)
    after = desk(bus, digits).chosen

    assert (before, after.step, after.is_listed) == ("enter", "let_out", False)
    assert [mark.step for mark in after.marks] == ["enter", "let_out"]


def test_a_row_is_quiet_until_something_is_wrong():
    departure = due()
    issued(departure)

    assert words(departure) == []
    assert words(departure, SOON - timedelta(minutes=10)) == [("warn", "Chưa vào bến")]
    assert words(departure, SOON + timedelta(minutes=25)) == [("warn", "Muộn 25 phút, chưa vào bến")]


def test_an_expired_paper_speaks_up_before_the_coach_is_there():
    departure = due()
    issued(departure)
    departure.vehicle.documents.filter(kind=DocumentKind.INSPECTION).update(valid_until=TODAY, number="KD-1")

    assert words(departure) == [("stop", "Đăng kiểm số KD-1 hết hạn ngày 21/11/2026.")]


def test_an_unsigned_order_is_said_softly_before_and_loudly_at_the_check():
    departure = due()
    drawn(departure)
    before = words(departure)
    inside(departure)

    assert [tone for tone, _ in before] == [""]
    assert words(departure) == [("stop", before[0][1])]


def test_a_missing_sheet_of_a_paper_operator_is_no_fault_but_the_step_itself():
    departure = due(electronic=False)
    inside(departure)

    assert (words(departure), row(departure).needs_paper) == ([], True)


def test_a_refusal_that_was_put_right_asks_for_another_check():
    departure = due()
    order = drawn(departure)
    visit = inside(departure)
    services.admit(visit_id=visit.pk, by=dispatcher_of(departure.station), now=NOW)
    refused = row(departure)
    services.sign_order(order_id=order.pk, by=UserFactory(operator=order.operator), now=NOW)

    assert refused.refused_because == ["Lệnh chưa được đơn vị vận tải ký."]
    assert words(departure) == [("warn", "Bị từ chối lúc 09:00, nay đã khắc phục: hãy kiểm tra lại.")]


def test_a_coach_about_to_leave_long_before_its_time_is_no_quiet_row():
    departure = confirmed(due()).departure
    at_its_time = departure.planned_at - timedelta(minutes=10)

    early = row(departure)
    in_time = row(departure, now=at_its_time)

    assert (early.step, [problem.tone for problem in early.problems]) == ("let_out", ["warn"])
    assert (in_time.step, in_time.problems) == ("let_out", [])


def test_the_way_of_a_coach_says_who_did_what_when():
    departure = cleared(due())
    visit = YardVisit.objects.get()
    charge = Charge.objects.get()

    marks = [(mark.step, mark.by, mark.at, mark.is_next) for mark in row(departure).marks]

    assert marks == [
        ("enter", visit.entered_by, NOW, False),
        ("check", None, None, True),
        ("pay", charge.payment.by, NOW, False),
        ("confirm", None, None, False),
        ("let_out", None, None, False),
    ]


def test_the_way_of_a_coach_that_has_left_is_whole():
    departure = confirmed(due()).departure
    visit = YardVisit.objects.get()
    services.let_out(visit_id=visit.pk, by=dispatcher_of(departure.station), now=NOW)

    [gone] = desk(departure).gone

    assert [mark.step for mark in gone.marks if mark.at is None] == []


# --- choosing


def test_the_last_digits_choose_and_a_whole_plate_comes_before_a_part_of_one():
    station = StationFactory(station_class=4)
    one = due(route__origin=station, vehicle__plate="28B12345")
    two = due(route__origin=station, vehicle__plate="29B12345")
    other = due(route__origin=station, vehicle__plate="28B00345")

    assert [coach.departure for coach in desk(one, "345").matches] == [one, two, other]
    assert [coach.departure for coach in desk(one, "12345").matches] == [one, two]
    assert desk(one, "29b-123.45").chosen.departure == two
    assert desk(one, "00345").chosen.departure == other


def test_digits_nobody_has_choose_nothing_and_a_whole_unknown_plate_can_come_in():
    departure = due()

    nobody, stranger = desk(departure, "99999"), desk(departure, "30A-999.99")

    assert (nobody.chosen, nobody.matches, nobody.typed) == (None, [], "99999")
    assert (stranger.chosen.plate, stranger.chosen.step, stranger.chosen.departure) == ("30A99999", "enter", None)


def test_a_coach_of_the_afternoon_is_found_though_it_is_not_listed_yet():
    departure = due(planned_at=NOW + timedelta(hours=6))

    found = desk(departure, departure.vehicle.plate[-4:])

    assert (found.coaches, found.chosen.departure, found.chosen.step) == ([], departure, "enter")


def test_the_same_coach_at_two_stations_is_told_apart_by_the_station():
    one, other = StationFactory(station_class=4), StationFactory(station_class=4)
    here = due(route__origin=one)
    there = due(route__origin=other, vehicle__plate="99A12345", operator=here.operator)
    Departure.objects.filter(pk=there.pk).update(vehicle=here.vehicle)
    plate = here.vehicle.plate

    both = desk_of([one, other], one, Wanted(plate), NOW)
    one_of_them = desk_of([one, other], one, Wanted(plate, other.code), NOW)

    assert [coach.station for coach in both.matches] == [one, other]
    assert one_of_them.chosen.departure == there


def test_a_change_by_anybody_reaches_the_desk():
    departure = due()
    topics = desk(departure).topics

    code = departure.station.code
    assert topics == f"gate-{code} orders-{code} bays-{code} charges-{code} sale-{code}"


def test_nobody_has_done_what_nobody_did():
    departure = due()
    inside(departure)

    assert [
        who_did(step, departure.vehicle.plate, departure.station) for step in ("check", "pay", "confirm", "let_out")
    ] == [None] * 4
