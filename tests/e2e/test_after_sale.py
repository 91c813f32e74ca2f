"""After the sale in a real browser, by keyboard alone."""

import pytest

from tests.e2e.test_sale import clerk, counter, press
from ticketing.models import Ticket

__all__ = ["clerk", "counter"]
pytestmark = pytest.mark.django_db(transaction=True)


def sold(counter):
    """One ticket to the usual destination, two keys."""
    press(counter, "Enter")
    counter.wait_for_timeout(400)
    press(counter, "Enter")
    counter.wait_for_selector("#last-sale [data-key='Ctrl+Z']")
    return Ticket.objects.get()


def test_the_last_sale_is_void_with_two_keys(counter):
    ticket = sold(counter)

    counter.keyboard.press("Control+z")
    counter.wait_for_url(f"**/tickets/{ticket.code}/")
    with counter.expect_navigation():
        counter.keyboard.press("F9")

    ticket.refresh_from_db()
    assert ticket.state == "void"


def test_the_page_of_a_ticket_has_no_barrier(counter, barriers_on):
    ticket = sold(counter)
    counter.goto(counter.url.replace("/sell/", f"/tickets/{ticket.code}/"))

    assert barriers_on(counter) == []


def test_a_sold_ticket_is_found_with_six_keys(counter):
    ticket = sold(counter)
    counter.goto(counter.url.replace("/sell/", "/tickets/"))
    keys = [*ticket.code[-5:], "Enter"]

    for key in keys:
        counter.keyboard.press(key)
    counter.wait_for_url(f"**/tickets/{ticket.code}/")

    assert len(keys) == 6


def test_a_scan_at_the_door_is_followed_by_the_next(counter):
    ticket = sold(counter)
    counter.goto(counter.url.replace("/sell/", f"/departures/{ticket.departure_id}/passengers/"))

    with counter.expect_navigation():
        counter.keyboard.type(ticket.code)
        counter.keyboard.press("Enter")

    ticket.refresh_from_db()
    assert (ticket.state, counter.evaluate("document.activeElement.id")) == ("boarded", "code")


def test_exchanging_has_no_barrier(counter, barriers_on):
    ticket = sold(counter)
    counter.goto(counter.url.replace("/sell/", f"/tickets/{ticket.code}/exchange/"))

    assert barriers_on(counter) == []
