"""A departure that does not run, and several hands on its passengers: nobody sits twice, nobody is forgotten."""

import pytest

from dispatch import services
from station.models import Departure
from tests.factories import NOW, at
from tests.factories_dispatch import coach_with, dispatcher_of, ready_departure, same_run
from tests.factories_ticketing import claimed, declare_fares, sell, till_at
from ticketing import services as ticketing
from ticketing.enums import TicketState
from ticketing.models import Affected, Disruption, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def departure():
    """14:00 with four seats A1, A2, B1, B2."""
    departure = ready_departure(planned_at=at("14:00"))
    declare_fares(departure)
    return departure


@pytest.fixture
def later(departure):
    """The same run at 15:00."""
    return same_run(departure, at("15:00"))


def canceller(departure):
    by = dispatcher_of(departure.station)

    def cancel():
        services.cancel_departure(departure_id=departure.pk, reason="hỏng xe", by=by, now=NOW)
        return "cancelled"

    return cancel


def merger(departure, into):
    by = dispatcher_of(departure.station)

    def merge():
        services.merge_departures(departure_id=departure.pk, into_id=into.pk, reason="vắng khách", by=by, now=NOW)
        return "merged"

    return merge


def seller(departure, label):
    till = till_at(departure.station)

    def do():
        sell(departure, label, till=till)
        return "sold"

    return do


def seater(row, label):
    by = dispatcher_of(row.disruption.departure.station)

    def seat():
        ticketing.reseat_passenger(affected_id=row.pk, seat=label, by=by, now=NOW)
        return "seated"

    return seat


def displaced(departure, *sold, coach):
    """The passengers of the seats *sold*, after a coach with the seats *coach* came; by their seat before."""
    for label in sold:
        sell(departure, label)
    disruption = services.replace_vehicle(
        departure_id=departure.pk, vehicle_id=coach_with(departure, *coach).pk, driver_id=None, reason="hỏng xe",
        by=dispatcher_of(departure.station), now=NOW,
    )  # fmt: skip
    return list(disruption.affected.order_by("from_label"))


def states():
    return sorted(Ticket.objects.values_list("state", flat=True))


# --- cancelled ------------------------------------------------------------------------------------------------------


def test_a_departure_is_cancelled_once(race, meet_after_reading, departure):
    sell(departure, "A1")
    meet_after_reading("dispatch.services.changing._refuse")

    assert race(canceller(departure), canceller(departure)) == ["DepartureNotOpen", "cancelled"]
    assert (Disruption.objects.count(), Affected.objects.count()) == (1, 1)


def test_without_the_lock_a_ticket_is_still_displaced_once(race, meet_after_reading, no_lock, departure):
    """The control: both have read the departure as running."""
    sell(departure, "A1")
    meet_after_reading("dispatch.services.changing._refuse")

    assert race(canceller(departure), canceller(departure)) == ["StaleState", "cancelled"]
    assert (Disruption.objects.count(), Affected.objects.count()) == (1, 1)


def test_a_seat_sold_while_its_departure_is_cancelled_is_on_the_list_or_refused(race, meet_after_reading, departure):
    hands = canceller(departure), seller(departure, "A1")
    meet_after_reading("dispatch.services.changing._refuse", "ticketing.selectors.taken_seats")

    outcome = race(*hands)

    assert (outcome, states(), Affected.objects.count()) in (
        (["SaleClosed", "cancelled"], [], 0),
        (["cancelled", "sold"], [TicketState.DISPLACED], 1),
    )
    assert claimed(departure) == []


def test_without_the_lock_a_passenger_of_a_cancelled_departure_is_forgotten(
    race, meet_after_reading, no_lock, departure
):  # fmt: skip
    """The control: no constraint stands behind this lock. A ticket that no coach runs for: verify finds it (S4)."""
    hands = canceller(departure), seller(departure, "A1")
    meet_after_reading("dispatch.services.changing._refuse", "ticketing.selectors.taken_seats")

    assert race(*hands) == ["cancelled", "sold"]
    assert Departure.objects.get(pk=departure.pk).is_live is False


