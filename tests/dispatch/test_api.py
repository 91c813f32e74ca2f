from base64 import b64encode

import pytest

from dispatch.enums import LegState, OrderState
from dispatch.models import DispatchOrder, OrderLeg
from station.enums import DepartureState, Role, VisitState
from station.models import Departure, YardVisit
from tests.factories import UserFactory, staff_of
from tests.factories_dispatch import (
    JPEG,
    cleared,
    confirmed,
    dispatcher_of,
    drawn,
    entered,
    head_of,
    inside,
    issued,
    ready_departure,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
API = "/api/v1"
KEY = {"Idempotency-Key": "k1"}


def gate(departure, direction, **more):
    return {"station": departure.station.code, "direction": direction, "plate": departure.vehicle.plate, **more}


def guard_of(departure):
    return staff_of(departure.station, Role.GUARD)


def test_an_operator_signs_and_a_resend_gets_the_first_answer(api_of):
    order = drawn()
    api = api_of(head_of(order.operator))

    first = api.post(f"{API}/orders/{order.pk}/sign/", headers=KEY)
    second = api.post(f"{API}/orders/{order.pk}/sign/", headers=KEY)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert (first.json()["state"], first.json()["signatures"][0]["field"]) == ("signing", "Operator")


def test_a_second_signature_is_a_refusal_with_its_code(api_of):
    order = issued()

    response = api_of(head_of(order.operator)).post(f"{API}/orders/{order.pk}/sign/")

    assert (response.status_code, response.json()["code"]) == (409, "order_not_waiting")


@pytest.mark.parametrize("path", ["orders/{}/", "orders/{}/sign/"])
def test_the_order_of_another_operator_is_not_there(api_of, path):
    order = drawn()
    api = api_of(head_of(drawn().operator))
    address = f"{API}/{path.format(order.pk)}"

    response = api.post(address) if "sign" in path else api.get(address)

    assert (response.status_code, DispatchOrder.objects.get(pk=order.pk).state) == (404, OrderState.DRAFT)


def test_an_operator_lists_its_own_orders_only(api_of):
    mine = drawn()
    drawn()

    answer = api_of(head_of(mine.operator)).get(f"{API}/orders/").json()

    assert [row["number"] for row in answer["results"]] == [mine.number]


def test_a_station_lists_its_own_orders_by_state(api_of):
    order = issued()
    drawn(ready_departure(route=OrderLeg.objects.get().departure.route))
    drawn()
    api = api_of(dispatcher_of(order.station))

    answer = api.get(f"{API}/orders/", {"state": "issued"}).json()

    assert [row["number"] for row in answer["results"]] == [order.number]
    assert answer["results"][0]["document_sha256"] == order.document.sha256


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(api_of, rows, django_assert_num_queries):
    order = drawn()
    for _ in range(rows - 1):
        drawn(ready_departure(operator=order.operator))
    api = api_of(head_of(order.operator))

    with django_assert_num_queries(6):
        answer = api.get(f"{API}/orders/").json()

    assert answer["count"] == rows


def test_without_a_token_there_is_nothing(client):
    assert client.get(f"{API}/orders/").status_code == 401


def test_an_electronic_order_is_drawn_up(api_of):
    departure = ready_departure()

    response = api_of(dispatcher_of(departure.station)).post(f"{API}/departures/{departure.pk}/orders/", {})

    order = DispatchOrder.objects.get()
    assert (response.status_code, response.json()["number"], response.json()["state"]) == (201, order.number, "draft")


def test_a_paper_order_is_entered_with_its_scan(api_of):
    departure = ready_departure(electronic=False)
    body = {
        "paper_number": "LVC-77",
        "valid_from": "2026-11-01",
        "valid_until": "2026-11-30",
        "scan": b64encode(JPEG).decode(),
    }

    response = api_of(dispatcher_of(departure.station)).post(f"{API}/departures/{departure.pk}/orders/", body)

    order = DispatchOrder.objects.select_related("scan").get()
    assert (response.status_code, response.json()["paper_number"]) == (201, "LVC-77")
    assert bytes(order.scan.content) == JPEG


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"paper_number": "LVC-77"}, ["valid_from", "valid_until"]),
        ({"paper_number": "LVC-77", "valid_from": "x", "valid_until": "2026-11-30"}, ["valid_from"]),
        ({"paper_number": "1", "valid_from": "2026-11-01", "valid_until": "2026-11-30", "scan": "§"}, ["scan"]),
    ],
)
def test_bad_input_names_its_fields(api_of, body, fields):
    departure = ready_departure(electronic=False)

    response = api_of(dispatcher_of(departure.station)).post(f"{API}/departures/{departure.pk}/orders/", body)

    assert (response.status_code, list(response.json())) == (400, fields)


def test_a_departure_of_another_station_is_not_there(api_of):
    departure = ready_departure()
    stranger = api_of(dispatcher_of(ready_departure().station))

    answers = [
        stranger.post(f"{API}/departures/{departure.pk}/{what}/", {"passengers": 1}).status_code
        for what in ("orders", "confirm")
    ]

    assert answers == [404, 404]


