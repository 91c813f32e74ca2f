"""A departure is cancelled, merged, late, or another coach runs it: who is affected, and what becomes of them."""

import pytest

from dispatch import services
from dispatch.enums import LegState, OrderState
from dispatch.errors import AlreadyConfirmed, CannotMerge, DelayAbsurd, SameCoach, WhyChanged
from dispatch.models import DispatchOrder, OrderLeg
from fees.enums import Account, ChargeState
from fees.models import Charge, Posting
from station.enums import DepartureState, SeatKind
from station.errors import DepartureNotOpen, WrongVehicle
from station.models import BayBooking, Departure, JournalEntry, YardVisit
from tests.factories import VehicleFactory, at
from tests.factories_dispatch import (
    coach_with,
    confirmed,
    dispatcher_of,
    drawn,
    inside,
    issued,
    paid,
    ready_departure,
    same_run,
)
from tests.factories_ticketing import booked_bay, claimed, declare_fares, hold, sell, till_at
from ticketing import selectors
from ticketing import services as ticketing
from ticketing.enums import DisruptionKind, TicketState
from ticketing.errors import HoldGone, NotAffected, SeatTaken, TicketOver
from ticketing.models import Affected, Hold, Ticket

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


def who(departure, now):
    return {"departure_id": departure.pk, "by": dispatcher_of(departure.station), "now": now}


def cancel(departure, now, reason="hỏng xe"):
    return services.cancel_departure(**who(departure, now), reason=reason)


def merge(departure, into, now):
    return services.merge_departures(**who(departure, now), into_id=into.pk, reason="vắng khách")


def delay(departure, now, minutes=20):
    return services.delay_departure(**who(departure, now), minutes=minutes, reason="đường tắc")


def replace(departure, vehicle, now):
    return services.replace_vehicle(**who(departure, now), vehicle_id=vehicle.pk, driver_id=None, reason="hỏng xe")


def listed(disruption):
    """(seat before, seat now, state) of every passenger, by the seat before."""
    rows = disruption.affected.order_by("from_label").values_list("from_label", "to_label", "ticket__state")
    return list(rows)


# --- cancelled ------------------------------------------------------------------------------------------------------


def test_a_cancelled_departure_displaces_its_passengers_and_frees_its_seats(departure, now):
    sell(departure, "A1", "B1")

    disruption = cancel(departure, now)

    assert listed(disruption) == [("A1", "", TicketState.DISPLACED), ("B1", "", TicketState.DISPLACED)]
    assert (claimed(departure), Departure.objects.get().state) == ([], DepartureState.CANCELLED)


def test_everything_is_given_back_for_it(departure, now):
    ticket = sell(departure, "A1").tickets.get()

    cancel(departure, now)

    offer = selectors.refund_offer(selectors.ticket_by_code(ticket.code), at("13:59"))
    assert (offer.basis, offer.amount) == ("cancelled", 100_000)


def test_who_was_on_board_gets_off_and_is_on_the_list(departure, now):
    ticket = sell(departure, "A1").tickets.get()
    ticketing.board_ticket(code=ticket.code, by=dispatcher_of(departure.station), now=now)

    assert listed(cancel(departure, now)) == [("A1", "", TicketState.DISPLACED)]


def test_a_clerk_who_was_selling_it_is_told_that_the_seats_are_gone(departure, now):
    till = till_at(departure.station)
    kept = hold(departure, "A1", till=till)

    cancel(departure, now)

    assert Hold.objects.count() == 0
    with pytest.raises(HoldGone):
        sell(departure, "A1", till=till, hold_id=kept.pk)


def test_its_order_charge_bay_and_coach_are_free(departure, now):
    issued(departure, now)
    inside(departure, now)
    booked_bay(departure, "A1")

    cancel(departure, now)

    assert DispatchOrder.objects.get().state == OrderState.CANCELLED
    assert Charge.objects.get().state == ChargeState.CANCELLED
    assert sum(Posting.objects.filter(account=Account.OWED_BY_OPERATOR).values_list("amount", flat=True)) == 0
    assert (YardVisit.objects.get().departure, BayBooking.objects.get().is_live) == (None, False)


def test_what_was_paid_for_it_stays_paid(departure, now):
    inside(departure, now)
    paid(departure, now)

    cancel(departure, now)

    assert Charge.objects.get().state == ChargeState.PAID