def test_two_departures_merged_into_each_other_never_deadlock(race, departure, later):
    sell(departure, "A1")

    assert race(merger(departure, later), merger(later, departure)) == ["DepartureNotOpen", "merged"]
    assert [row.is_live for row in Departure.objects.order_by("state")].count(True) == 1


# --- seated anew ----------------------------------------------------------------------------------------------------


def test_one_seat_is_given_to_one_of_two_displaced(race, meet_after_reading, departure):
    one, other = displaced(departure, "A1", "B2", coach=["X1"])
    meet_after_reading("ticketing.selectors.free_place")

    assert race(seater(one, "X1"), seater(other, "X1")) == ["SeatTaken", "seated"]
    assert (states(), claimed(departure)) == ([TicketState.DISPLACED, TicketState.SOLD], [(1, 0)])


def test_without_the_lock_the_claims_still_seat_one(race, meet_after_reading, no_lock, departure):
    """The control: both have read the seat as free."""
    one, other = displaced(departure, "A1", "B2", coach=["X1"])
    meet_after_reading("ticketing.selectors.free_place")

    assert race(seater(one, "X1"), seater(other, "X1")) == ["SeatTaken", "seated"]
    assert claimed(departure) == [(1, 0)]


def test_one_passenger_gets_one_seat(race, meet_after_reading, departure):
    [row] = displaced(departure, "A1", coach=["X1", "X2"])
    meet_after_reading("ticketing.selectors.reseat_refusal")

    assert race(seater(row, "X1"), seater(row, "X2")) == ["TicketOver", "seated"]
    assert len(claimed(departure)) == 1


def test_without_the_lock_the_state_still_gives_one_passenger_one_seat(race, meet_after_reading, no_lock, departure):
    """The control: both have read the passenger as displaced."""
    [row] = displaced(departure, "A1", coach=["X1", "X2"])
    meet_after_reading("ticketing.selectors.reseat_refusal")

    assert race(seater(row, "X1"), seater(row, "X2")) == ["StaleState", "seated"]
    assert len(claimed(departure)) == 1


def test_a_free_seat_is_sold_or_given_to_who_lost_theirs_never_both(race, meet_after_reading, departure):
    [row] = displaced(departure, "A1", coach=["X1"])
    hands = seater(row, "X1"), seller(departure, "X1")
    meet_after_reading("ticketing.selectors.free_place", "ticketing.selectors.taken_seats")

    assert race(*hands) in (["SeatTaken", "seated"], ["SeatTaken", "sold"])
    assert claimed(departure) == [(1, 0)]


def test_without_the_lock_the_claims_still_sell_or_give_it_once(race, meet_after_reading, no_lock, departure):
    """The control: both have read the seat as free."""
    [row] = displaced(departure, "A1", coach=["X1"])
    hands = seater(row, "X1"), seller(departure, "X1")
    meet_after_reading("ticketing.selectors.free_place", "ticketing.selectors.taken_seats")

    assert race(*hands) in (["SeatTaken", "seated"], ["SeatTaken", "sold"])
    assert claimed(departure) == [(1, 0)]


def test_who_is_seated_while_the_departure_is_cancelled_is_displaced_again_or_refused(
    race, meet_after_reading, departure
):  # fmt: skip
    [row] = displaced(departure, "A1", coach=["X1"])
    hands = canceller(departure), seater(row, "X1")
    meet_after_reading("dispatch.services.changing._refuse", "ticketing.selectors.reseat_refusal")

    assert race(*hands) in (["DepartureNotOpen", "cancelled"], ["cancelled", "seated"])
    assert (states(), claimed(departure)) == ([TicketState.DISPLACED], [])


def test_without_the_lock_both_go_on_until_the_journal_stops_one_of_them_or_none(
    race, meet_after_reading, no_lock, departure
):  # fmt: skip
    """The control: both have read the departure as running and the passenger as displaced."""
    [row] = displaced(departure, "A1", coach=["X1"])
    hands = canceller(departure), seater(row, "X1")
    meet_after_reading("dispatch.services.changing._refuse", "ticketing.selectors.reseat_refusal")

    assert race(*hands) in (
        ["cancelled", "seated"],
        ["IntegrityError", "cancelled"],
        ["IntegrityError", "seated"],
    )
