"""Setting up a counter: a paper that is no ticket, the server's clock, and one page that says the rest."""

import pytest
import time_machine

from station.enums import Role
from tests.factories import CounterFactory, StationFactory, staff_of
from ticketing import rules
from ticketing.models import Ticket, TicketPrint

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def counter(station, client_of):
    return client_of(staff_of(station, Role.TICKET_CLERK))


def test_the_page_draws_a_code_that_no_ticket_has(counter, station):
    CounterFactory(station=station, code="Q1")

    page = counter.get("/setup/counter/")

    code = page.context["code"]
    assert (rules.is_ticket_code(code), code[:7]) == (True, "0000000")
    assert "chrome.exe --kiosk-printing --app=http://testserver/sell/" in page.content.decode()


def test_the_test_paper_prints_itself_and_is_no_ticket(counter):
    code = counter.get("/setup/counter/").context["code"]

    paper = counter.get("/setup/counter/test/", {"code": code})

    text = paper.content.decode()
    assert (text.count(code), 'data-print="auto"' in text) == (3, True)
    assert "frame-ancestors 'self'" in paper["Content-Security-Policy"]
    assert (Ticket.objects.count(), TicketPrint.objects.count()) == (0, 0)


def test_a_wrong_code_is_not_drawn(counter):
    text = counter.get("/setup/counter/test/", {"code": "<script>"}).content.decode()

    assert ("<script>" in text, rules.ticket_code(0) in text) == (False, True)


def test_the_clock_of_the_server_is_told_in_milliseconds(counter, now):
    with time_machine.travel(now, tick=False):
        answer = counter.get("/setup/counter/clock/")

    assert answer.json() == {"now": int(now.timestamp() * 1000)}


@pytest.mark.parametrize("page", ["", "test/", "clock/"])
def test_only_who_sells_sets_a_counter_up(client_of, station, page):
    guard = client_of(staff_of(station, Role.GUARD))

    assert guard.get(f"/setup/counter/{page}").status_code == 403
