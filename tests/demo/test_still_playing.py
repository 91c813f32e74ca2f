"""Nobody writes at a station whose past is still being played; everybody may look."""

import pytest
from django.urls import reverse

from demo.models import Demonstration, PlayedDay
from station.enums import Role
from tests.factories import NOW, TODAY, ContractFactory, OperatorFactory, StationFactory, UserFactory, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    """Half played."""
    station = StationFactory()
    Demonstration.objects.create(built_at=NOW, round_at=NOW)
    PlayedDay.objects.create(station=station, day=TODAY, seed=1, present=NOW, steps_done=50, steps_total=100)
    return station


def open_a_till(client):
    return client.post(reverse("fees:open_till"), {"opening_float": "1000000"}, follow=False)


def test_who_works_there_is_told_to_wait(station, client_of):
    answer = open_a_till(client_of(staff_of(station, Role.TICKET_CLERK)))

    assert (answer.status_code, answer["Retry-After"], answer.context["refusal"].facts) == (409, "10", {"percent": 50})


def test_so_is_who_comes_over_the_api(station, api_of):
    answer = api_of(staff_of(station, Role.TICKET_CLERK)).post("/api/v1/tills/", {"opening_float": 1_000_000})

    assert (answer.status_code, answer.json()["code"]) == (409, "still_playing")


def test_so_is_an_operator_that_runs_from_there(station, client_of):
    operator = OperatorFactory()
    ContractFactory(station=station, operator=operator)

    assert open_a_till(client_of(UserFactory(operator=operator))).status_code == 409


def all_of_it_played():
    PlayedDay.objects.update(steps_done=100)


def played_elsewhere():
    PlayedDay.objects.update(station=StationFactory())


def round_over():
    Demonstration.objects.update(is_ready=True)


@pytest.mark.parametrize("change", [all_of_it_played, played_elsewhere, round_over])
def test_elsewhere_and_afterwards_the_work_goes_on(station, client_of, change):
    change()

    assert open_a_till(client_of(staff_of(station, Role.TICKET_CLERK))).status_code == 422


def test_looking_and_changing_the_language_is_always_possible(station, client_of):
    client = client_of(staff_of(station, Role.TICKET_CLERK))

    assert client.get(reverse("fees:till")).status_code == 200
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
