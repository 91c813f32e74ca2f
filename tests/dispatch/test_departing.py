import json
from datetime import timedelta

import pytest
from django.db.utils import InternalError

from dispatch import selectors, services
from dispatch.enums import LegState, OrderState, SignatureField
from dispatch.errors import (
    AlreadyConfirmed,
    BusNeedsNoOrder,
    CoachNotInYard,
    NotCleared,
    NotConfirmed,
    ServesADeparture,
    TooManyPassengers,
)
from dispatch.models import DispatchOrder, OrderLeg, Signature
from fees.enums import ChargeState
from fees.models import Charge, Tariff
from station import events
from station.enums import DepartureState, ExitKind, PaymentCycle, RouteKind, VisitState
from station.errors import AlreadyInYard, DepartureNotOpen, NotInYard
from station.models import Departure, Document, JournalEntry, OutboxMessage, Vehicle, YardVisit
from tests.factories import ContractFactory, UserFactory, VehicleFactory
from tests.factories_dispatch import (
    asked,
    cleared,
    confirmed,
    dispatcher_of,
    drawn,
    entered,
    inside,
    issued,
    paid,
    ready_departure,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody_listens(monkeypatch):
    """Nobody subscribes to departure.left yet."""
    monkeypatch.setitem(events._subscriptions, "departure.left", ["test.left"])


def confirm(departure, now, passengers=3):
    return services.confirm_departure(
        departure_id=departure.pk, passengers=passengers, by=dispatcher_of(departure.station), now=now
    )


def monthly(departure):
    """Its operator pays at the end of the month."""
    ContractFactory(station=departure.station, operator=departure.operator, payment_cycle=PaymentCycle.MONTH)
    return departure


def a_bus():
    return monthly(ready_departure(route__kind=RouteKind.BUS))


def actions(obj: str) -> list[str]:
    return list(JournalEntry.objects.filter(obj=obj).order_by("pk").values_list("action", flat=True))


# --- in -------------------------------------------------------------------------------------------------------------


def test_a_coach_comes_in_and_its_departure_is_charged_once(now):
    departure = ready_departure()

    visit = inside(departure, now)

    assert (visit.departure, visit.state) == (departure, VisitState.IN_YARD)
    charge = Charge.objects.get()
    assert (charge.departure, charge.state, charge.gross) == (departure, ChargeState.DUE, 56_376)


def test_a_coach_that_is_in_does_not_come_in_again(now):
    departure = ready_departure()
    inside(departure, now)

    with pytest.raises(AlreadyInYard):
        inside(departure, now)

    assert (YardVisit.objects.count(), Charge.objects.count()) == (1, 1)


def test_a_coach_that_comes_back_is_not_charged_again(now):
    departure = ready_departure()
    visit = inside(departure, now)
    services.let_out_empty(visit_id=visit.pk, by=UserFactory(), now=now)

    inside(departure, now + timedelta(minutes=20))

    assert (YardVisit.objects.count(), Charge.objects.count()) == (2, 1)


def test_an_unknown_coach_comes_in_and_nothing_is_charged(now):
    station = ready_departure().station

    visit = services.let_in(station=station, plate="29B-123.45", passengers_in=4, by=UserFactory(), now=now)

    assert (visit.plate, visit.departure, visit.passengers_in) == ("29B12345", None, 4)
    assert Charge.objects.count() == 0


def test_a_missing_price_does_not_keep_a_coach_outside(now):
    departure = ready_departure()
    Tariff.objects.all().delete()

    visit = inside(departure, now)

    assert (visit.departure, Charge.objects.count()) == (departure, 0)
    assert actions(f"departure:{departure.pk}") == ["charge_not_priced"]
    assert [finding.code for finding in selectors.clearance(departure, now)] == ["order_missing", "fee_missing"]


# --- confirmation ---------------------------------------------------------------------------------------------------


def test_the_station_confirms_time_and_passengers_and_asks_for_its_signature(now):
    departure = cleared(now=now)
    person = dispatcher_of(departure.station)

    services.confirm_departure(departure_id=departure.pk, passengers=3, by=person, now=now)

    leg = OrderLeg.objects.get()
    assert (leg.state, leg.passengers, leg.confirmed_at, leg.confirmed_by) == (LegState.CONFIRMED, 3, now, person)
    assert DispatchOrder.objects.get().state == OrderState.CONFIRMED
    assert Departure.objects.get().exit_confirmed_at == now
    signature = Signature.objects.get(field=SignatureField.STATION)
    station = departure.station
    assert (signature.signer, signature.organisation, signature.organisation_tax_code) == (
        person,
        station.legal_name,
        station.tax_code,
    )
    assert actions(f"leg:{leg.pk}") == ["leg_confirmed"]
    assert actions(f"dispatch:{leg.order_id}")[-1] == "dispatch_confirmed"
    tasks = OutboxMessage.objects.filter(task="dispatch.advance_document").order_by("pk")
    assert [message.payload for message in tasks] == [{"order_id": leg.order_id}] * 2


def test_a_departure_is_confirmed_once(now):
    leg = confirmed(now=now)

    with pytest.raises(AlreadyConfirmed) as refusal:
        confirm(leg.departure, now + timedelta(minutes=1))

    assert refusal.value.facts["at"] == "09:00"
    assert Signature.objects.filter(field=SignatureField.STATION).count() == 1


def test_a_coach_that_is_not_here_is_not_confirmed(now):
    departure = ready_departure()
    issued(departure, now)

    with pytest.raises(CoachNotInYard):
        confirm(departure, now)


def test_more_passengers_than_places_are_refused(now):
    departure = cleared(now=now)

    with pytest.raises(TooManyPassengers) as refusal:
        confirm(departure, now, passengers=5)

    assert refusal.value.facts == {"passengers": 5, "places": 4}
    assert confirm(departure, now, passengers=4).passengers == 4


def test_the_places_of_the_coach_that_runs_count_not_those_that_were_planned(now):
    departure = cleared(now=now)
    smaller = VehicleFactory(seat_map__size=2).seat_map
    Vehicle.objects.filter(pk=departure.vehicle.pk).update(seat_map=smaller)

    with pytest.raises(TooManyPassengers):
        confirm(departure, now, passengers=3)


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (str, ["order_missing", "fee_unpaid"]),
        (drawn, ["order_not_signed", "fee_unpaid"]),
        (asked, ["order_being_signed", "fee_unpaid"]),
        (issued, ["fee_unpaid"]),
    ],
)
def test_what_is_missing_is_said_with_all_its_codes(now, make, codes):
    departure = ready_departure()
    make(departure)
    inside(departure, now)

    with pytest.raises(NotCleared) as refusal:
        confirm(departure, now)

    assert refusal.value.facts["codes"] == codes
    assert json.loads(json.dumps(refusal.value.facts)) == refusal.value.facts
    assert OrderLeg.objects.filter(state=LegState.CONFIRMED).count() == 0


