"""At the coach's door: scans, who did not come, and a seat that is changed."""

from datetime import timedelta

import pytest
import time_machine

from station.enums import Role
from station.errors import DepartureNotOpen
from station.models import JournalEntry
from tests.factories import NOW, StationFactory, at, staff_of
from tests.factories_ticketing import claimed, hold, priced_departure, sell
from ticketing import services
from ticketing.errors import (
    AlreadyBoarded,
    NoSuchSeat,
    NoSuchTicket,
    OtherDeparture,
    SameSeat,
    SeatTaken,
    TicketOver,
)
from ticketing.models import SeatChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    """At 14:00, four seats, one stop on the way."""
    return priced_departure(stops=3)


@pytest.fixture
def ticket(departure):
    return sell(departure, "A1").tickets.get()


@pytest.fixture
def guard(departure):
    return staff_of(departure.station, Role.GUARD)


@pytest.fixture
def door(departure, guard, client_of):
    """`door(code)`: a scan at the coach of *departure*."""
    browser = client_of(guard)

    def scan(code):
        with time_machine.travel(NOW, tick=False):
            return browser.post(f"/departures/{departure.pk}/board/", {"code": code})

    return scan


def board(ticket, guard, **facts):
    return services.board_ticket(code=ticket.code, by=guard, now=NOW, **facts)


def gone(departure):
    departure.become("departed", by=None, now=at("14:05"), departed_at=at("14:05"))


# --- scans ----------------------------------------------------------------------------------------------------------


def test_a_scan_lets_the_passenger_on_board(departure, ticket, guard):
    boarded = board(ticket, guard, departure_id=departure.pk)

    entry = JournalEntry.objects.get(action="ticket_boarded")
    assert (boarded.state, entry.actor, entry.at) == ("boarded", guard, NOW)


def test_a_second_scan_says_so(ticket, guard):
    board(ticket, guard)

    with pytest.raises(AlreadyBoarded) as refusal:
        board(ticket, guard)

    assert refusal.value.facts == {"ticket": ticket.code, "seat": "A1"}


def test_a_ticket_of_another_coach_is_refused_at_this_one(departure, ticket, guard):
    other = priced_departure(route=departure.route)

    with pytest.raises(OtherDeparture):
        board(ticket, guard, departure_id=other.pk)

    ticket.refresh_from_db()
    assert ticket.state == "sold"


@pytest.mark.parametrize("state", ["void", "refunded", "exchanged", "no_show", "displaced"])
def test_a_ticket_that_is_over_lets_nobody_on(ticket, guard, state):
    ticket.become(state, by=None, now=NOW)

    with pytest.raises(TicketOver):
        board(ticket, guard)


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_nobody_boards_a_coach_that_does_not_run(departure, ticket, guard, state):
    departure.become(state, by=None, now=NOW)

    with pytest.raises(DepartureNotOpen):
        board(ticket, guard)


def test_nobody_boards_a_coach_that_left(departure, ticket, guard):
    gone(departure)

    with pytest.raises(DepartureNotOpen):
        board(ticket, guard)


def test_a_code_of_nothing_lets_nobody_on(guard):
    with pytest.raises(NoSuchTicket):
        services.board_ticket(code="1" * 18, by=guard, now=NOW)


# --- the door's page ------------------------------------------------------------------------------------------------


def test_the_page_says_which_seat_got_on(door, departure, ticket, client_of, guard):
    answer = door(ticket.code)

    shown = client_of(guard).get(answer["Location"])
    assert (answer.status_code, shown.context["on_board"], shown.context["counts"].boarded) == (302, ticket, 1)


@pytest.mark.parametrize("code", ["", "abc", "123456789012345678", "9" * 500])
def test_a_scan_that_is_no_ticket_says_so(door, ticket, code):
    answer = door(code)

    assert (answer.status_code, answer.context["refusal"].code) == (422, "wrong_ticket_code")


def test_a_scan_of_another_coach_says_so(door):
    other = sell(priced_departure(), "A1").tickets.get()

    answer = door(other.code)

    assert (answer.status_code, answer.context["refusal"].code) == (422, "other_departure")


def test_the_door_is_for_those_with_the_right(departure, ticket, client_of):
    accountant = client_of(staff_of(departure.station, Role.ACCOUNTANT))
    stranger = client_of(staff_of(StationFactory(), Role.GUARD))
    path = f"/departures/{departure.pk}/board/"

    assert [one.post(path, {"code": ticket.code}).status_code for one in (accountant, stranger)] == [403, 404]
    assert accountant.get(f"/departures/{departure.pk}/passengers/").context["may_board"] is False


def test_a_machine_at_the_door(api_of, guard, departure, ticket):
    api, path = api_of(guard), f"/api/v1/tickets/{ticket.code}/board/"

    with time_machine.travel(NOW, tick=False):
        first = api.post(path, {"departure": departure.pk})
        again = api.post(path, {})

    assert (first.status_code, first.json()["state"]) == (200, "boarded")
    assert (again.status_code, again.json()["code"]) == (409, "already_boarded")