def test_a_departure_is_confirmed(api_of):
    departure = cleared()

    response = api_of(dispatcher_of(departure.station)).post(
        f"{API}/departures/{departure.pk}/confirm/", {"passengers": 3}, headers=KEY
    )

    assert (response.status_code, response.json()["state"]) == (200, "confirmed")
    assert [(leg["state"], leg["passengers"]) for leg in response.json()["legs"]] == [(LegState.CONFIRMED, 3)]


def test_a_confirmation_that_is_refused_carries_its_codes(api_of):
    departure = ready_departure()
    inside(departure)

    response = api_of(dispatcher_of(departure.station)).post(
        f"{API}/departures/{departure.pk}/confirm/", {"passengers": 3}
    )

    assert (response.status_code, response.json()["code"]) == (409, "not_cleared")
    assert response.json()["facts"]["codes"] == ["order_missing", "fee_unpaid"]


def test_a_coach_comes_in_by_the_gate(api_of):
    departure = ready_departure()

    response = api_of(guard_of(departure)).post(f"{API}/gate/events/", gate(departure, "in", passengers=7))

    answer = response.json()
    assert response.status_code == 201
    assert (answer["visit"]["plate"], answer["visit"]["passengers_in"]) == (departure.vehicle.plate, 7)
    assert (answer["departure"]["id"], answer["verdict"]) == (departure.pk, "not_cleared")
    assert [finding["code"] for finding in answer["findings"]] == ["order_missing", "fee_unpaid"]


def test_the_same_gate_event_twice_is_one_entry(api_of):
    departure = ready_departure()
    api = api_of(guard_of(departure))

    answers = [api.post(f"{API}/gate/events/", gate(departure, "in"), headers=KEY).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert YardVisit.objects.count() == 1


def test_a_confirmed_coach_goes_out_by_the_gate(api_of):
    departure = confirmed().departure

    response = api_of(guard_of(departure)).post(f"{API}/gate/events/", gate(departure, "out"))

    assert (response.json()["visit"]["exit_kind"], response.json()["departure"]["state"]) == (
        "departure",
        DepartureState.DEPARTED,
    )


def test_a_coach_that_may_not_go_is_refused_with_its_codes(api_of):
    departure = ready_departure()
    inside(departure)

    response = api_of(guard_of(departure)).post(f"{API}/gate/events/", gate(departure, "out"))

    assert (response.status_code, response.json()["facts"]["codes"]) == (409, ["order_missing", "fee_unpaid"])
    assert YardVisit.objects.get().state == VisitState.IN_YARD


def test_a_coach_that_was_refused_goes_out_empty(api_of):
    departure = ready_departure()
    inside(departure)

    response = api_of(guard_of(departure)).post(f"{API}/gate/events/", gate(departure, "out", empty=True))

    assert (response.status_code, response.json()["visit"]["exit_kind"]) == (201, "empty")
    assert response.json()["departure"]["state"] == DepartureState.PLANNED


def test_a_coach_that_is_not_here_cannot_leave(api_of):
    departure = ready_departure()

    response = api_of(guard_of(departure)).post(f"{API}/gate/events/", gate(departure, "out"))

    assert (response.status_code, response.json()["code"]) == (409, "not_in_yard")


def test_a_guard_works_at_the_own_station_only(api_of):
    departure, elsewhere = ready_departure(), ready_departure()

    response = api_of(guard_of(elsewhere)).post(f"{API}/gate/events/", gate(departure, "in"))

    assert (response.status_code, YardVisit.objects.count()) == (404, 0)


def test_an_operator_has_no_gate(api_of):
    order = drawn()
    departure = Departure.objects.get()

    response = api_of(head_of(order.operator)).post(f"{API}/gate/events/", gate(departure, "in"))

    assert response.status_code in {403, 404}


@pytest.mark.parametrize(("station", "status"), [(["HB01"], 400), ({"code": "HB01"}, 400), (None, 400), (7, 404)])
def test_a_station_that_is_no_word_is_no_station(api_of, station, status):
    departure = ready_departure()

    response = api_of(guard_of(departure)).post(f"{API}/gate/events/", gate(departure, "in") | {"station": station})

    assert (response.status_code, YardVisit.objects.count()) == (status, 0)


def test_no_list_of_orders_is_longer_than_a_page_may_be(api_of):
    order = drawn()
    api = api_of(head_of(order.operator))

    statuses = [
        api.get(f"{API}/orders/", query).status_code
        for query in ({"limit": "9" * 30}, {"limit": 1_000_000}, {"state": "nonsense"})
    ]

    assert statuses == [200, 200, 400]


def test_a_missing_photo_is_sent_once_by_the_operator_and_not_by_a_driver(api_of):
    order = entered()
    address, body = f"{API}/orders/{order.pk}/photo/", {"photo": b64encode(JPEG).decode()}
    driver = UserFactory(driver=order.legs.get().departure.driver)

    answers = [
        api_of(driver).post(address, body).status_code,
        api_of(head_of(order.operator)).post(address, body, headers=KEY).status_code,
        api_of(head_of(order.operator)).post(address, body).json()["code"],
    ]

    assert answers == [403, 200, "photo_not_awaited"]
    assert bytes(DispatchOrder.objects.get().scan.content) == JPEG