def test_an_expired_paper_stops_the_confirmation(now):
    departure = cleared(now=now)
    Document.objects.filter(vehicle=departure.vehicle, kind="inspection").update(valid_until=now.date())

    with pytest.raises(NotCleared) as refusal:
        confirm(departure, now)

    assert refusal.value.facts["codes"] == ["inspection_expired"]


def test_an_operator_that_pays_monthly_owes_nothing_at_the_gate(now):
    departure = monthly(ready_departure())
    issued(departure, now)
    inside(departure, now)

    assert confirm(departure, now).state == LegState.CONFIRMED


def test_a_bus_is_not_confirmed(now):
    departure = a_bus()
    inside(departure, now)

    with pytest.raises(BusNeedsNoOrder):
        confirm(departure, now)


def test_what_left_is_not_confirmed(now):
    leg = confirmed(now=now)
    services.let_out(visit_id=YardVisit.objects.get().pk, by=UserFactory(), now=now)

    with pytest.raises(DepartureNotOpen):
        confirm(leg.departure, now)


@pytest.mark.parametrize("field", ["passengers", "confirmed_at", "confirmed_by"])
def test_what_was_confirmed_cannot_be_edited(now, field):
    leg = confirmed(now=now)
    forged = {"passengers": 1, "confirmed_at": now + timedelta(hours=1), "confirmed_by": UserFactory()}[field]

    with pytest.raises(InternalError, match="Cannot update rows"):
        OrderLeg.objects.filter(pk=leg.pk).update(**{field: forged})


# --- out ------------------------------------------------------------------------------------------------------------


