from datetime import time

import pytest
import time_machine

from station.enums import Role, ShiftState
from station.models import Shift
from tests.factories import ShiftFactory, ShiftTemplateFactory, StationFactory, TillFactory, at, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    station = StationFactory()
    ShiftTemplateFactory(station=station, name="Ca 1", starts_at=time(5), ends_at=time(13))
    return station


@pytest.fixture
def lead(station):
    return staff_of(station, Role.SHIFT_LEAD)


@pytest.fixture
def client(lead, client_of, now):
    with time_machine.travel(now, tick=False):
        yield client_of(lead)


def test_a_shift_lead_opens_the_shift_of_the_hour(client, station, lead):
    template = station.shift_templates.get()

    answer = client.post("/shifts/open/", {"template": template.pk, "idempotency_key": "k"})

    shift = Shift.objects.get()
    assert (answer.status_code, answer.url) == (302, "/shifts/")
    assert (shift.name, shift.lead, shift.starts_at) == ("Ca 1", lead, at("05:00"))


def test_a_shift_somebody_opened_meanwhile_is_no_choice_any_more(client, station):
    template = station.shift_templates.get()
    ShiftFactory(station=station)

    answer = client.post("/shifts/open/", {"template": template.pk, "idempotency_key": "k"})

    assert (answer.status_code, list(answer.context["opening"].errors)) == (422, ["template"])


def test_a_shift_is_handed_over(client, station, lead, now):
    shift = ShiftFactory(station=station)

    answer = client.post(
        f"/shifts/{shift.pk}/close/", {f"close-{shift.pk}-note": "Đủ chìa khóa", "idempotency_key": "k"}
    )

    shift.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, "/shifts/")
    assert (shift.state, shift.closed_by, shift.hand_over_note) == (ShiftState.CLOSED, lead, "Đủ chìa khóa")


def test_open_tills_are_named_beside_the_shift(client, station):
    shift = ShiftFactory(station=station)
    TillFactory(shift=shift, clerk__full_name="Bùi Thị Mai")

    answer = client.post(f"/shifts/{shift.pk}/close/", {"idempotency_key": "k"})

    [(shown, form)] = answer.context["running"]
    assert (answer.status_code, shown) == (422, shift)
    assert "Bùi Thị Mai" in form.non_field_errors()[0]


def test_a_shift_of_another_station_is_not_closed_from_here(client):
    shift = ShiftFactory()

    assert client.post(f"/shifts/{shift.pk}/close/", {"idempotency_key": "k"}).status_code == 404


def test_a_clerk_sees_shifts_and_runs_none(client_of, station, now):
    clerk, shift = client_of(staff_of(station, Role.TICKET_CLERK)), ShiftFactory(station=station)

    with time_machine.travel(now, tick=False):
        page = clerk.get("/shifts/")
        refused = clerk.post(f"/shifts/{shift.pk}/close/", {"idempotency_key": "k"})

    assert ([running for running, _ in page.context["running"]], page.context["may_run"]) == ([shift], False)
    assert refused.status_code == 403


@pytest.mark.parametrize("shifts", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_shifts(client, station, shifts, django_assert_num_queries):
    for hour in range(shifts):
        shift = ShiftFactory(station=station, starts_at=at(f"0{hour}:00"))
        TillFactory(shift=shift)
        lead = shift.lead
        ShiftFactory(
            station=station, starts_at=at(f"1{hour}:00"), state=ShiftState.CLOSED, closed_at=at("20:00"), closed_by=lead
        )
    client.get("/shifts/")

    with django_assert_num_queries(13):
        page = client.get("/shifts/")

    assert (len(page.context["running"]), len(page.context["page"])) == (shifts, shifts)
