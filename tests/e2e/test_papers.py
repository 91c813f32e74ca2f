"""Tickets on paper, the passenger's page and the set-up of a counter in a real browser."""

import re

import pytest

from tests.browser import AXE
from tests.e2e.test_sale import clerk, counter, just_sold, press
from ticketing.models import Ticket, TicketPrint

__all__ = ["clerk", "counter"]
pytestmark = pytest.mark.django_db(transaction=True)
MM = 72 / 25.4


def copies():
    return list(TicketPrint.objects.order_by("pk").values_list("copy", flat=True))


def printer_says(counter, words):
    """Wait until the frame of the printer shows *words*."""
    counter.frame_locator("#printer").get_by_text(words).first.wait_for()


def barriers(browser):
    browser.evaluate(AXE.read_text())
    return browser.evaluate("axe.run().then(found => found.violations.map(one => one.id))")


def test_a_sale_prints_by_itself_and_ctrl_p_prints_a_marked_copy(counter):
    press(counter, "Enter", "Enter")
    code = just_sold(counter)
    printer_says(counter, code)

    counter.keyboard.press("Control+p")
    printer_says(counter, "IN LẠI 1")

    assert copies() == [1, 2]
    assert (counter.url.endswith("/sell/"), counter.locator("#unprinted").is_hidden()) == (True, True)


def test_a_ticket_that_did_not_print_says_so_and_is_printed_again(counter):
    counter.route("**/paper/", lambda route: route.abort())
    press(counter, "Enter", "Enter")
    just_sold(counter)
    counter.locator("#unprinted").wait_for()
    counter.unroute("**/paper/")

    counter.locator("#unprinted button").press("Enter")
    printer_says(counter, Ticket.objects.get().code)

    assert (Ticket.objects.count(), copies()) == (1, [1])


def test_each_ticket_is_a_page_of_its_own_height(counter):
    press(counter, "*", "2", "Enter", "Enter")
    code = just_sold(counter)
    counter.goto(counter.url.replace("/sell/", f"/tickets/{code}/print/?sale=1"))
    counter.wait_for_timeout(300)
    tall = counter.locator(".tk").first.evaluate("ticket => ticket.getBoundingClientRect().height / 96 * 25.4")

    pdf = counter.pdf(prefer_css_page_size=True)

    found = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    boxes = [[round(float(side) / MM) for side in box] for box in found]
    assert [width for width, _ in boxes] == [80, 80]
    assert [4 <= height - tall <= 6 for _, height in boxes] == [True, True]


def test_the_passengers_page_has_no_barrier_in_either_language(counter):
    press(counter, "Enter", "Enter")
    just_sold(counter)
    ticket = Ticket.objects.select_related("sale").get()
    there = counter.url.replace("/sell/", f"/t/{ticket.code}/{ticket.sale.lookup_code}/")

    found = []
    for language in ("vi", "en"):
        counter.goto(f"{there}?lang={language}")
        found += barriers(counter)

    assert found == []


def test_the_set_up_page_sees_keys_scanner_and_clock(counter):
    counter.goto(counter.url.replace("/sell/", "/setup/counter/"))
    code = counter.locator("#su").get_attribute("data-code") or ""

    counter.locator("#su-keys").type("ddaaow112")
    counter.locator("#su-scan").focus()
    counter.locator("#su-scan").evaluate(
        """(field, code) => { [...code].forEach((key, n) => { field.value += key;
        field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); });
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })); }""",
        code,
    )
    counter.locator("[data-check=clock][data-state]").wait_for()

    states = [counter.locator(f"[data-check={name}]").get_attribute("data-state") for name in ("keyboard", "scanner")]
    assert states == ["ok", "ok"]
    assert barriers(counter) == []


def test_the_set_up_page_sees_an_input_method(counter):
    counter.goto(counter.url.replace("/sell/", "/setup/counter/"))

    counter.locator("#su-keys").evaluate('f => { f.value = "đ"; f.dispatchEvent(new Event("input")); }')

    assert counter.locator("[data-check=keyboard]").get_attribute("data-state") == "bad"