def test_a_stranger_boards_nothing_over_the_interface(api_of, ticket):
    stranger = api_of(staff_of(StationFactory(), Role.GUARD))

    answers = [stranger.post(f"/api/v1/tickets/{ticket.code}/{verb}/", {"seat": "A2"}) for verb in ("board", "seat")]

    assert [answer.status_code for answer in answers] == [404, 404]


# --- who did not come -----------------------------------------------------------------------------------------------


def test_who_was_not_scanned_when_the_coach_left_did_not_come(departure, ticket, guard):
    late = sell(departure, "A2").tickets.get()
    board(ticket, guard)
    gone(departure)

    count = services.close_boarding(departure_id=departure.pk, by=guard, now=at("14:05"))

    late.refresh_from_db()
    ticket.refresh_from_db()
    assert (count, late.state, ticket.state) == (1, "no_show", "boarded")


def test_where_nobody_scanned_nobody_is_said_to_be_missing(departure, ticket, guard):
    gone(departure)

    count = services.close_boarding(departure_id=departure.pk, by=guard, now=at("14:05"))

    ticket.refresh_from_db()
    assert (count, ticket.state) == (0, "sold")


def test_who_gets_on_further_down_the_road_is_not_missing(departure, ticket, guard):
    middle = departure.route.stops.get(position=1)
    onwards = sell(departure, "A2", from_stop_id=middle.pk).tickets.get()
    board(ticket, guard)
    gone(departure)

    services.close_boarding(departure_id=departure.pk, by=guard, now=at("14:05"))

    onwards.refresh_from_db()
    assert onwards.state == "sold"


# --- another seat ---------------------------------------------------------------------------------------------------


def moved(ticket, seat, guard, now=NOW):
    return services.change_seat(code=ticket.code, seat=seat, by=guard, now=now)


def test_a_passenger_sits_elsewhere_and_the_paper_keeps_its_word(departure, ticket, guard):
    change = moved(ticket, "b2", guard)

    ticket.refresh_from_db()
    assert (change.from_label, change.to_label, ticket.seat_label, ticket.seat) == ("A1", "B2", "B2", 4)
    assert (ticket.printed["seat"], claimed(departure)) == ("A1", [(4, 0), (4, 1)])
    assert JournalEntry.objects.get(action="seat_changed").body == '{"from":"A1","to":"B2"}'


def test_the_old_seat_is_free_at_once(departure, ticket, guard):
    moved(ticket, "B2", guard)

    assert sell(departure, "A1").tickets.get().seat_label == "A1"


def test_a_seat_that_is_free_on_the_passengers_own_legs_is_enough(departure, guard):
    first, middle, last = departure.route.stops.order_by("position")
    half = sell(departure, "A1", from_stop_id=first.pk, to_stop_id=middle.pk).tickets.get()
    sell(departure, "B1", from_stop_id=middle.pk, to_stop_id=last.pk)

    moved(half, "B1", guard)

    assert claimed(departure) == [(3, 0), (3, 1)]


def test_who_is_on_board_may_change_too(ticket, guard):
    board(ticket, guard)

    moved(ticket, "B2", guard)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.seat_label) == ("boarded", "B2")


@pytest.mark.parametrize(
    ("seat", "refusal"), [("A2", SeatTaken), ("B1", SeatTaken), ("Z9", NoSuchSeat), ("A1", SameSeat)]
)
def test_a_seat_that_is_taken_unknown_or_the_same_is_refused(departure, ticket, guard, seat, refusal):
    sell(departure, "A2")
    hold(departure, "B1")

    with pytest.raises(refusal):
        moved(ticket, seat, guard)

    ticket.refresh_from_db()
    assert (ticket.seat_label, SeatChange.objects.count()) == ("A1", 0)


def test_an_expired_hold_keeps_no_seat_from_a_change(departure, ticket, guard):
    hold(departure, "B1", now=NOW - timedelta(minutes=5))

    assert moved(ticket, "B1", guard).to_label == "B1"


def test_a_ticket_that_is_over_changes_no_seat(ticket, guard):
    ticket.become("refunded", by=None, now=NOW)

    with pytest.raises(TicketOver):
        moved(ticket, "B2", guard)


def test_after_the_coach_left_seats_stay(departure, ticket, guard):
    gone(departure)

    with pytest.raises(DepartureNotOpen):
        moved(ticket, "B2", guard)


def test_a_seat_is_changed_on_the_page_of_the_ticket(departure, ticket, guard, client_of):
    browser = client_of(guard)

    shown = browser.get(f"/tickets/{ticket.code}/")
    done = browser.post(f"/tickets/{ticket.code}/seat/", {"seat": "A2"})
    refused = browser.post(f"/tickets/{ticket.code}/seat/", {"seat": "A2"})
    after = browser.get(f"/tickets/{ticket.code}/")

    assert [seat.label for seat in shown.context["free_seats"]] == ["A2", "B1", "B2"]
    assert (done.status_code, refused.status_code) == (302, 422)
    assert [event.said.split(": ")[-1] for event in after.context["history"]][1:] == ["A1 → A2"]


def test_a_machine_changes_a_seat(api_of, guard, ticket):
    answer = api_of(guard).post(f"/api/v1/tickets/{ticket.code}/seat/", {"seat": "B2"})

    assert (answer.status_code, answer.json()["seat"], answer.json()["printed"]["seat"]) == (200, "B2", "A1")
