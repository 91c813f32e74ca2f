"""Who lost their seat when another coach came is not forgotten when the departure then does not run at all."""

import pytest

from dispatch import services
from tests.factories import NOW, at
from tests.factories_dispatch import coach_with, dispatcher_of, ready_departure, same_run
from tests.factories_ticketing import claimed, declare_fares, sell
from ticketing import selectors
from ticketing import services as ticketing
from ticketing.enums import TicketState
from ticketing.models import Affected

pytestmark = pytest.mark.django_db


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


def replaced(departure, *labels):
    """A coach with the seats *labels* runs it."""
    coach = coach_with(departure, *labels)
    return services.replace_vehicle(
        departure_id=departure.pk, vehicle_id=coach.pk, driver_id=None, reason="hỏng xe",
        by=dispatcher_of(departure.station), now=NOW,
    )  # fmt: skip


def merge(departure, into):
    by = dispatcher_of(departure.station)
    return services.merge_departures(
        departure_id=departure.pk, into_id=into.pk, reason="vắng khách", by=by, now=NOW
    )  # fmt: skip


def cancel(departure):
    by = dispatcher_of(departure.station)
    return services.cancel_departure(departure_id=departure.pk, reason="hỏng xe", by=by, now=NOW)


def listed(disruption):
    """(seat before, seat now, state) of every passenger, by the seat before."""
    return list(
        disruption.affected.order_by("from_label", "to_label").values_list("from_label", "to_label", "ticket__state")
    )


def test_who_lost_their_seat_before_the_merger_is_on_its_list_too(departure, later):
    sell(departure, "A1")
    sell(departure, "B2")
    replaced(departure, "X1", "A1")

    disruption = merge(departure, later)

    assert listed(disruption) == [("A1", "A1", TicketState.SOLD), ("B2", "B2", TicketState.SOLD)]
    assert claimed(later) == [(1, 0), (4, 0)]


def test_who_lost_their_seat_before_and_finds_none_again_is_seated_on_the_other(departure, later):
    ticket = sell(departure, "B2").tickets.get()
    sell(later, "B2")
    before = replaced(departure, "X1")
    row = merge(departure, later).affected.get()

    ticketing.reseat_passenger(affected_id=row.pk, seat="A2", by=dispatcher_of(departure.station), now=NOW)

    ticket.refresh_from_db()
    assert (ticket.departure, ticket.seat_label, row.to_label) == (later, "A2", "")
    assert [work.is_open for list_ in selectors.work_lists(departure, NOW) for work in list_.works] == [False, False]
    assert before.affected.get().told_at == NOW


def test_who_lost_their_seat_before_a_cancellation_is_on_its_list_too(departure):
    sell(departure, "B2")
    replaced(departure, "X1")

    assert listed(cancel(departure)) == [("B2", "", TicketState.DISPLACED)]


def test_who_is_told_is_told_of_everything_that_came_before(departure, later):
    sell(departure, "B2")
    replaced(departure, "X1")
    row = merge(departure, later).affected.get()

    ticketing.tell_passenger(affected_id=row.pk, by=dispatcher_of(departure.station), now=NOW)

    assert list(Affected.objects.values_list("told_at", flat=True)) == [NOW, NOW]


def test_who_was_sent_to_a_departure_that_is_merged_itself_goes_on_with_it(departure, later):
    last = same_run(departure, at("16:00"))
    sell(departure, "B2")
    sell(later, "B2")
    merge(departure, later)

    disruption = merge(later, last)

    assert listed(disruption) == [("B2", "", TicketState.DISPLACED), ("B2", "B2", TicketState.SOLD)]
