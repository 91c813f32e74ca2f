"""A customer pays by VietQR or card: the clerk never touches the mouse, the tickets print by themselves."""

import pytest
from playwright.sync_api import Page

from fees.models import TransferRequest
from fees.services import open_till
from station import clock
from station.models import Counter
from tests.e2e.test_sale import clerk, press  # noqa: F401 -- a fixture
from tests.factories import UserFactory
from tests.factories_fees import BankAccountFactory
from tests.ticketing.bank import told
from ticketing import services
from ticketing.models import Sale, TicketPrint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page_of, clerk) -> Page:  # noqa: F811 -- the fixture
    """The counter of a station that has a bank account and customers' screens; seats are kept."""
    station = clerk.memberships.get().station
    BankAccountFactory(station=station)
    place = Counter.objects.create(station=station, code="01", name="Quầy 01")
    open_till(station=station, clerk=clerk, counter_id=place.pk, opening_float=0, now=clock.now())
    page: Page = page_of(clerk)
    page.goto("/sell/")
    page.locator("#line:focus").wait_for()
    press(page, "Enter")
    return page


def asked_by_f7(page: Page) -> TransferRequest:
    page.keyboard.press("F7")
    page.locator("[data-waiting]").wait_for()
    return TransferRequest.objects.get()


def arrives(request: TransferRequest) -> None:
    line = told(request, booked_at=request.asked_at)
    services.receive_line(station=request.station, told=line, by=UserFactory(), now=clock.now())


def redrawn(page: Page) -> None:
    """As the events process does it when something changed."""
    page.evaluate("document.querySelectorAll('[data-live]').forEach(e => htmx.trigger(e, 'live'))")


def test_f7_the_banks_line_and_the_tickets_print_once(desk):
    request = asked_by_f7(desk)
    screen = desk.context.new_page()
    screen.goto(f"/display/{request.till.counter_id}/")
    codes = screen.locator(".cd-pay .bx-qr").count()

    arrives(request)
    redrawn(desk)
    desk.locator("[data-paid]").wait_for()
    redrawn(screen)
    screen.locator(".cd-thanks").wait_for()

    first = Sale.objects.get().tickets.order_by("seat")[0].code
    desk.frame_locator("#printer").get_by_text(first).first.wait_for()
    with desk.expect_response(lambda answer: "/sell/" in answer.url):
        redrawn(desk)
    desk.wait_for_timeout(300)
    copies = set(TicketPrint.objects.values_list("ticket", "copy"))
    assert (codes, len(copies)) == (1, Sale.objects.get().tickets.count())


def test_the_next_customer_is_served_while_the_bank_is_waited_for(desk):
    asked_by_f7(desk)
    desk.wait_for_timeout(300)

    press(desk, "Enter", "Enter")

    desk.locator("#last-sale a").first.wait_for()
    assert (Sale.objects.get().payment.method, TransferRequest.objects.get().state) == ("cash", "waiting")


def test_card_by_keyboard(desk):
    desk.locator(".pay__other summary").press("Enter")
    desk.locator("#other-method").select_option("card")
    desk.locator("#other-reference").focus()
    desk.keyboard.type("POS 17", delay=60)  # by hand: a scanner is quicker
    press(desk, "Enter")

    desk.locator("#last-sale a").first.wait_for()
    payment = Sale.objects.get().payment
    assert (payment.method, payment.reference) == ("card", "POS 17")


def test_nothing_is_in_the_way_of_anybody(desk, barriers_on):
    request = asked_by_f7(desk)
    screen = desk.context.new_page()
    screen.goto(f"/display/{request.till.counter_id}/")

    assert (barriers_on(desk), barriers_on(screen)) == ([], [])
