import pytest
import time_machine

from station.enums import Role
from station.models import Shift
from tests.factories import ShiftFactory, ShiftTemplateFactory, StationFactory, TillFactory, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    station = StationFactory(code="HB01")
    ShiftTemplateFactory(station=station)
    return station


@pytest.fixture
def lead(station):
    return staff_of(station, Role.SHIFT_LEAD)


@pytest.fixture
def api(lead, api_of, now):
    with time_machine.travel(now, tick=False):
        yield api_of(lead)


def test_a_lead_takes_over_the_ca_of_the_hour_once(api, lead, now):
    answers = [api.post("/api/v1/shifts/", {}, headers={"Idempotency-Key": "take-over"}) for _ in range(2)]

    shift = Shift.objects.get()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["id"] for answer in answers] == [shift.pk, shift.pk]
    assert (answers[0].json()["lead"], answers[0].json()["state"]) == (lead.username, "open")


def test_a_ca_that_somebody_leads_is_refused(api):
    api.post("/api/v1/shifts/", {})

    answer = api.post("/api/v1/shifts/", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "shift_already_open")


def test_a_shift_is_handed_over_with_a_note(api, station, lead, now):
    shift = ShiftFactory(station=station, lead=lead)

    answer = api.post(f"/api/v1/shifts/{shift.pk}/close/", {"note": "Két đủ."})

    assert (answer.status_code, answer.json()["state"], answer.json()["hand_over_note"]) == (200, "closed", "Két đủ.")
    assert api.get("/api/v1/shifts/").json()["results"] == [answer.json()]


def test_an_open_till_keeps_the_shift_open(api, station, lead):
    till = TillFactory(shift=ShiftFactory(station=station, lead=lead), station=station)

    answer = api.post(f"/api/v1/shifts/{till.shift_id}/close/", {"note": ""})

    assert (answer.status_code, answer.json()["code"]) == (409, "shift_has_open_tills")


def test_the_shift_of_another_station_is_not_there(api):
    assert api.post(f"/api/v1/shifts/{ShiftFactory().pk}/close/", {"note": ""}).status_code == 404


def test_a_clerk_sees_shifts_and_leads_none(station, api_of, now):
    with time_machine.travel(now, tick=False):
        api = api_of(staff_of(station, Role.TICKET_CLERK))

        assert (api.get("/api/v1/shifts/").status_code, api.post("/api/v1/shifts/", {}).status_code) == (200, 403)