def test_a_confirmed_coach_leaves_and_it_is_told_once(now, somebody_listens):
    confirmed(now=now)
    visit = YardVisit.objects.get()

    services.let_out(visit_id=visit.pk, by=UserFactory(), now=now)
    with pytest.raises(NotInYard):
        services.let_out(visit_id=visit.pk, by=UserFactory(), now=now)

    departure = Departure.objects.get()
    visit.refresh_from_db()
    assert (departure.state, departure.departed_at) == (DepartureState.DEPARTED, now)
    assert (visit.state, visit.exit_kind, visit.left_at) == (VisitState.LEFT, ExitKind.DEPARTURE, now)
    messages = OutboxMessage.objects.filter(task="test.left").order_by("pk")
    assert [message.payload for message in messages] == [{"departure_id": departure.pk}]
    assert actions(f"departure:{departure.pk}") == [
        "departure_order_issued",
        "departure_exit_confirmed",
        "departure_departed",
    ]


def test_a_coach_that_was_not_confirmed_stays(now):
    departure = cleared(now=now)

    with pytest.raises(NotConfirmed):
        services.let_out(visit_id=YardVisit.objects.get().pk, by=UserFactory(), now=now)

    assert Departure.objects.get(pk=departure.pk).state == DepartureState.PLANNED


def test_a_coach_with_something_missing_stays_and_the_guard_reads_why(now):
    inside(ready_departure(), now)

    with pytest.raises(NotCleared) as refusal:
        services.let_out(visit_id=YardVisit.objects.get().pk, by=UserFactory(), now=now)

    assert refusal.value.facts["codes"] == ["order_missing", "fee_unpaid"]


def test_a_coach_swapped_after_the_confirmation_stays(now):
    leg = confirmed(now=now)
    departure = leg.departure
    other = VehicleFactory(operator=departure.operator)
    Departure.objects.filter(pk=departure.pk).update(vehicle=other)
    YardVisit.objects.update(plate=other.plate, vehicle=other)

    with pytest.raises(NotCleared) as refusal:
        services.let_out(visit_id=YardVisit.objects.get().pk, by=UserFactory(), now=now)

    assert refusal.value.facts["codes"] == [
        "order_other_plate",
        "registration_missing",
        "inspection_missing",
        "insurance_missing",
        "badge_missing",
    ]


def test_a_paper_order_lets_its_coach_go_too(now):
    departure = ready_departure(electronic=False)
    order = entered(departure, now)
    services.advance_document(order_id=order.pk, message_id=None, now=now)
    inside(departure, now)
    paid(departure, now)
    confirm(departure, now)

    services.let_out(visit_id=YardVisit.objects.get().pk, by=UserFactory(), now=now)

    assert Departure.objects.get().state == DepartureState.DEPARTED


def test_a_bus_goes_without_an_order_in_one_step(now):
    departure = a_bus()
    visit = inside(departure, now)

    services.let_out(visit_id=visit.pk, by=UserFactory(), now=now)

    assert Departure.objects.get(pk=departure.pk).state == DepartureState.DEPARTED


def test_a_bus_that_owes_its_price_stays(now):
    departure = ready_departure(route__kind=RouteKind.BUS)
    Tariff.objects.update(route_kind=RouteKind.BUS)
    visit = inside(departure, now)

    with pytest.raises(NotCleared) as refusal:
        services.let_out(visit_id=visit.pk, by=UserFactory(), now=now)

    assert refusal.value.facts["codes"] == ["fee_unpaid"]


def test_a_coach_without_a_departure_leaves_empty(now):
    station = ready_departure().station
    visit = services.let_in(station=station, plate="29B12345", passengers_in=None, by=UserFactory(), now=now)

    gone = services.let_out(visit_id=visit.pk, by=UserFactory(), now=now)

    assert (gone.state, gone.exit_kind) == (VisitState.LEFT, ExitKind.EMPTY)


def test_a_coach_of_a_cancelled_departure_leaves_empty(now):
    departure = ready_departure()
    visit = inside(departure, now)
    Departure.objects.filter(pk=departure.pk).update(state=DepartureState.CANCELLED)

    assert services.let_out(visit_id=visit.pk, by=UserFactory(), now=now).exit_kind == ExitKind.EMPTY


def test_an_unconfirmed_coach_may_leave_for_repair(now):
    departure = ready_departure()
    visit = inside(departure, now)

    services.let_out_empty(visit_id=visit.pk, by=UserFactory(), now=now)

    assert Departure.objects.get(pk=departure.pk).state == DepartureState.PLANNED
    assert YardVisit.objects.get().exit_kind == ExitKind.EMPTY


def test_a_confirmed_coach_does_not_leave_empty(now):
    confirmed(now=now)

    with pytest.raises(ServesADeparture):
        services.let_out_empty(visit_id=YardVisit.objects.get().pk, by=UserFactory(), now=now)
