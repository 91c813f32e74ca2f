import pytest
import time_machine

from fees.enums import ChargeState, Method
from fees.models import Charge, Payment, TillClosing
from station.enums import Role
from station.models import Till
from tests.factories import CounterFactory, StationFactory, staff, staff_of
from tests.factories_fees import ChargeableDepartureFactory, charge, open_shift, pay, priced, till_of

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "one"}


@pytest.fixture(autouse=True)
def morning(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def clerk_at(api_of):
    def with_token(station, role=Role.TICKET_CLERK):
        return api_of(staff_of(station, role))

    return with_token


def counted(**notes):
    return {"counts": [{"denomination": int(note[1:]), "quantity": quantity} for note, quantity in notes.items()]}


def test_from_opening_to_closing(clerk_at):
    due = charge()
    open_shift(due.station)
    counter = CounterFactory(station=due.station)
    clerk = clerk_at(due.station)

    till = clerk.post("/api/v1/tills/", {"opening_float": 500_000, "counter": counter.code}, headers=KEY)
    paid = clerk.post(f"/api/v1/charges/{due.pk}/pay/", {"method": "cash"}, headers={"Idempotency-Key": "two"})
    closed = clerk.post(
        f"/api/v1/tills/{till.data['id']}/close/",
        counted(_500000=1, _50000=1, _5000=1, _1000=1),
        headers={"Idempotency-Key": "three"},
    )

    assert [till.status_code, paid.status_code, closed.status_code] == [201, 200, 200]
    assert (till.data["counter"], till.data["opening_float"], till.data["state"]) == (counter.code, 500_000, "open")
    assert (paid.data["state"], paid.data["payment"]["to_pay"], paid.data["payment"]["change"]) == ("paid", 56_000, 0)
    figures = ("number", "expected_cash", "counted_cash", "difference", "taken", "grand_total_after")
    assert [closed.data[name] for name in figures] == [1, 556_000, 556_000, 0, 56_000, 56_000]


def test_a_key_used_at_one_station_is_not_that_of_another(api_of):
    here, there = StationFactory(), StationFactory()
    open_shift(here)
    open_shift(there)
    clerk = api_of(staff(staff_of(here, Role.TICKET_CLERK), there, Role.TICKET_CLERK))

    answers = [
        clerk.post(f"/api/v1/tills/?station={station.code}", {"opening_float": 0}, headers=KEY)
        for station in (here, there)
    ]

    assert (answers[0].status_code, answers[1].data["code"]) == (201, "idempotency_key_reused")


def test_money_needs_a_key(clerk_at):
    due = charge()
    till = till_of(due.station)
    clerk = clerk_at(due.station)
    doors = [
        ("/api/v1/tills/", {"opening_float": 0}),
        (f"/api/v1/tills/{till.pk}/close/", {"counts": []}),
        (f"/api/v1/charges/{due.pk}/pay/", {"method": "cash"}),
    ]

    answers = [clerk.post(path, contents) for path, contents in doors]

    assert [(answer.status_code, answer.data["code"]) for answer in answers] == [(409, "idempotency_key_missing")] * 3


def test_the_same_key_gets_the_same_answer(api_of):
    due = charge()
    till = till_of(due.station)
    clerk = api_of(till.clerk)

    answers = [clerk.post(f"/api/v1/charges/{due.pk}/pay/", {"method": "cash"}, headers=KEY) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert Payment.objects.filter(kind="fee").count() == 1


def test_a_refusal_has_its_code_and_facts(api_of):
    due = charge()
    till = till_of(due.station)
    contents = {"method": "cash", "received": 50_000}

    answer = api_of(till.clerk).post(f"/api/v1/charges/{due.pk}/pay/", contents, headers=KEY)

    assert (answer.status_code, answer.data["code"], answer.data["facts"]) == (
        409,
        "cash_too_little",
        {"received": "50.000đ", "due": "56.000đ"},
    )


def test_a_difference_needs_a_reason(api_of):
    till = till_of(StationFactory())

    answer = api_of(till.clerk).post(f"/api/v1/tills/{till.pk}/close/", counted(_200000=2), headers=KEY)

    assert (answer.status_code, answer.data["code"], answer.data["facts"]["difference"]) == (
        409,
        "difference_needs_reason",
        -100_000,
    )


def test_without_a_till_nothing_is_taken(clerk_at):
    due = charge()

    answer = clerk_at(due.station).post(f"/api/v1/charges/{due.pk}/pay/", {"method": "cash"}, headers=KEY)

    assert (answer.status_code, answer.data["code"]) == (409, "till_not_open")


@pytest.mark.parametrize(
    "contents",
    [{}, {"opening_float": -1}, {"opening_float": "ba"}, {"opening_float": 0, "counter": "nowhere"}],
)
def test_a_till_that_makes_no_sense_is_bad_input(clerk_at, contents):
    station = StationFactory()
    open_shift(station)

    answer = clerk_at(station).post("/api/v1/tills/", contents, headers=KEY)

    assert (answer.status_code, Till.objects.count()) == (400, 0)


def test_a_note_counted_twice_is_bad_input(api_of):
    till = till_of(StationFactory())
    twice = {"counts": [{"denomination": 500_000, "quantity": 1}, {"denomination": 500_000, "quantity": 1}]}

    answer = api_of(till.clerk).post(f"/api/v1/tills/{till.pk}/close/", twice, headers=KEY)

    assert (answer.status_code, list(answer.data), TillClosing.objects.count()) == (400, ["counts"], 0)


def test_tills_and_charges_of_other_stations_are_not_found(clerk_at):
    due = charge()
    till = till_of(due.station)
    stranger = clerk_at(StationFactory())

    answers = [
        stranger.post(f"/api/v1/tills/{till.pk}/close/", {"counts": []}, headers=KEY),
        stranger.post(f"/api/v1/charges/{due.pk}/pay/", {"method": "cash"}, headers=KEY),
        stranger.post("/api/v1/charges/", {"departure": due.departure_id}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_departure_is_priced_once(clerk_at):
    priced()
    departure = ChargeableDepartureFactory()
    clerk = clerk_at(departure.station)

    answers = [clerk.post("/api/v1/charges/", {"departure": departure.pk}) for _ in range(2)]

    assert [answer.data["id"] for answer in answers] == [Charge.objects.get().pk] * 2
    assert (answers[0].data["gross"], answers[0].data["payment"]) == (56_376, None)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions_for_any_number_of_charges(
    clerk_at, django_assert_num_queries, rows
):
    station = StationFactory(station_class=4)
    for _ in range(rows):
        charge(ChargeableDepartureFactory(route__origin=station))
    clerk = clerk_at(station)

    with django_assert_num_queries(5):
        answer = clerk.get("/api/v1/charges/")

    assert answer.data["count"] == rows


def test_the_list_is_narrowed_by_state_plate_and_day(clerk_at):
    due = charge(ChargeableDepartureFactory(vehicle__plate="28B00142"))
    paid = charge(ChargeableDepartureFactory(route=due.departure.route, vehicle__plate="28B00342"))
    pay(paid, till_of(due.station), method=Method.CARD, reference="1")
    clerk = clerk_at(due.station)

    def found(**query):
        return [row["id"] for row in clerk.get("/api/v1/charges/", query).data["results"]]

    assert found(state=ChargeState.PAID) == [paid.pk]
    assert found(plate="28B-001.42") == [due.pk]
    assert found(service_on="2026-11-23") == []


@pytest.mark.parametrize(("role", "statuses"), [(Role.INSPECTOR, [200, 403]), (Role.GUARD, [403, 403])])
def test_who_may_look_and_take(clerk_at, role, statuses):
    due = charge()
    person = clerk_at(due.station, role)

    answers = [
        person.get("/api/v1/charges/"),
        person.post(f"/api/v1/charges/{due.pk}/pay/", {"method": "cash"}, headers=KEY),
    ]

    assert [answer.status_code for answer in answers] == statuses
