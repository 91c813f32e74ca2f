"""Selling: all the seats or none, the money held for the operator, the ticket saying what it said."""

import json

import pytest
from django.db import InternalError, transaction

from fees.enums import Account, Method
from fees.errors import CashTooLittle
from fees.models import Payment, Posting
from station.enums import DepartureState, Direction
from station.errors import NotYourTill, TillClosed
from station.models import JournalEntry, OutboxMessage
from tests.factories import DepartureFactory, StationFactory, TillFactory, VehicleFactory, at
from tests.factories_ticketing import (
    FareFactory,
    booked_bay,
    claimed,
    declare_fares,
    hold,
    priced_departure,
    sell,
    till_at,
)
from ticketing import rules, services
from ticketing.errors import (
    HoldGone,
    NoFare,
    NoSeatMap,
    NoSuchSeat,
    NoSuchStop,
    NotEnoughSeats,
    NothingChosen,
    NothingOnSale,
    NotOnSale,
    NotYourStation,
    SaleClosed,
    SeatTaken,
)
from ticketing.models import Hold, Sale, Ticket

pytestmark = pytest.mark.django_db


def test_a_sale_takes_its_seats_and_the_money(now):
    departure = priced_departure(fare=75_000)
    till = till_at(departure.station)

    sale = sell(departure, "A1", "A2", till=till, received=200_000)

    assert sale.total == 150_000
    assert sale.payment.change == 50_000
    assert list(sale.tickets.order_by("seat").values_list("seat_label", "fare", "state")) == [
        ("A1", 75_000, "sold"),
        ("A2", 75_000, "sold"),
    ]
    assert claimed(departure) == [(1, 0), (2, 0)]


def test_ticket_money_is_held_for_the_operator_and_never_revenue():
    departure = priced_departure(fare=75_000)
    till = till_at(departure.station)

    sell(departure, "A1", till=till)

    postings = Posting.objects.order_by("amount").values_list("account", "operator_id", "till_id", "amount")
    assert list(postings) == [
        (Account.HELD_FOR_OPERATOR, departure.operator_id, None, -75_000),
        (Account.DRAWER, None, till.pk, 75_000),
    ]


def test_one_taken_seat_stops_the_whole_sale():
    departure = priced_departure()
    till = till_at(departure.station)
    sell(departure, "A1", till=till)

    with pytest.raises(SeatTaken) as refusal:
        sell(departure, "A1", "A2", till=till)

    assert refusal.value.facts == {"seats": "A1"}
    assert list(Ticket.objects.values_list("seat_label", flat=True)) == ["A1"]
    assert Payment.objects.count() == 1


def test_a_refused_payment_leaves_nothing_behind():
    departure = priced_departure()

    with pytest.raises(CashTooLittle):
        sell(departure, "A1", received=50_000)

    assert claimed(departure) == []
    assert Sale.objects.count() == 0
    assert JournalEntry.objects.count() == 0


def test_best_seats_are_chosen_when_only_a_number_is_asked_for():
    departure = priced_departure(seats=4)
    sell(departure, "A1")

    sale = sell(departure, count=2)

    assert list(sale.tickets.order_by("seat").values_list("seat_label", flat=True)) == ["B1", "B2"]


def test_the_same_seat_is_sold_again_on_other_legs():
    departure = priced_departure(stops=3, fare=100_000)
    _start, middle, end = departure.route.stops.order_by("position")

    first = sell(departure, "A1", to_stop_id=middle.pk)
    second = sell(departure, "A1", from_stop_id=middle.pk, to_stop_id=end.pk)

    assert [first.total, second.total] == [50_000, 50_000]
    assert claimed(departure) == [(1, 0), (1, 1)]


def test_legs_of_the_way_back_are_the_same_legs():
    departure = priced_departure(stops=3, direction=Direction.BACK)
    home = departure.route.destination
    home.is_ours, home.tax_code = True, "5400100003"
    home.save()
    departure.station = home
    departure.save()
    start, middle, _end = departure.route.stops.order_by("-position")
    FareFactory(operator=departure.operator, route=departure.route, from_stop=start, to_stop=middle, amount=40_000)

    sale = sell(departure, "A1", to_stop_id=middle.pk)

    assert sale.total == 40_000
    assert claimed(departure) == [(1, 1)]


def test_a_ticket_says_what_it_said_when_sold(now):
    departure = priced_departure(vehicle=VehicleFactory(plate="28B01234"))
    booked_bay(departure, "7")
    sale = sell(departure, "A1")

    ticket = sale.tickets.get()

    assert rules.is_ticket_code(ticket.code)
    assert ticket.code.startswith("261122")
    assert ticket.printed["plate"] == "28B01234"
    assert ticket.printed["bay"] == "7"
    assert ticket.printed["operator_tax_code"] == departure.operator.tax_code
    assert ticket.printed["planned_at"] == "2026-11-22T14:00:00+07:00"
    assert ticket.price["list_fare"] == 100_000
    assert ticket.price["declared_number"] == "KK-01"