def test_a_sheet_with_other_runs_loses_only_this_line(departure, later, now):
    order = issued(departure, now)
    OrderLeg.objects.create(order=order, direction="out", position=2, departure=later)

    cancel(departure, now)

    assert list(OrderLeg.objects.order_by("position").values_list("state", flat=True)) == [
        LegState.SKIPPED, LegState.PENDING
    ]  # fmt: skip
    assert DispatchOrder.objects.get().state == OrderState.ISSUED


def test_it_stands_in_the_journal_with_its_reason(departure, now):
    sell(departure, "A1")

    cancel(departure, now, reason="hỏng xe")

    [told] = JournalEntry.objects.filter(action="departure_disrupted").order_by("pk")
    assert "hỏng xe" in told.body


@pytest.mark.parametrize("change", [cancel, delay])
def test_what_is_over_is_not_changed(departure, now, change):
    cancel(departure, now)

    with pytest.raises(DepartureNotOpen):
        change(departure, now)


@pytest.mark.parametrize("change", [cancel, delay])
def test_what_is_confirmed_is_not_changed(departure, now, change):
    confirmed(departure, now)

    with pytest.raises(AlreadyConfirmed):
        change(departure, now)


def test_a_reason_is_needed(departure, now):
    with pytest.raises(WhyChanged):
        cancel(departure, now, reason=" ")


# --- merged ---------------------------------------------------------------------------------------------------------


def test_passengers_of_a_merged_departure_keep_their_label_where_it_is_free(departure, later, now):
    ticket = sell(departure, "A1").tickets.get()
    sell(departure, "B1")
    sell(later, "B1")

    disruption = merge(departure, later, now)

    assert listed(disruption) == [("A1", "A1", TicketState.SOLD), ("B1", "", TicketState.DISPLACED)]
    ticket.refresh_from_db()
    assert (ticket.departure, ticket.seat_label, ticket.printed["seat"]) == (later, "A1", "A1")
    assert claimed(later) == [(1, 0), (3, 0)]


def test_a_passenger_who_does_not_agree_to_the_other_coach_gets_everything_back(departure, later, now):
    ticket = sell(departure, "A1").tickets.get()
    row = merge(departure, later, now).affected.get()
    fresh = selectors.ticket_by_code(ticket.code)

    assert selectors.refund_offer(fresh, at("14:59")).basis == "changed"
    ticketing.tell_passenger(affected_id=row.pk, by=dispatcher_of(departure.station), now=now)
    assert selectors.refund_offer(fresh, at("14:59")).basis == "nothing"


def test_only_the_same_run_takes_passengers_over(departure, now):
    stranger = ready_departure(planned_at=at("15:00"))

    with pytest.raises(CannotMerge):
        merge(departure, stranger, now)
    with pytest.raises(CannotMerge):
        merge(departure, departure, now)


# --- another coach --------------------------------------------------------------------------------------------------


def test_the_same_label_and_kind_is_kept_and_the_rest_is_work(departure, now):
    sell(departure, "A1")
    sell(departure, "B2")

    disruption = replace(departure, coach_with(departure, "X1", "A1"), now)

    assert listed(disruption) == [("A1", "A1", TicketState.SOLD), ("B2", "", TicketState.DISPLACED)]
    assert claimed(departure) == [(2, 0)]


def test_a_seat_of_a_lower_class_is_not_the_same_seat(departure, now):
    sell(departure, "A1")

    disruption = replace(departure, coach_with(departure, "A1", kind=SeatKind.BED), now)

    assert listed(disruption) == [("A1", "", TicketState.DISPLACED)]


def test_passengers_on_board_stay_on_board(departure, now):
    ticket = sell(departure, "A1").tickets.get()
    ticketing.board_ticket(code=ticket.code, by=dispatcher_of(departure.station), now=now)

    disruption = replace(departure, coach_with(departure, "A1"), now)

    assert listed(disruption) == [("A1", "A1", TicketState.BOARDED)]


def test_the_order_of_the_old_coach_is_withdrawn(departure, now):
    drawn(departure, now)

    replace(departure, coach_with(departure, "A1"), now)

    assert DispatchOrder.objects.get().state == OrderState.CANCELLED


def test_the_same_coach_or_a_foreign_one_replaces_nothing(departure, now):
    with pytest.raises(SameCoach):
        replace(departure, departure.vehicle, now)
    with pytest.raises(WrongVehicle):
        replace(departure, VehicleFactory(), now)


