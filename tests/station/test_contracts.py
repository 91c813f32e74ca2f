"""What the station agrees with an operator, and what follows for the departures that are planned."""

from datetime import date, timedelta

import pytest

from station.enums import Role, RouteKind
from station.errors import ContractInTheWay
from station.models import Contract, Departure, JournalEntry, Station
from station.services import contracts as services
from station.services.contracts import Terms
from station.services.departures import plan_ahead
from tests.factories import (
    ContractFactory,
    DepartureFactory,
    NoticeFactory,
    OperatorFactory,
    RouteFactory,
    ServiceSlotFactory,
    StationFactory,
    staff_of,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def operator():
    return OperatorFactory()


@pytest.fixture
def agree(station, operator, now):
    def agreed(first=TODAY, last=None, *, sells=True, number="HD-2026-9"):
        terms = Terms(number=number, valid_from=first, valid_until=last, sells_tickets=sells)
        return services.agree_contract(station=station, operator=operator, terms=terms, by=None, now=now)

    return agreed


def planned(station, operator, days=0, **facts):
    day = TODAY + timedelta(days=days)
    return DepartureFactory(
        route=RouteFactory(origin=station, **facts.pop("route", {})), operator=operator, service_on=day, **facts
    )


def test_the_contract_before_ends_on_the_day_the_new_one_begins(station, operator, agree):
    old = ContractFactory(station=station, operator=operator, sells_tickets=False)

    agree(TODAY)

    spans = Contract.objects.order_by("valid_from").values_list("pk", "valid_from", "valid_until", "sells_tickets")
    assert [row[1:] for row in spans] == [(old.valid_from, TODAY, False), (TODAY, None, True)]


def test_a_short_contract_inside_a_long_one_lets_it_go_on_afterwards(station, operator, agree):
    long = ContractFactory(
        station=station, operator=operator, sells_tickets=False, number="HD-1", payment_cycle="month"
    )
    end = TODAY + timedelta(days=7)

    agree(TODAY, end, number="HD-2")

    facts = ("number", "valid_from", "valid_until", "sells_tickets", "payment_cycle", "ticket_issuer")
    assert list(Contract.objects.order_by("valid_from").values_list(*facts)) == [
        ("HD-1", long.valid_from, TODAY, False, "month", long.ticket_issuer),
        ("HD-2", TODAY, end, True, "trip", "station_delegated"),
        ("HD-1", end, None, False, "month", long.ticket_issuer),
    ]


def test_a_contract_that_ends_with_the_short_one_does_not_go_on(station, operator, agree):
    end = TODAY + timedelta(days=7)
    ContractFactory(station=station, operator=operator, valid_until=end)

    agree(TODAY, end)

    assert list(Contract.objects.order_by("valid_from").values_list("valid_until", flat=True)) == [TODAY, end]


def test_planned_departures_of_its_days_are_sold_as_it_says(station, operator, agree):
    today, tomorrow, after = (planned(station, operator, days, is_on_sale=False) for days in (0, 1, 2))

    agree(TODAY + timedelta(days=1), TODAY + timedelta(days=2))

    on_sale = dict(Departure.objects.values_list("pk", "is_on_sale"))
    assert on_sale == {today.pk: False, tomorrow.pk: True, after.pk: False}


def test_an_operator_takes_its_sale_back(station, operator, agree):
    ContractFactory(station=station, operator=operator)
    departure = planned(station, operator)

    agree(TODAY, sells=False)

    departure.refresh_from_db()
    assert departure.is_on_sale is False
    assert JournalEntry.objects.get(action="contract_agreed").obj == f"operator:{operator.pk}"


def test_a_bus_is_never_sold(station, operator, agree):
    bus = planned(station, operator, is_on_sale=False, route={"kind": RouteKind.BUS})

    agree(TODAY)

    bus.refresh_from_db()
    assert bus.is_on_sale is False


def test_a_contract_that_begins_later_stands_in_the_way(station, operator, agree):
    ContractFactory(station=station, operator=operator, valid_from=TODAY + timedelta(days=9), number="HD-1")

    with pytest.raises(ContractInTheWay) as refusal:
        agree(TODAY)

    assert refusal.value.facts == {"number": "HD-1", "day": "01/12/2026"}
    assert agree(TODAY, TODAY + timedelta(days=9)).valid_until == TODAY + timedelta(days=9)


def test_a_route_sold_a_week_ahead_is_planned_a_week_ahead_and_the_others_are_not(station, now):
    early = ServiceSlotFactory(notice=NoticeFactory(route=RouteFactory(origin=station, sale_days_ahead=7)))
    usual = ServiceSlotFactory(notice=NoticeFactory(route=RouteFactory(origin=station)))

    plan_ahead(now=now)

    days = [(row.service_on - TODAY).days for row in Departure.objects.filter(slot=early).order_by("service_on")]
    assert days == list(range(8))
    assert Departure.objects.filter(slot=usual).count() == 2


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(station, client_of, now, time_machine):
    time_machine.move_to(now, tick=False)
    return client_of(staff_of(station, Role.MANAGER))


def test_a_manager_agrees_a_contract(client, station, operator):
    ContractFactory(station=station, operator=operator, sells_tickets=False)
    said = {
        "operator": operator.pk, "number": "HD-2026-9", "valid_from": "2026-11-22", "valid_until": "2026-12-31",
        "sells_tickets": "station", "ticket_issuer": "operator", "payment_cycle": "trip", "idempotency_key": "k",
    }  # fmt: skip

    answer = client.post("/setup/selling/contract/", said)

    assert (answer.status_code, answer.url) == (302, "/setup/selling/")
    made = Contract.objects.get(number="HD-2026-9")
    assert (made.sells_tickets, made.valid_until) == (True, date(2027, 1, 1))
    assert "HD-2026-9" in client.get("/setup/selling/").content.decode()


def test_a_contract_in_the_way_is_said_in_the_form(client, station, operator):
    ContractFactory(station=station, operator=operator, valid_from=TODAY)
    said = {
        "operator": operator.pk, "number": "HD-2026-9", "valid_from": "2026-11-22", "sells_tickets": "station",
        "ticket_issuer": "operator", "payment_cycle": "trip", "idempotency_key": "k",
    }  # fmt: skip

    answer = client.post("/setup/selling/contract/", said)

    assert (answer.status_code, len(answer.context["contract_form"].non_field_errors())) == (422, 1)


def test_the_last_day_does_not_come_before_the_first(client, station, operator):
    ContractFactory(station=station, operator=operator)
    said = {"operator": operator.pk, "number": "HD-2026-9", "valid_from": "2026-11-22", "valid_until": "2026-11-21"}

    answer = client.post("/setup/selling/contract/", said | {"idempotency_key": "k"})

    assert (answer.status_code, "valid_until" in answer.context["contract_form"].errors) == (422, True)


def test_a_manager_chooses_for_the_station(client, station):
    said = {"sale_closes": "time", "sale_closes_minutes": "5", "sale_needs_order": "on", "idempotency_key": "k"}

    answer = client.post("/setup/selling/rules/", said)

    fresh = Station.objects.get(pk=station.pk)
    assert answer.status_code == 302
    assert (fresh.sale_closes, fresh.sale_closes_minutes, fresh.sale_needs_order) == ("time", 5, True)


@pytest.mark.parametrize(("days", "status", "stored"), [("7", 302, 7), ("", 302, None), ("99", 422, 3)])
def test_a_manager_says_how_many_days_ahead_a_route_is_sold(client, station, days, status, stored):
    route = RouteFactory(origin=station, sale_days_ahead=3)
    ServiceSlotFactory(notice=NoticeFactory(route=route))

    answer = client.post(f"/setup/selling/routes/{route.pk}/", {f"route-{route.pk}-days": days, "idempotency_key": "k"})

    route.refresh_from_db()
    assert (answer.status_code, route.sale_days_ahead) == (status, stored)


def test_a_clerk_may_not_choose(station, client_of):
    assert client_of(staff_of(station, Role.TICKET_CLERK)).get("/setup/selling/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_much_for_one_operator_as_for_three(client, station, rows, django_assert_num_queries):
    for _ in range(rows):
        ContractFactory(station=station)

    client.get("/setup/selling/")
    with django_assert_num_queries(10):
        client.get("/setup/selling/")
