"""The counter for machines."""

import pytest
import time_machine

from station.enums import Role
from tests.factories import MembershipFactory, StationFactory, UserFactory, staff, staff_of
from tests.factories_ticketing import hold, priced_departure, sell, till_at
from ticketing.models import Sale, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure(stops=3, fare=80_000)


@pytest.fixture
def till(departure):
    return till_at(departure.station)


@pytest.fixture
def post(till, api_of, now):
    def sent(body, key="k1"):
        headers = {"Idempotency-Key": key} if key else {}
        with time_machine.travel(now, tick=False):
            return api_of(till.clerk).post("/api/v1/sales/", body, headers=headers)

    return sent


def test_seats_are_claimed_and_sold_in_one_request(post, departure):
    answer = post({"departure": departure.pk, "seats": ["A1", "A2"], "method": "cash", "received": 200_000})

    sale = Sale.objects.get()
    codes = dict(Ticket.objects.values_list("seat_label", "code"))
    price = Ticket.objects.order_by("pk").first().price
    assert answer.status_code == 201
    assert answer.json() == {
        "id": sale.pk,
        "departure": departure.pk,
        "total": 160_000,
        "change": 40_000,
        "payments": [{"method": "cash", "amount": 160_000, "reference": ""}],
        "lookup_code": sale.lookup_code,
        "tickets": [
            {"code": codes["A1"], "seat": "A1", "fare": 80_000, "price": price, "lap_children": 0},
            {"code": codes["A2"], "seat": "A2", "fare": 80_000, "price": price, "lap_children": 0},
        ],
    }


def test_a_number_of_seats_to_a_stop_in_the_middle(post, departure):
    middle = departure.route.stops.get(position=1)

    answer = post({"departure": departure.pk, "count": 2, "to_stop": middle.pk, "buyer": {"name": "Bùi Văn A"}})

    assert answer.json()["total"] == 80_000
    assert Sale.objects.get().buyer_name == "Bùi Văn A"


def test_the_same_key_gives_the_first_answer(post, departure):
    body = {"departure": departure.pk, "count": 1}

    first, again = post(body), post(body)

    assert (again.status_code, again.json()) == (201, first.json())
    assert Sale.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(post, departure):
    post({"departure": departure.pk, "count": 1})

    refused = post({"departure": departure.pk, "count": 2})

    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")


def test_money_needs_a_key(post, departure):
    refused = post({"departure": departure.pk, "count": 1}, key="")

    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_missing")


def test_a_taken_seat_is_refused_with_its_facts(post, departure):
    hold(departure, "A1")

    refused = post({"departure": departure.pk, "seats": ["A1", "A2"]})

    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["facts"]) == ("seat_taken", {"seats": "A1"})
    assert Sale.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [{}, {"count": 0}, {"count": 1, "seats": ["A1"]}, {"count": 1, "method": "gold"}, {"count": 1, "received": 10**30}],
)
def test_bad_input_names_its_fields(post, departure, body):
    refused = post({"departure": departure.pk, **body})

    assert refused.status_code == 400
    assert Sale.objects.count() == 0


def test_a_departure_of_another_station_is_not_found(post):
    assert post({"departure": priced_departure().pk, "count": 1}).status_code == 404


def test_selling_is_a_right(api_of, departure):
    guard = api_of(staff_of(departure.station, Role.GUARD))

    refused = guard.post("/api/v1/sales/", {"departure": departure.pk, "count": 1}, headers={"Idempotency-Key": "x"})

    assert refused.status_code == 403


def test_seats_of_a_stretch(api_of, till, departure, now):
    middle = departure.route.stops.get(position=1)
    sell(departure, "A1", till=till, to_stop_id=middle.pk)
    api = api_of(till.clerk)

    with time_machine.travel(now, tick=False):
        whole = api.get(f"/api/v1/departures/{departure.pk}/seats/").json()
        rest = api.get(f"/api/v1/departures/{departure.pk}/seats/", {"from_stop": middle.pk}).json()

    spot = {"deck": 1, "row": 1, "column": 1, "is_priority": False, "reason": ""}
    assert whole[0] == {"seat": "A1", "state": "sold", **spot}
    assert [row["state"] for row in rest] == ["free"] * 4


def test_a_ticket_is_found_by_its_code_at_ones_own_station(api_of, till, departure):
    ticket = sell(departure, "A1", till=till).tickets.get()

    found = api_of(till.clerk).get(f"/api/v1/tickets/{ticket.code}/")
    stranger = api_of(staff_of(StationFactory(), Role.MANAGER)).get(f"/api/v1/tickets/{ticket.code}/")

    assert (found.json()["code"], found.json()["state"], found.json()["fare"]) == (ticket.code, "sold", 80_000)
    assert stranger.status_code == 404


@pytest.mark.parametrize("stop", ["9" * 30, "9" * 5000, "x"])
def test_a_stop_that_is_no_number_counts_as_not_asked(api_of, till, departure, now, stop):
    with time_machine.travel(now, tick=False):
        answer = api_of(till.clerk).get(f"/api/v1/departures/{departure.pk}/seats/", {"from_stop": stop})

    assert [row["state"] for row in answer.json()] == ["free"] * 4


def test_a_right_at_one_station_opens_nothing_at_another(api_of, till, departure):
    ticket = sell(departure, "A1", till=till).tickets.get()
    clerk_elsewhere = staff(UserFactory(), StationFactory(), Role.TICKET_CLERK)
    staff(clerk_elsewhere, departure.station, Role.ADMIN)
    MembershipFactory(user=till.clerk)

    def statuses(person):
        station = {"station": person.memberships.order_by("pk").first().station.code}
        addresses = (f"/api/v1/tickets/{ticket.code}/", f"/api/v1/departures/{departure.pk}/seats/")
        return [api_of(person).get(address, station).status_code for address in addresses]

    assert (statuses(clerk_elsewhere), statuses(till.clerk)) == ([404, 404], [200, 200])


def test_a_sale_asks_as_many_questions_whatever_was_sold_before(post, departure, django_assert_num_queries):
    post({"departure": departure.pk, "seats": ["A1"]}, key="k1")  # what a process learns with its first sale

    with django_assert_num_queries(STATEMENTS):
        post({"departure": departure.pk, "seats": ["A2"]}, key="k2")
    with django_assert_num_queries(STATEMENTS_BY_NUMBER):
        post({"departure": departure.pk, "count": 1}, key="k3")


# Login, place, rights, idempotency, sale and answer: all that `POST /sales/` asks of the database.
STATEMENTS = 36
STATEMENTS_BY_NUMBER = 35
