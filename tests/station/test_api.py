import pytest
import time_machine

from station.api.pages import Pages
from station.enums import DepartureState, Role
from station.models import BayBooking
from station.services.bays import assign_bay
from tests.factories import (
    BayFactory,
    DepartureFactory,
    RouteFactory,
    StationFactory,
    VehicleFactory,
    at,
    staff,
    staff_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory(code="HB01")


@pytest.fixture
def api(station, api_of, now):
    with time_machine.travel(now, tick=False):
        yield api_of(staff_of(station, Role.DISPATCHER))


def departure_at(hhmm, station, **facts):
    return DepartureFactory(planned_at=at(hhmm), route=RouteFactory(origin=station), **facts)


def test_departures_of_today_by_time(api, station, now):
    vehicle = VehicleFactory(plate="28B01005")
    departure = departure_at("14:00", station, vehicle=vehicle, operator=vehicle.operator)
    assign_bay(departure_id=departure.pk, bay_id=BayFactory(station=station, code="9").pk, by=None, now=now)
    early = departure_at("06:00", station)
    DepartureFactory()

    answer = api.get("/api/v1/departures/").json()

    assert [row["id"] for row in answer["results"]] == [early.pk, departure.pk]
    assert answer["results"][1] == {
        "id": departure.pk,
        "station": "HB01",
        "route": departure.route.code,
        "bound_for": departure.route.destination.name,
        "direction": "out",
        "operator": departure.operator.code,
        "kind": "regular",
        "service_on": "2026-11-22",
        "planned_at": "2026-11-22T14:00:00+07:00",
        "plate": "28B01005",
        "bay": "9",
        "state": "planned",
        "is_on_sale": True,
        "order_issued_at": None,
        "exit_confirmed_at": None,
        "departed_at": None,
    }


def test_departures_of_a_day_in_a_state(api, station):
    departure_at("14:00", station)
    cancelled = departure_at("15:00", station, state=DepartureState.CANCELLED)

    answer = api.get("/api/v1/departures/?date=2026-11-22&state=cancelled").json()

    assert [row["id"] for row in answer["results"]] == [cancelled.pk]
    assert api.get("/api/v1/departures/?date=2026-11-23").json()["count"] == 0


@pytest.mark.parametrize("query", ["date=22/11", "state=flown"])
def test_what_is_no_day_or_state_is_bad_input(api, query):
    assert api.get(f"/api/v1/departures/?{query}").status_code == 400


def test_a_station_is_asked_for_by_code(station, api_of, now):
    other = StationFactory(code="HB02")
    person = staff(staff_of(station, Role.GUARD), other, Role.GUARD)
    there = departure_at("14:00", other)

    with time_machine.travel(now, tick=False):
        api = api_of(person)
        answers = [api.get(f"/api/v1/departures/?station={code}") for code in ("HB02", "XX99")]

    assert [row["id"] for row in answers[0].json()["results"]] == [there.pk]
    assert answers[1].status_code == 404


def test_one_departure_and_none_of_elsewhere(api, station):
    here, elsewhere = departure_at("14:00", station), DepartureFactory()

    answers = [api.get(f"/api/v1/departures/{departure.pk}/") for departure in (here, elsewhere)]

    assert [answer.status_code for answer in answers] == [200, 404]
    assert answers[0].json()["id"] == here.pk


def test_a_stranger_gets_nothing(client):
    assert client.get("/api/v1/departures/").status_code == 401


def test_a_bay_is_given(api, station):
    departure, bay = departure_at("14:00", station), BayFactory(station=station, code="9")

    answer = api.post("/api/v1/bays/moves/", {"departure": departure.pk, "bay": "9"})

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "departure": departure.pk,
            "bay": "9",
            "start": "2026-11-22T13:30:00+07:00",
            "end": "2026-11-22T14:05:00+07:00",
        },
    )
    assert BayBooking.objects.get().bay == bay


def test_a_taken_bay_is_a_conflict_with_its_facts(api, station, now):
    bay = BayFactory(station=station, code="9")
    first, second = departure_at("14:00", station), departure_at("14:20", station)
    assign_bay(departure_id=first.pk, bay_id=bay.pk, by=None, now=now)

    answer = api.post("/api/v1/bays/moves/", {"departure": second.pk, "bay": "9"})

    assert (answer.status_code, answer.json()["code"]) == (409, "bay_taken")
    assert answer.json()["facts"] == {"bay": "9", "start": "13:30", "end": "14:05", "other": str(first)}


@pytest.mark.parametrize(("bay", "status"), [("99", 400), ("", 400)])
def test_a_bay_nobody_knows_is_bad_input(api, station, bay, status):
    departure = departure_at("14:00", station)

    answer = api.post("/api/v1/bays/moves/", {"departure": departure.pk, "bay": bay})

    assert (answer.status_code, list(answer.json())) == (status, ["bay"])


def test_a_departure_elsewhere_is_not_moved(api, station):
    BayFactory(station=station, code="9")

    answer = api.post("/api/v1/bays/moves/", {"departure": DepartureFactory().pk, "bay": "9"})

    assert answer.status_code == 404


def test_a_clerk_moves_nothing(station, api_of):
    departure = departure_at("14:00", station)
    BayFactory(station=station, code="9")

    answer = api_of(staff_of(station, Role.TICKET_CLERK)).post(
        "/api/v1/bays/moves/", {"departure": departure.pk, "bay": "9"}
    )

    assert answer.status_code == 403


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(api, station):
    departure = departure_at("14:00", station)
    for code in ("8", "9"):
        BayFactory(station=station, code=code)

    def move(bay):
        headers = {"Idempotency-Key": "k1"}
        return api.post("/api/v1/bays/moves/", {"departure": departure.pk, "bay": bay}, headers=headers)

    first, again, other = move("9"), move("9"), move("8")

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert BayBooking.objects.get().bay.code == "9"


@pytest.mark.parametrize("limit", ["1000000", "9" * 30])
def test_nobody_gets_more_than_five_hundred_rows(api, station, limit):
    departure_at("14:00", station)

    answer = api.get("/api/v1/departures/", {"limit": limit})

    assert (answer.status_code, len(answer.json()["results"]), Pages.max_limit) == (200, 1, 500)


@pytest.mark.parametrize("body", ['{"departure": 1, "bay": "\\ud800"}', "[" * 100_000], ids=["half", "deep"])
def test_json_that_nobody_could_answer_is_refused(api, body):
    answer = api.post("/api/v1/bays/moves/", data=body, content_type="application/json")

    assert answer.status_code == 400