def test_the_database_keeps_the_facts_of_a_ticket():
    ticket = sell(priced_departure(), "A1").tickets.get()

    with pytest.raises(InternalError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(fare=1)
    with pytest.raises(InternalError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk)._raw_delete("default")

    ticket.refresh_from_db()
    assert ticket.fare == 100_000


def test_a_sale_is_journalled_on_its_till_and_told():
    departure = priced_departure()
    till = till_at(departure.station)

    sale = sell(departure, "A1", till=till)

    entry = JournalEntry.objects.get(action="sale_made")
    assert (entry.chain, entry.obj) == (f"till:{till.pk}", f"sale:{sale.pk}")
    assert json.loads(entry.body)["seats"] == ["A1"]
    pushes = OutboxMessage.objects.filter(task__startswith="push.").values_list("task", flat=True)
    assert set(pushes) == {f"push.sale-{departure.station.code}"}


def test_own_hold_becomes_the_sale():
    departure = priced_departure()
    till = till_at(departure.station)
    kept = hold(departure, "A1", "A2", till=till)

    sell(departure, "A1", till=till, hold_id=kept.pk)

    assert claimed(departure) == [(1, 0)]
    assert Hold.objects.count() == 0


def test_the_hold_of_another_counter_sells_nothing():
    departure = priced_departure()
    theirs = hold(departure, "A1")

    with pytest.raises(HoldGone):
        sell(departure, "A1", hold_id=theirs.pk)

    assert Sale.objects.count() == 0
    assert list(Hold.objects.order_by("pk")) == [theirs]
    assert claimed(departure) == [(1, 0)]


@pytest.mark.parametrize("labels", [["A1"], None])
def test_a_departure_that_does_not_exist_is_not_on_sale(now, labels):
    till = till_at(StationFactory())

    with pytest.raises(NothingOnSale):
        services.sell_tickets(
            departure_id=999_999, seats=labels, till_id=till.pk, method=Method.CASH, idempotency_key="k", by=till.clerk,
            now=now,
        )  # fmt: skip


def test_seats_kept_by_another_counter_are_refused():
    departure = priced_departure()
    hold(departure, "A1")

    with pytest.raises(SeatTaken):
        sell(departure, "A1")


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"is_on_sale": False}, NotOnSale),
        ({"state": DepartureState.CANCELLED}, SaleClosed),
        ({"planned_at": at("08:59")}, SaleClosed),
        ({"planned_at": at("09:00")}, SaleClosed),
    ],
)
def test_a_departure_that_is_not_for_sale_is_refused(facts, refusal):
    departure = priced_departure(**facts)

    with pytest.raises(refusal):
        sell(departure, "A1")


def test_a_counter_sells_departures_of_its_own_station():
    departure = priced_departure()

    with pytest.raises(NotYourStation):
        sell(departure, "A1", till=till_at(StationFactory()))


def test_a_stretch_without_a_declared_fare_is_refused():
    departure = DepartureFactory()

    with pytest.raises(NoFare):
        sell(departure, "A1")


def test_stops_must_lie_ahead_and_on_the_route():
    departure = priced_departure(stops=3)
    start, middle, _end = departure.route.stops.order_by("position")
    elsewhere = priced_departure().route.stops.get(position=0)

    for stops in [(middle, start), (middle, middle), (start, elsewhere)]:
        with pytest.raises(NoSuchStop):
            sell(departure, "A1", from_stop_id=stops[0].pk, to_stop_id=stops[1].pk)

    assert claimed(departure) == []


def test_seats_must_be_on_the_map_and_enough():
    departure = priced_departure(seats=2)
    till = till_at(departure.station)

    with pytest.raises(NoSuchSeat):
        sell(departure, "Z9", till=till)
    with pytest.raises(NotEnoughSeats):
        sell(departure, count=3, till=till)
    with pytest.raises(NothingChosen):
        sell(departure, count=0, till=till)


def test_a_departure_without_any_seat_map_is_refused():
    departure = DepartureFactory(seat_map=None)
    declare_fares(departure)

    with pytest.raises(NoSeatMap):
        sell(departure, "A1")


def test_the_map_of_the_vehicle_serves_when_the_departure_has_none():
    departure = DepartureFactory(seat_map=None, vehicle=VehicleFactory())
    declare_fares(departure)

    sale = sell(departure, "A1")

    assert sale.tickets.get().seat_map_id == departure.vehicle.seat_map_id


def test_only_ones_own_open_till_sells():
    departure = priced_departure()
    till = till_at(departure.station)
    other = TillFactory(shift=till.shift)
    closed = TillFactory(shift=till.shift, state="closed", closed_at=at("08:00"))

    with pytest.raises(NotYourTill):
        sell(departure, "A1", till=till, by=other.clerk)
    with pytest.raises(TillClosed):
        sell(departure, "A1", till=closed)


def test_a_bank_transfer_goes_to_the_bank():
    sell(priced_departure(), "A1", method=Method.TRANSFER, reference="FT123")

    assert set(Posting.objects.values_list("account", flat=True)) == {Account.BANK, Account.HELD_FOR_OPERATOR}
