"""The passenger's own page: whoever holds the ticket, and nobody else; where and when, and nothing about persons."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from station.enums import DepartureState
from tests.factories import NOW, VehicleFactory
from tests.factories_ticketing import booked_bay, priced_departure, sell
from ticketing import rules
from ticketing.rules import Buyer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def departure():
    return priced_departure(vehicle=VehicleFactory(plate="28B01234"))


@pytest.fixture
def ticket(departure):
    booked_bay(departure, "7")
    return sell(departure, "A1", buyer=Buyer("Nguyễn Thị Hoa", "0912345678")).tickets.get()


@pytest.fixture
def address(ticket):
    return f"/t/{ticket.code}/{ticket.sale.lookup_code}/"


def seen(client, address, at=NOW):
    with time_machine.travel(at, tick=False):
        return client.get(address)


def test_both_numbers_of_a_ticket_open_its_page(client, ticket, address):
    page = seen(client, address)

    ride = page.context["ride"]
    assert (ride.ticket, ride.verdict, ride.news.bay, ride.news.state) == (ticket, "valid", "7", "on_time")
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == (
        "max-age=0, no-cache, no-store, must-revalidate, private",
        "noindex, nofollow",
    )


def test_no_person_is_named_on_it(client, ticket, address):
    text = seen(client, address).content.decode()

    persons = ["Nguyễn Thị Hoa", "0912345678", "5678", str(ticket.sale.sold_by)]
    assert [
        name for name in persons if name in text.replace(ticket.code, "").replace(ticket.sale.lookup_code, "")
    ] == []


def test_another_code_opens_nothing(client, departure, ticket):
    other = sell(departure, "A2").tickets.get()
    wrong = [
        f"/t/{ticket.code}/{other.sale.lookup_code}/",
        f"/t/{ticket.code}/{rules.lookup_code(1)}/",
        f"/t/{ticket.code}/1234567890123456/",
        f"/t/1/{ticket.sale.lookup_code}/",
    ]

    assert [client.get(address).status_code for address in wrong] == [404] * 4


def test_who_guesses_is_made_to_wait(client, ticket):
    wrong = f"/t/{ticket.code}/{rules.lookup_code(1)}/"

    answers = [client.get(wrong).status_code for _ in range(22)]

    assert answers == [404] * 20 + [429] * 2


def test_who_guesses_keeps_nobody_else_from_their_ticket(client, ticket, address):
    for _ in range(25):
        client.get(f"/t/{ticket.code}/{rules.lookup_code(1)}/")

    assert seen(client, address).status_code == 200


def test_one_ticket_is_not_asked_for_without_end(client, address):
    answers = [seen(client, address).status_code for _ in range(122)]

    assert (answers.count(200), answers.count(429)) == (120, 2)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("boarded", "boarded"), ("displaced", "displaced"), ("no_show", "missed"),
        ("refunded", "over"), ("void", "over"), ("exchanged", "over"),
    ],
)  # fmt: skip
def test_the_page_says_what_the_ticket_is_worth(client, ticket, address, now, state, verdict):
    ticket.become(state, by=None, now=now)

    assert seen(client, address).context["ride"].verdict == verdict


def test_a_late_coach_says_how_late(client, departure, address):
    page = seen(client, address, departure.planned_at + timedelta(minutes=12))

    assert (page.context["ride"].news.state, page.context["ride"].news.late_minutes) == ("late", 12)
    assert "12" in page.content.decode()


def test_a_bay_that_changed_since_the_print_is_news(client, departure, ticket, address):
    booking = departure.bay_booking
    booking.bay = type(booking.bay).objects.create(
        station=departure.station, code="9", kind=booking.bay.kind, position=9
    )
    booking.save()

    page = seen(client, address)

    assert (page.context["ride"].news.bay, page.context["ride"].bay_changed) == ("9", True)


def test_a_departure_that_is_cancelled_says_so(client, departure, ticket, address, now):
    departure.become(DepartureState.CANCELLED, by=None, now=now)

    assert seen(client, address).context["ride"].news.state == "cancelled"


def test_only_what_can_still_be_had_back_is_shown(client, departure, address):
    early, late = (
        seen(client, address, departure.planned_at - timedelta(minutes=before)) for before in (90, 30)
    )  # fmt: skip

    assert [[step.percent for step in page.context["ride"].ladder] for page in (early, late)] == [[70], []]


def test_a_live_part_comes_alone(client, address):
    with time_machine.travel(NOW, tick=False):
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert ("<html" in part, 'id="ride"' in part) == (False, True)


def test_the_page_asks_the_same_however_often(client, address, django_assert_num_queries):
    with django_assert_num_queries(7):
        seen(client, address)


def test_both_numbers_can_be_typed(client, ticket, address):
    lookup = ticket.sale.lookup_code
    typed = {"code": ticket.code, "lookup": f"{lookup[:4]} {lookup[4:8]} {lookup[8:12]} {lookup[12:]}"}

    answer = client.get("/t/", typed)

    assert (answer.status_code, answer["Location"]) == (302, address)
    assert client.get("/t/").status_code == 200
    assert client.get("/t/", {"code": "1", "lookup": "2"}).status_code == 404
