"""Any sold ticket in six keys or one scan; the list for whoever stands at the coach's door."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from station.enums import Role
from tests.factories import NOW, StationFactory, at, staff_of
from tests.factories_ticketing import priced_departure, sell
from tests.ticketing.money import counter, refund
from ticketing import selectors
from ticketing.forms.search import parse_search
from ticketing.rules import Buyer
from ticketing.selectors import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    """At 14:00."""
    return priced_departure(stops=3)


@pytest.fixture
def ticket(departure):
    return sell(departure, "A1", buyer=Buyer(phone="0912345678")).tickets.get()


@pytest.fixture
def look(departure, client_of):
    browser = client_of(staff_of(departure.station, Role.TICKET_CLERK))

    def up(words):
        with time_machine.travel(NOW, tick=False):
            return browser.get("/tickets/", {"q": words})

    return up


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("12345", Wanted(digits="12345")),
        ("0912 345 678", Wanted(digits="0912345678")),
        ("0912.345.678", Wanted(digits="0912345678")),
        ("a05", Wanted(seat="A05")),
        (".A05", Wanted(seat="A05")),
        ("12/0930", Wanted(seat="12", at=at("09:30").time())),
        ("a05 930", Wanted(seat="A05", at=at("09:30").time())),
        ("A05/14:30", Wanted(seat="A05", at=at("14:30").time())),
        ("a05/2561", None),
        ("Nguyễn", None),
        ("1" * 19, None),
        ("", None),
    ],
)
def test_what_is_typed(words, wanted):
    assert parse_search(words) == wanted


def test_five_digits_and_enter_open_the_ticket(look, ticket):
    assert look(ticket.code[-5:])["Location"] == f"/tickets/{ticket.code}/"


def test_a_scan_opens_the_ticket(look, ticket):
    assert look(ticket.code)["Location"] == f"/tickets/{ticket.code}/"


@pytest.mark.parametrize("words", ["45678", "0912345678", "A1/1400", "a1 1400", "A1"])
def test_phone_and_seat_find_it_too(look, ticket, words):
    assert look(words)["Location"] == f"/tickets/{ticket.code}/"


@pytest.mark.parametrize("words", ["A1/1401", "A2/1400", "0912345679", "00000"])
def test_what_does_not_fit_finds_nothing(look, ticket, words):
    shown = look(words)

    assert (shown.status_code, shown.context["tickets"], shown.context["refusal"].code) == (200, [], "no_such_ticket")


def test_a_wrong_digit_is_seen_before_anything_is_searched(look, ticket):
    wrong = ticket.code[:-1] + str((int(ticket.code[-1]) + 1) % 10)

    shown = look(wrong)

    assert (shown.status_code, shown.context["refusal"].code) == (422, "wrong_ticket_code")


@pytest.mark.parametrize("words", ["Nguyễn Văn A", "123", "'; --", "9" * 400])
def test_words_that_find_no_ticket_say_how_to_search(look, ticket, words):
    shown = look(words)

    assert (shown.status_code, shown.context["refusal"].code) in [(422, "not_a_ticket"), (200, "no_such_ticket")]


def test_nothing_typed_shows_the_field_alone(look):
    shown = look("")

    assert (shown.status_code, shown.context["tickets"], shown.context["refusal"]) == (200, [], None)


def test_the_next_departure_comes_first_and_what_is_over_last(look, departure, ticket):
    later = priced_departure(route=departure.route, planned_at=at("16:00"))
    till = counter(departure)
    over = sell(departure, "A2", till=till, buyer=Buyer(phone="0912345678")).tickets.get()
    refund(over, till)
    last = sell(later, "A1", buyer=Buyer(phone="0912345678")).tickets.get()

    assert look("45678").context["tickets"] == [ticket, last, over]


def test_tickets_of_other_stations_are_not_found(look):
    elsewhere = sell(priced_departure(), "A1", buyer=Buyer(phone="0987654321")).tickets.get()

    assert [look(words).context["tickets"] for words in (elsewhere.code, "54321", "A1/1400")] == [[], [], []]


@pytest.mark.parametrize("count", [2, 4])
def test_a_list_asks_the_same_however_long(look, departure, count, django_assert_num_queries):
    sell(departure, *["A1", "A2", "B1", "B2"][:count], buyer=Buyer(phone="0912345678"))

    with django_assert_num_queries(2):
        selectors.found_tickets(Wanted(digits="45678"), [departure.station], NOW)


@pytest.mark.parametrize("index", ["ticket_by_end_of_code", "sale_by_end_of_phone"])
def test_both_ends_are_found_by_an_index(departure, index):
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan"):  # what is left walks no index from end to end
            cursor.execute(f"SET LOCAL enable_{way} = off")
        queries = {
            "ticket_by_end_of_code": "SELECT 1 FROM ticketing_ticket WHERE RIGHT(code, 5) = '12345'",
            "sale_by_end_of_phone": (
                "SELECT 1 FROM ticketing_sale WHERE RIGHT(buyer_phone, 5) = '12345' AND NOT (buyer_phone = '')"
            ),
        }
        cursor.execute("EXPLAIN " + queries[index])
        plan = " ".join(row[0] for row in cursor.fetchall())

    assert plan.count(index) > 0


# --- the list at the door -------------------------------------------------------------------------------------------


def test_the_list_counts_what_became_of_the_tickets(departure, ticket, client_of):
    till = counter(departure)
    other, missing, boarded = sell(departure, "A2", "B1", "B2", till=till).tickets.order_by("seat")
    refund(other, till)
    missing.become("no_show", by=None, now=NOW)
    boarded.become("boarded", by=None, now=NOW)

    shown = client_of(staff_of(departure.station, Role.GUARD)).get(f"/departures/{departure.pk}/passengers/")

    counts = shown.context["counts"]
    assert (counts.sold, counts.boarded, counts.returned, counts.missing) == (3, 1, 1, 1)
    assert [one.seat_label for one in shown.context["tickets"]] == ["A1", "B2"]


def test_the_list_shows_the_end_of_a_phone_number_only(departure, ticket, client_of):
    html = client_of(staff_of(departure.station, Role.GUARD)).get(f"/departures/{departure.pk}/passengers/").content

    assert ("…5678" in html.decode(), "0912345678" in html.decode()) == (True, False)


def test_searching_is_for_staff(client, client_of):
    stranger = client_of(staff_of(StationFactory(), Role.ADMIN))

    assert client.get("/tickets/").status_code == 302
    assert stranger.get("/tickets/").status_code == 403


def test_old_departures_are_found_by_digits(look, departure, ticket):
    departure.planned_at -= timedelta(days=30)
    departure.save()

    assert look(ticket.code[-5:])["Location"] == f"/tickets/{ticket.code}/"


def test_a_machine_finds_tickets_too(api_of, departure, ticket):
    api = api_of(staff_of(departure.station, Role.GUARD))

    with time_machine.travel(NOW, tick=False):
        found, nothing = (api.get("/api/v1/tickets/", {"q": words}) for words in ("45678", "ABCDEFG"))

    assert [row["code"] for row in found.json()] == [ticket.code]
    assert (nothing.status_code, nothing.json()["code"]) == (409, "not_a_ticket")
