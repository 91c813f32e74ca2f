import json

import pytest

from station.enums import BayKind, DepartureState, RouteKind
from station.errors import BayTaken, BayUnfit, DepartureNotOpen
from station.models import BayBooking, JournalEntry, OutboxMessage
from station.selectors import bays as selectors
from station.services.bays import assign_bay
from tests.factories import (
    TODAY,
    BayFactory,
    DepartureFactory,
    RouteFactory,
    StationFactory,
    UserFactory,
    VehicleFactory,
    at,
)

pytestmark = pytest.mark.django_db


def departure_at(hhmm, station, **facts):
    return DepartureFactory(planned_at=at(hhmm), route=RouteFactory(origin=station), **facts)


def test_a_bay_is_kept_from_the_lead_before_until_the_tail_after(now):
    departure = departure_at("14:00", StationFactory(boarding_lead_minutes=20, boarding_tail_minutes=10))
    bay, dispatcher = BayFactory(station=departure.station), UserFactory()

    booking = assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=dispatcher, now=now)

    booking.refresh_from_db()
    assert (booking.bay, booking.is_live, booking.booked_by) == (bay, True, dispatcher)
    assert (booking.period.lower, booking.period.upper) == (at("13:40"), at("14:10"))


def test_a_move_is_the_same_booking_on_another_bay(now):
    departure = DepartureFactory()
    old, new = (BayFactory(station=departure.station, code=code) for code in ("5", "9"))
    dispatcher = UserFactory()
    assign_bay(departure_id=departure.pk, bay_id=old.pk, by=dispatcher, now=now)

    assign_bay(departure_id=departure.pk, bay_id=new.pk, by=dispatcher, now=now)

    assert [booking.bay for booking in BayBooking.objects.all()] == [new]
    entry = JournalEntry.objects.order_by("-pk")[0]
    facts = json.loads(entry.body)
    assert (entry.action, entry.obj, entry.actor) == ("bay_assigned", f"departure:{departure.pk}", dispatcher)
    assert (facts["from"], facts["to"]) == ("5", "9")


def test_a_taken_bay_is_refused_with_who_has_it(now):
    station = StationFactory()
    bay = BayFactory(station=station, code="9")
    operator_coach = VehicleFactory(plate="77B01128")
    first = departure_at("14:00", station, vehicle=operator_coach, operator=operator_coach.operator)
    second = departure_at("14:30", station)
    assign_bay(departure_id=first.pk, bay_id=bay.pk, by=None, now=now)

    with pytest.raises(BayTaken) as refusal:
        assign_bay(departure_id=second.pk, bay_id=bay.pk, by=None, now=now)

    assert refusal.value.facts == {"bay": "9", "start": "13:30", "end": "14:05", "other": "77B-011.28"}
    assert BayBooking.objects.count() == 1


def test_periods_that_only_touch_share_a_bay(now):
    station = StationFactory(boarding_lead_minutes=25, boarding_tail_minutes=5)
    bay = BayFactory(station=station)
    for hhmm in ("14:00", "14:30"):
        assign_bay(departure_id=departure_at(hhmm, station).pk, bay_id=bay.pk, by=None, now=now)

    assert BayBooking.objects.filter(bay=bay).count() == 2


def test_a_bay_that_was_left_is_free(now):
    station = StationFactory()
    bay = BayFactory(station=station)
    gone, next_one = departure_at("14:00", station), departure_at("14:10", station)
    assign_bay(departure_id=gone.pk, bay_id=bay.pk, by=None, now=now)
    BayBooking.objects.update(is_live=False)

    booking = assign_bay(departure_id=next_one.pk, bay_id=bay.pk, by=None, now=now)

    assert (booking.departure, booking.is_live) == (next_one, True)


@pytest.mark.parametrize(
    "bay",
    [{"is_active": False}, {"kind": BayKind.ALIGHTING}, {"kind": BayKind.BUS}, {"station": "another"}],
    ids=str,
)
def test_a_bay_that_does_not_fit_is_refused(now, bay):
    departure = DepartureFactory()
    facts = {"station": departure.station} | bay
    if facts["station"] == "another":
        facts["station"] = StationFactory()
    unfit = BayFactory(code="B9", **facts)

    with pytest.raises(BayUnfit) as refusal:
        assign_bay(departure_id=departure.pk, bay_id=unfit.pk, by=None, now=now)

    assert refusal.value.facts == {"bay": "B9"}


def test_a_bus_stands_in_a_bus_bay(now):
    departure = DepartureFactory(route__kind=RouteKind.BUS)
    bay = BayFactory(station=departure.station, kind=BayKind.BUS)

    assert assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=None, now=now).bay == bay


def test_a_cancelled_departure_gets_no_bay(now):
    departure = DepartureFactory(state=DepartureState.CANCELLED)
    bay = BayFactory(station=departure.station)

    with pytest.raises(DepartureNotOpen):
        assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=None, now=now)


def test_both_boards_are_told(now):
    departure = DepartureFactory(route=RouteFactory(origin=StationFactory(code="HB01")))
    bay = BayFactory(station=departure.station)

    assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=None, now=now)

    topics = OutboxMessage.objects.order_by("pk").values_list("task", flat=True)
    assert list(topics) == ["push.bays-HB01", "push.board-HB01"]


def test_the_board_shows_coaches_of_the_day_and_boarding_bays_in_their_order(now):
    station = StationFactory()
    second, first = BayFactory(station=station, position=2), BayFactory(station=station, position=1)
    BayFactory(station=station, kind=BayKind.WAITING)
    late, early = departure_at("15:00", station), departure_at("06:00", station)
    DepartureFactory(route=RouteFactory(origin=station, kind=RouteKind.BUS))

    board = selectors.board(station, TODAY)

    assert (board.bays, board.departures) == ([first, second], [early, late])
