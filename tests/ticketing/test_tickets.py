"""Pages of a ticket, the boarding list and the public board."""

import pytest
import time_machine

from station.enums import Role
from station.place import SESSION_KEY
from tests.factories import StationFactory, VehicleFactory, staff, staff_of
from tests.factories_ticketing import booked_bay, priced_departure, sell, till_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure(stops=3, vehicle=VehicleFactory(plate="28B01234"))


@pytest.fixture
def ticket(departure):
    return sell(departure, "A1", "A2").tickets.get(seat_label="A1")


@pytest.fixture
def dispatcher(departure, client_of):
    return client_of(staff_of(departure.station, Role.DISPATCHER))


def test_a_ticket_page_shows_its_facts_and_its_history(dispatcher, ticket):
    page = dispatcher.get(f"/tickets/{ticket.code}/")

    assert page.context["ticket"] == ticket
    assert [event.entry.action for event in page.context["history"]] == ["sale_made"]
    assert "28B-012.34" in page.content.decode()


def test_a_ticket_of_another_station_is_not_found(client_of, ticket):
    stranger = client_of(staff_of(StationFactory(), Role.MANAGER))

    assert stranger.get(f"/tickets/{ticket.code}/").status_code == 404
    assert stranger.get(f"/tickets/{ticket.code}/print/").status_code == 404
    assert stranger.get(f"/departures/{ticket.departure_id}/passengers/").status_code == 404
    assert stranger.get("/tickets/123/").status_code == 404


def test_the_boarding_list_names_live_tickets_by_seat(dispatcher, departure, ticket, now):
    ticket.become("refunded", by=None, now=now)

    page = dispatcher.get(f"/departures/{departure.pk}/passengers/")

    assert [shown.seat_label for shown in page.context["tickets"]] == ["A2"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_boarding_list_asks_as_much_for_one_ticket_as_for_three(dispatcher, departure, rows, counted):
    sell(departure, *["A1", "A2", "B1"][:rows])

    assert counted(lambda: dispatcher.get(f"/departures/{departure.pk}/passengers/")) == 10


@pytest.fixture
def counted():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(work):
        with CaptureQueriesContext(connection) as queries:
            work()
        return len(queries)

    return count


def test_anybody_may_look_at_the_board(client, departure, now):
    booked_bay(departure, "7")
    with time_machine.travel(now, tick=False):
        page = client.get(f"/board/{departure.station.code}/")

    rows = page.context["page"].object_list
    assert [(row.departure, row.bay, row.state) for row in rows] == [(departure, "7", "on_time")]
    assert "09:00:00" in page.content.decode()


def test_the_board_turns_its_pages_by_the_clock(client, now):
    first = priced_departure()
    for _ in range(8):
        priced_departure(route=first.route)
    address = f"/board/{first.station.code}/"

    shown = []
    for seconds in (0, 12, 24):
        with time_machine.travel(now.timestamp() + seconds, tick=False):
            shown.append(client.get(address).context["page"].number)

    assert sorted(set(shown)) == [1, 2]
    assert shown[0] == shown[2] != shown[1]


def test_a_board_of_nowhere_is_not_found(client):
    assert client.get("/board/NOWHERE/").status_code == 404


def test_the_board_of_a_quiet_station_says_so(client, now):
    station = till_at(StationFactory()).station

    assert client.get(f"/board/{station.code}/").status_code == 200


def test_a_right_at_one_station_opens_no_ticket_of_another(client_of, ticket, departure):
    person = staff_of(StationFactory(), Role.TICKET_CLERK)
    client = client_of(staff(person, departure.station, Role.ADMIN))
    set_station(client, person)

    addresses = (f"/tickets/{ticket.code}/", f"/departures/{ticket.departure_id}/passengers/")

    assert [client.get(address).status_code for address in addresses] == [404, 404]


def set_station(client, person):
    """Where *person* was employed first is where they work now."""
    session = client.session
    session[SESSION_KEY] = person.memberships.order_by("pk").first().station.code
    session.save()
