"""The check over the API: the same service as at the desk."""

import pytest

from station.enums import Role
from tests.factories import staff_of
from tests.factories_dispatch import dispatcher_of, drawn, inside, ready_departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
API = "/api/v1"


def test_a_check_is_written_down_whatever_it_finds(api_of):
    departure = ready_departure()
    drawn(departure)
    inside(departure)
    api = api_of(dispatcher_of(departure.station))

    refused = api.post(f"{API}/departures/{departure.pk}/check/", {})

    body = refused.json()
    assert (refused.status_code, body["result"], body["departure"]) == (201, "refused", departure.pk)
    assert [finding["code"] for finding in body["findings"]] == ["order_not_signed"]


def test_a_sheet_comes_with_the_check(api_of):
    departure = ready_departure(electronic=False)
    inside(departure)
    api = api_of(dispatcher_of(departure.station))
    sheet = {"paper_number": "LVC-3", "valid_from": "2026-11-22", "valid_until": "2026-11-22"}

    checked = api.post(f"{API}/departures/{departure.pk}/check/", sheet)
    again = api.post(f"{API}/departures/{departure.pk}/check/", sheet)

    assert (checked.status_code, checked.json()["result"]) == (201, "passed")
    assert (again.status_code, again.json()["code"]) == (409, "already_checked")


def test_a_coach_that_is_not_here_is_not_checked_and_a_guard_checks_nothing(api_of):
    departure = ready_departure()
    address = f"{API}/departures/{departure.pk}/check/"

    absent = api_of(dispatcher_of(departure.station)).post(address, {})
    guard = api_of(staff_of(departure.station, Role.GUARD)).post(address, {})

    assert (absent.status_code, absent.json()["code"]) == (409, "coach_not_in_yard")
    assert guard.status_code == 403
