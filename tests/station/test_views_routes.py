import pytest

from station.enums import Role
from tests.factories import FarStationFactory, RouteFactory, StationFactory, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of):
    return client_of(staff_of(StationFactory(), Role.TICKET_CLERK))


@pytest.fixture
def my_dinh():
    from station.rules.vietnamese import search_key

    route = RouteFactory(code="2425.1226.A", code_old="2899.5712.A", destination=FarStationFactory(name="Mỹ Đình"))
    route.search_key = search_key(f"{route.code} {route.code_old} {route.name}")
    route.save()
    RouteFactory()
    return route


@pytest.mark.parametrize("words", ["2899.5712.A", "2425.1226.A", "2425.1226.a ", "mỹ đình", "MY DINH", "dinh my"])
def test_old_code_new_code_and_name_find_the_same_route(client, my_dinh, words):
    answer = client.get("/routes/", {"q": words})

    assert list(answer.context["page"]) == [my_dinh]


def test_what_is_not_there_is_said(client, my_dinh):
    answer = client.get("/routes/", {"q": "Cà Mau"})

    assert (answer.status_code, list(answer.context["page"])) == (200, [])


@pytest.mark.parametrize("routes", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(client, routes, django_assert_num_queries):
    for _ in range(routes):
        RouteFactory()
    client.get("/routes/")

    with django_assert_num_queries(8):
        page = client.get("/routes/").context["page"]

    assert len(page) == routes
