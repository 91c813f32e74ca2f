"""What a passenger pays: one discount, the narrowest surcharge, and the ticket that tells how it came about."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from station.enums import Role
from tests.factories import DepartureFactory, OperatorFactory, staff_of
from tests.factories_ticketing import (
    DiscountGroupFactory,
    SurchargeFactory,
    priced_departure,
    sell,
    till_at,
)
from ticketing import selectors, services
from ticketing.errors import NoSuchGroup, PriceOver, PriceOverlaps, TooManyOnALap, WrongPassengers
from ticketing.models import DiscountGroup, Sale, Surcharge, Ticket
from ticketing.services import Passenger

pytestmark = pytest.mark.django_db
URL = "/setup/prices/"


@pytest.fixture
def departure():
    return priced_departure(fare=75_000)


def fares():
    return list(Ticket.objects.order_by("seat").values_list("seat_label", "fare"))


def test_each_ticket_of_a_sale_has_its_own_group(departure):
    DiscountGroupFactory(code="child", percent=50)

    sale = sell(departure, "A1", "A2", passengers=[Passenger(seat="A2", group="child"), Passenger(seat="A1")])

    assert fares() == [("A1", 75_000), ("A2", 37_000)]
    assert (sale.total, sale.payment.amount) == (112_000, 112_000)


def test_the_ticket_keeps_how_its_price_came_about(departure):
    DiscountGroupFactory(code="disability", name="Khuyết tật nặng", name_en="Disability", percent=25)
    SurchargeFactory(name="Phụ thu Tết", percent="40", declared_number="KK-TET")

    sell(departure, "A1", passengers=[Passenger(group="disability")])

    said = Ticket.objects.get().price
    said.pop("fare_id")
    assert said == {
        "list_fare": 75_000, "surcharge": 30_000, "surcharge_name": "Phụ thu Tết", "surcharge_percent": "40",
        "surcharge_declared": "KK-TET", "discount": 27_000, "discount_code": "disability",
        "discount_name": "Khuyết tật nặng", "discount_name_en": "Disability", "discount_percent": "25",
        "fare": 78_000, "declared_number": "KK-01",
    }  # fmt: skip


def test_discounts_of_the_operator_and_of_all_never_add_up(departure):
    DiscountGroupFactory(code="child", percent=20)
    DiscountGroupFactory(code="child", percent=50, operator=departure.operator)
    DiscountGroupFactory(code="child", percent=90, operator=OperatorFactory())

    sell(departure, "A1", passengers=[Passenger(group="child")])

    assert fares() == [("A1", 37_000)]


def test_who_rides_free_has_a_ticket_and_a_reason(departure):
    DiscountGroupFactory(code="mother", name="Bà mẹ VN anh hùng", percent=100)

    sale = sell(departure, "A1", passengers=[Passenger(group="mother")])

    assert (sale.total, Ticket.objects.get().price["reason"]) == (0, "Bà mẹ VN anh hùng")


def test_a_group_the_operator_does_not_have_stops_the_whole_sale(departure):
    DiscountGroupFactory(code="child", operator=OperatorFactory())

    with pytest.raises(NoSuchGroup):
        sell(departure, "A1", "A2", passengers=[Passenger(seat="A1", group="child"), Passenger(seat="A2")])

    assert Sale.objects.count() == 0


@pytest.mark.parametrize(
    ("passengers", "refusal"),
    [
        ([Passenger(seat="A1")], WrongPassengers),
        ([Passenger(seat="A1"), Passenger(seat="B1")], WrongPassengers),
        ([Passenger(seat="A1"), Passenger()], WrongPassengers),
        ([Passenger(seat="A1", lap_children=3), Passenger(seat="A2")], TooManyOnALap),
    ],
)
def test_passengers_that_do_not_fit_the_seats_are_refused(departure, passengers, refusal):
    with pytest.raises(refusal):
        sell(departure, "A1", "A2", passengers=passengers)


def test_children_on_a_lap_ride_along_and_count(departure):
    sell(departure, "A1", "A2", passengers=[Passenger(lap_children=2), Passenger()])

    assert list(Ticket.objects.order_by("seat").values_list("lap_children", flat=True)) == [2, 0]
    assert selectors.passengers_of(departure) == 4
    assert selectors.counts_of(departure).lap_children == 2


def test_the_database_lets_no_third_child_on_a_lap(departure):
    sell(departure, "A1")

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.bulk_create([Ticket(**{**vars_of(Ticket.objects.get()), "lap_children": 3})])


def vars_of(ticket):
    return {
        field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields if field.name != "id"
    } | {"code": "0" * 18}


def test_the_narrowest_surcharge_counts_and_only_on_its_days(departure):
    SurchargeFactory(percent=40)
    SurchargeFactory(percent=20, route=departure.route)
    SurchargeFactory(percent=60, operator=departure.operator, direction="back")
    SurchargeFactory(percent=10, operator=departure.operator)
    SurchargeFactory(percent=90, operator=departure.operator, route=departure.route, valid_from=date(2026, 11, 23))

    sell(departure, "A1")

    assert fares() == [("A1", 82_500)]


def test_the_screen_offers_the_same_price_as_the_sale(departure, now):
    SurchargeFactory(percent=40)
    stretch = selectors.stretch_of(departure, None, None)

    offer = selectors.offer_of(departure, stretch, now)

    assert (offer.fare, offer.posted, offer.extra.percent) == (105_000, 75_000, Decimal(40))


def test_an_exchange_keeps_the_group_and_the_child_on_the_lap(departure, now):
    DiscountGroupFactory(code="child", percent=50)
    other = DepartureFactory(
        route=departure.route, operator=departure.operator, station=departure.station, seat_map=departure.seat_map
    )
    till = till_at(departure.station)
    old = sell(departure, "A1", till=till, passengers=[Passenger(group="child", lap_children=1)]).tickets.get()

    wanted = services.Wanted(other.pk)
    refund = services.exchange_ticket(
        code=old.code, wanted=wanted, till_id=till.pk, idempotency_key="x", by=till.clerk, now=now
    )

    new = refund.replacement
    assert (new.price["discount_code"], new.fare, new.lap_children) == ("child", 37_000, 1)


def test_an_exchange_to_an_operator_without_the_group_costs_the_full_fare(departure, now):
    DiscountGroupFactory(code="child", percent=50, operator=departure.operator)
    other = priced_departure(route=departure.route, station=departure.station, fare=80_000)
    till = till_at(departure.station)
    old = sell(departure, "A1", till=till, passengers=[Passenger(group="child")]).tickets.get()

    offered = {one.offer.departure.pk: one.difference for one in selectors.exchanges_for(old, now)}
    wanted = services.Wanted(other.pk)
    refund = services.exchange_ticket(
        code=old.code, wanted=wanted, till_id=till.pk, idempotency_key="x", by=till.clerk, now=now
    )

    assert (offered[other.pk], refund.replacement.fare) == (43_000, 80_000)


@pytest.mark.parametrize("groups", [1, 3])
def test_a_sale_asks_the_same_number_of_questions(departure, groups, django_assert_num_queries):
    for n in range(groups):
        DiscountGroupFactory(code=f"g{n}", percent=50)
    till = till_at(departure.station)

    with django_assert_num_queries(STATEMENTS):
        sell(departure, "A1", till=till)


STATEMENTS = 26


def test_the_api_sells_each_ticket_in_its_group(departure, api_of, now):
    DiscountGroupFactory(code="child", percent=50)
    till = till_at(departure.station)
    body = {
        "departure": departure.pk,
        "tickets": [{"seat": "A1", "group": None}, {"seat": "A2", "group": "child", "lap_children": 1}],
    }

    with time_machine.travel(now, tick=False):
        answer = api_of(till.clerk).post("/api/v1/sales/", body, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 201
    assert [(one["seat"], one["fare"], one["lap_children"]) for one in answer.json()["tickets"]] == [
        ("A1", 75_000, 0),
        ("A2", 37_000, 1),
    ]


@pytest.mark.parametrize(
    "tickets", [[], [{"seat": "A1"}, {"group": "child"}], [{"seat": "A1", "lap_children": 3}], [{"seat": "A123456"}]]
)
def test_the_api_refuses_tickets_of_no_shape(departure, api_of, now, tickets):
    till = till_at(departure.station)
    body = {"departure": departure.pk, "tickets": tickets}

    with time_machine.travel(now, tick=False):
        answer = api_of(till.clerk).post("/api/v1/sales/", body, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 400


def test_the_api_lists_the_prices_of_a_stretch(departure, api_of, now):
    DiscountGroupFactory(code="child", name="Trẻ em", name_en="Child", percent=50, proof="Giấy khai sinh")
    SurchargeFactory(percent=40)
    till = till_at(departure.station)

    with time_machine.travel(now, tick=False):
        answer = api_of(till.clerk).get(f"/api/v1/departures/{departure.pk}/prices/")

    assert answer.json() == {
        "posted": 75_000, "surcharge": 30_000, "fare": 105_000,
        "groups": [
            {"code": "child", "name": "Trẻ em", "name_en": "Child", "percent": "50.00", "proof": "Giấy khai sinh",
             "fare": 52_000},
        ],
    }  # fmt: skip


# --- the office


@pytest.fixture
def office(departure, client_of):
    return client_of(staff_of(departure.station, Role.ACCOUNTANT))


GROUP = {
    "group": "1", "g-code": "child", "g-name": "Trẻ em", "g-name_en": "Child", "g-percent": "50",
    "g-proof": "", "g-valid_from": "2026-11-01",
}  # fmt: skip
SURCHARGE = {
    "surcharge": "1", "s-name": "Phụ thu Tết", "s-percent": "40", "s-declared_number": "KK-2",
    "s-valid_from": "2027-01-17", "s-valid_until": "2027-02-21",
}  # fmt: skip


def test_the_office_enters_a_group_and_a_surcharge(office, now):
    with time_machine.travel(now, tick=False):
        answers = [office.post(URL, GROUP), office.post(URL, SURCHARGE)]
        page = office.get(URL).content.decode()

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (DiscountGroup.objects.get().percent, Surcharge.objects.get().percent) == (Decimal(50), Decimal(40))
    assert ["Phụ thu Tết" in page, "Trẻ em" in page] == [True, True]


@pytest.mark.parametrize("body", [GROUP, SURCHARGE])
def test_the_same_days_twice_are_refused_in_words(office, now, body):
    with time_machine.travel(now, tick=False):
        office.post(URL, body)
        refused = office.post(URL, body)

    assert refused.status_code == 422
    assert (DiscountGroup.objects.count() + Surcharge.objects.count()) == 1


@pytest.mark.parametrize(("name", "value"), [("s-percent", "400"), ("s-valid_until", "2027-01-17"), ("s-name", "")])
def test_nonsense_is_refused_at_its_field(office, now, name, value):
    with time_machine.travel(now, tick=False):
        refused = office.post(URL, {**SURCHARGE, name: value})

    assert (refused.status_code, Surcharge.objects.count()) == (422, 0)
    assert list(refused.context["surcharge_form"].errors) == [name.removeprefix("s-")]


def test_a_group_is_ended_and_the_next_one_follows(office, now):
    group: Any = DiscountGroupFactory(code="child", percent=50)
    with time_machine.travel(now, tick=False):
        ended = office.post(f"{URL}group/{group.pk}/end/", {"on": "2026-12-01"})
        again = office.post(f"{URL}group/{group.pk}/end/", {"on": "2026-12-05"})
        office.post(URL, {**GROUP, "g-percent": "25", "g-valid_from": "2026-12-01"})

    assert (ended.status_code, again.status_code) == (302, 422)
    assert list(DiscountGroup.objects.order_by("valid_from").values_list("percent", "valid_until")) == [
        (Decimal(50), date(2026, 12, 1)),
        (Decimal(25), None),
    ]


@pytest.mark.parametrize("path", ["group/999/end/", "nothing/1/end/", "surcharge/999/end/"])
def test_what_is_not_there_is_not_ended(office, path):
    assert office.post(URL + path, {"on": "2026-12-01"}).status_code == 404


def test_a_surcharge_that_is_over_cannot_end_again():
    row: Any = SurchargeFactory(valid_until=date(2026, 12, 1))

    with pytest.raises(PriceOver):
        services.end_surcharge(pk=row.pk, on=date(2026, 12, 2))


def test_the_table_refuses_what_the_service_forgets():
    first = SurchargeFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        SurchargeFactory()
    with pytest.raises(PriceOverlaps):
        services.open_surcharge(
            Surcharge(name="x", percent=1, valid_from=first.valid_from, valid_until=first.valid_until)
        )


def test_a_counter_does_not_set_prices(departure, client_of):
    clerk = client_of(staff_of(departure.station, Role.TICKET_CLERK))

    assert (clerk.get(URL).status_code, clerk.post(URL, GROUP).status_code) == (403, 403)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(office, rows, now, django_assert_num_queries):
    for n in range(rows):
        DiscountGroupFactory(code=f"g{n}", operator=OperatorFactory())
        SurchargeFactory(operator=OperatorFactory(), direction="out")
    with time_machine.travel(now, tick=False):
        office.get(URL)

        with django_assert_num_queries(PAGE_QUERIES):
            office.get(URL)


PAGE_QUERIES = 11


def test_a_clerk_sees_the_price_of_each_passenger_before_the_money(departure, client_of, now):
    DiscountGroupFactory(code="child", percent=50)
    till = till_at(departure.station)
    with time_machine.travel(now, tick=False):
        screen = client_of(till.clerk).get("/sell/", {"n": "2", "group": ["", "child"], "lap": ["1", "0"]})

    desk = screen.context["desk"]
    assert (desk.total, desk.passengers) == (112_000, 3)
    assert [(one.seat, one.group, one.price.fare) for one in desk.riders] == [
        ("A1", "", 75_000),
        ("A2", "child", 37_000),
    ]


def test_fares_of_another_day_have_their_own_surcharge(departure):
    SurchargeFactory(percent=40, valid_from=date(2027, 1, 17), valid_until=date(2027, 2, 21))

    sell(departure, "A1")

    assert fares() == [("A1", 75_000)]