def test_a_displaced_passenger_takes_another_seat(departure, now):
    sell(departure, "B2")
    row = replace(departure, coach_with(departure, "X1", "X2"), now).affected.get()
    by = dispatcher_of(departure.station)

    ticketing.reseat_passenger(affected_id=row.pk, seat="x2", by=by, now=now)

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.seat_label, claimed(departure)) == (TicketState.SOLD, "X2", [(2, 0)])
    row.refresh_from_db()
    assert (row.to_label, row.told_by) == ("X2", by)
    with pytest.raises(TicketOver):
        ticketing.reseat_passenger(affected_id=row.pk, seat="X1", by=by, now=now)


def test_a_seat_that_was_sold_meanwhile_is_not_given_twice(departure, now):
    sell(departure, "B2")
    row = replace(departure, coach_with(departure, "X1", "X2"), now).affected.get()
    sell(departure, "X2")

    with pytest.raises(SeatTaken):
        ticketing.reseat_passenger(affected_id=row.pk, seat="X2", by=dispatcher_of(departure.station), now=now)


def test_a_passenger_of_a_merged_departure_is_seated_on_the_other(departure, later, now):
    sell(departure, "B1")
    sell(later, "B1")
    row = merge(departure, later, now).affected.get()

    ticketing.reseat_passenger(affected_id=row.pk, seat="A2", by=dispatcher_of(departure.station), now=now)

    assert (Ticket.objects.get(seat_label="A2").departure, claimed(later)) == (later, [(2, 0), (3, 0)])


def test_a_displaced_passenger_is_exchanged_free_of_charge_at_any_hour(departure, later, now):
    code = sell(departure, "A1").tickets.get().code
    cancel(departure, now)
    till = till_at(departure.station)
    wanted = ticketing.Wanted(later.pk)

    done = ticketing.exchange_ticket(
        code=code, wanted=wanted, till_id=till.pk, idempotency_key="k", by=till.clerk, now=at("13:59")
    )

    assert (done.amount, done.replacement.departure) == (100_000, later)


def test_a_ticket_changes_its_departure_only_when_it_was_displaced(departure, later, now):
    ticket = sell(departure, "A1").tickets.get()

    with pytest.raises(Exception, match="Cannot update"):
        Ticket.objects.filter(pk=ticket.pk).update(departure=later)


def test_nobody_is_told_who_is_not_on_a_list(departure, now):
    with pytest.raises(NotAffected):
        ticketing.tell_passenger(affected_id=999_999, by=dispatcher_of(departure.station), now=now)


# --- late -----------------------------------------------------------------------------------------------------------


def test_a_late_departure_says_until_when_and_lists_whom_to_tell(departure, now):
    sell(departure, "A1")

    disruption = delay(departure, now, minutes=20)

    departure.refresh_from_db()
    assert (departure.expected_at, disruption.kind) == (at("14:20"), DisruptionKind.LATE)
    assert listed(disruption) == [("A1", "A1", TicketState.SOLD)]


def test_it_is_sold_until_it_leaves(departure, now):
    delay(departure, now, minutes=20)

    assert sell(departure, "A1", now=at("14:19")).total == 100_000


def test_the_law_counts_from_when_it_really_leaves(departure, now):
    ticket = sell(departure, "A1").tickets.get()
    delay(departure, now, minutes=120)

    offer = selectors.refund_offer(selectors.ticket_by_code(ticket.code), at("14:00"))

    assert offer.percent == 90


def test_a_delay_can_be_long_enough_for_the_station_to_give_everything_back(departure, now):
    departure.station.delay_refund_minutes = 60
    departure.station.save()
    ticket = sell(departure, "A1").tickets.get()
    delay(departure, now, minutes=59)
    assert selectors.refund_offer(selectors.ticket_by_code(ticket.code), at("14:58")).basis == "nothing"

    delay(departure, now, minutes=60)

    assert selectors.refund_offer(selectors.ticket_by_code(ticket.code), at("14:58")).basis == "late"


@pytest.mark.parametrize("minutes", [0, -5, 721])
def test_a_delay_is_between_a_minute_and_half_a_day(departure, now, minutes):
    with pytest.raises(DelayAbsurd):
        delay(departure, now, minutes=minutes)


def test_a_passenger_is_told_once(departure, now):
    sell(departure, "A1")
    row = delay(departure, now).affected.get()
    by = dispatcher_of(departure.station)

    for _ in range(2):
        ticketing.tell_passenger(affected_id=row.pk, by=by, now=now)

    assert JournalEntry.objects.filter(action="passenger_told").count() == 1
    assert Affected.objects.get().told_by == by
