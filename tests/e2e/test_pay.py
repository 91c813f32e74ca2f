"""A customer pays by VietQR: the clerk never touches the mouse, the tickets print by themselves."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from fees.models import TransferRequest
from station.models import Counter, Till
from tests.e2e.test_sale import AXE, asynchronous_database, clerk, counter, page, press  # noqa: F401 -- fixtures
from tests.factories import UserFactory
from tests.factories_fees import BankAccountFactory
from tests.ticketing.bank import told
from ticketing import services
from ticketing.models import Sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("asynchronous_database")]
VIOLATIONS = "async () => (await axe.run()).violations.map(one => `${one.id}: ${one.nodes.map(n => n.target)}`)"


def broken(window: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    window.add_script_tag(path=str(AXE))
    return list(window.evaluate(VIOLATIONS))


@pytest.fixture
def desk(counter, live_server) -> Page:  # noqa: F811 -- the fixture of the sale
    """The counter of a station that has a bank account, and a customer's screen."""
    till = Till.objects.get()
    till.counter = Counter.objects.create(station=till.station, code="01", name="Quầy 01")
    till.save()
    BankAccountFactory(station=till.station)
    counter.reload()
    counter.wait_for_function("document.activeElement.id === 'line'")
    return counter


def arrives(request: TransferRequest, **facts: object) -> None:
    services.receive_line(
        station=request.station, told=told(request, booked_at=request.asked_at, **facts), by=UserFactory(),
        now=request.asked_at,
    )  # fmt: skip


def redrawn(window: Page) -> None:
    """As the events process does it when something changed."""
    window.evaluate("document.querySelectorAll('[data-live]').forEach(e => htmx.trigger(e, 'live'))")


def test_f7_the_banks_line_and_the_tickets_print(desk, live_server):
    screen = desk.context.new_page()
    press(desk, "Enter")
    desk.keyboard.press("F7")
    desk.locator("[data-waiting]").wait_for()
    request = TransferRequest.objects.get()
    screen.goto(f"{live_server.url}/display/{request.till.counter_id}/")
    code = screen.locator(".cd-pay .bx-qr").count()

    arrives(request)
    redrawn(desk)
    desk.locator("[data-paid]").wait_for()
    redrawn(screen)
    screen.locator(".cd-thanks").wait_for()

    first = Sale.objects.get().tickets.order_by("seat")[0].code
    assert (code, f"/tickets/{first}/print/" in str(desk.locator("#printer").get_attribute("src"))) == (1, True)
    assert desk.evaluate("document.activeElement.id") == "line"
    desk.locator("#printer").evaluate("frame => frame.src = 'about:blank'")
    redrawn(desk)
    desk.wait_for_timeout(500)
    assert str(desk.locator("#printer").get_attribute("src")) == "about:blank"
    assert Path(AXE).exists() is False or (broken(desk), broken(screen)) == ([], [])


def test_the_next_customer_is_served_while_the_bank_is_waited_for(desk):
    press(desk, "Enter")
    desk.keyboard.press("F7")
    desk.locator("[data-waiting]").wait_for()
    desk.wait_for_timeout(300)

    press(desk, "Enter", "Enter")

    desk.locator("#last-sale a").first.wait_for()
    assert (Sale.objects.get().payment.method, TransferRequest.objects.get().state) == ("cash", "waiting")


def test_card_by_keyboard(desk):
    press(desk, "Enter")
    desk.locator(".pay__other summary").press("Enter")
    desk.locator("#other-method").select_option("card")
    desk.locator("#other-reference").focus()
    desk.keyboard.type("POS 17", delay=60)  # by hand: a scanner is quicker
    press(desk, "Enter")

    desk.locator("#last-sale a").first.wait_for()
    payment = Sale.objects.get().payment
    assert (payment.method, payment.reference) == ("card", "POS 17")
