"""A clerk sells a ticket in a real browser without touching the mouse."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from fees.services import open_till
from station import clock
from station.models import Till
from tests.factories import ShiftFactory, StationFactory, UserFactory, staff
from tests.factories_ticketing import DiscountGroupFactory, priced_departure
from ticketing.models import Sale, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
BEYOND_ONE_ENTER = 300  # ms


@pytest.fixture
def clerk():
    """At a station whose shift runs, with two departures to sell from; the till is still closed."""
    now = clock.now()
    station = StationFactory()
    ShiftFactory(station=station, starts_at=now - timedelta(hours=1))
    for number in (1, 2):
        priced_departure(
            route__origin=station, route__destination__name=f"Bến xe số {number}", seats=8,
            planned_at=now + timedelta(minutes=20 * number),  # of today as long as possible: digits are today's places
        )  # fmt: skip
    return staff(UserFactory(username="clerk"), station, "ticket_clerk")


@pytest.fixture
def counter(page_of, clerk) -> Page:
    """With an open till; the line has the focus."""
    open_till(station=clerk.memberships.get().station, clerk=clerk, counter_id=None, opening_float=0, now=clock.now())
    page: Page = page_of(clerk)
    page.goto("/sell/")
    page.locator("#line:focus").wait_for()
    return page


def press(page: Page, *keys: str) -> int:
    """Press *keys*, letting each Enter be answered as a person would; returns how many keys that was."""
    for key in keys:
        if key == "Enter":
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.keyboard.press(key)
            page.wait_for_timeout(BEYOND_ONE_ENTER)
        else:
            page.keyboard.press(key)
    return len(keys)


def just_sold(page: Page) -> str:
    """Wait for the sale; the code of its first ticket."""
    link = page.locator("#last-sale a").first
    link.wait_for()
    return str(link.get_attribute("href")).rstrip("/").split("/")[-1]


def test_a_clerk_logs_in_and_opens_the_till_by_keyboard_alone(new_window, clerk):
    page = new_window().new_page()
    page.goto("/login/")
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)

    page.goto("/till/")
    page.locator("main form [type=submit], main form button").first.press("Enter")
    page.wait_for_load_state()
    page.goto("/sell/")
    page.locator("#line:focus").wait_for()

    assert list(Till.objects.values_list("clerk__username", "state")) == [("clerk", "open")]


def test_two_keys_sell_a_ticket_to_the_default_destination(counter, record_property):
    keys = press(counter, "Enter", "Enter")
    record_property("sale.keys.default", keys)

    code = just_sold(counter)
    assert keys == 2
    assert list(Ticket.objects.values_list("code", flat=True)) == [code]
    assert counter.evaluate("document.activeElement.id") == "line"


def test_a_favourite_takes_three_keys_and_two_tickets_with_cash_a_few_more(counter, record_property):
    keys = press(counter, "2", "Enter", "Enter")
    record_property("sale.keys.favourite", keys)
    assert keys == 3
    just_sold(counter)
    press(counter, "1", "*", "2", "Enter", "5", "0", "0", "Enter")
    counter.locator("#last-sale a").nth(2).wait_for()  # two tickets and "void or refund"

    sales = list(Sale.objects.order_by("pk").values_list("total", "payment__received"))
    assert sales == [(100_000, 100_000), (200_000, 500_000)]


def test_five_keys_sell_two_tickets_to_a_favourite_and_name_a_place(counter, record_property):
    assert press(counter, "2", "*", "2", "Enter", "Enter") == 5
    just_sold(counter)
    keys = press(counter, "s", "2", "Enter", "Enter")
    record_property("sale.keys.named", keys)
    counter.locator("#last-sale a[href*='/tickets/']").nth(2).wait_for(state="detached")  # one ticket, not two

    assert keys <= 5
    assert list(Sale.objects.order_by("pk").values_list("total", flat=True)) == [200_000, 100_000]


def test_a_child_pays_half_by_keyboard_alone(counter):
    DiscountGroupFactory(code="child", percent=50)
    counter.reload()
    counter.locator("#line:focus").wait_for()

    press(counter, "F6", "ArrowDown")
    counter.locator(".bx-total .bx-num", has_text="50.000").first.wait_for()
    press(counter, "Enter", "Enter")
    just_sold(counter)

    assert list(Ticket.objects.values_list("fare", flat=True)) == [50_000]


def test_the_function_keys_do_what_the_screen_says(counter):
    press(counter, "F3")
    assert counter.evaluate("document.activeElement.className").startswith("bx-time")
    press(counter, "F2", "Enter", "F4")
    assert counter.evaluate("document.activeElement.id") == "buyer_phone"
    counter.keyboard.type("0912345678")
    press(counter, "F2")
    with counter.expect_response(lambda answer: answer.request.method == "POST"):
        counter.keyboard.press("F9")
    just_sold(counter)
    press(counter, "Control+k")

    assert counter.locator("#bx-palette").get_attribute("open") is not None
    assert Sale.objects.get().buyer_phone == "0912345678"


def test_what_is_filled_in_while_the_screen_is_redrawn_stays(counter):
    press(counter, "Enter", "F4")
    late: list[Route] = []
    counter.route("**/sell/?**", lambda route: route.continue_() if late else late.append(route))  # the first is slow
    with counter.expect_request("**/sell/?**"):
        counter.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    counter.keyboard.type("0912345678")
    press(counter, "Tab")
    counter.keyboard.type("Bùi Thị Mận")
    with counter.expect_response("**/sell/?**"):
        late[0].continue_()
    counter.wait_for_timeout(BEYOND_ONE_ENTER)

    said = [counter.locator(f"#buyer_{name}").input_value() for name in ("phone", "name")]
    assert said == ["0912345678", "Bùi Thị Mận"]


def test_two_enters_in_one_breath_only_keep_the_seat(counter):
    counter.keyboard.press("Enter")
    counter.keyboard.press("Enter")
    counter.locator("[data-held]").wait_for()
    counter.wait_for_timeout(BEYOND_ONE_ENTER)

    assert Sale.objects.count() == 0


def test_escape_lets_go_of_the_seat(counter):
    press(counter, "Enter")
    counter.locator("[data-held]").wait_for()

    press(counter, "Escape")

    counter.locator("[data-held]").wait_for(state="detached")
    assert counter.evaluate("document.activeElement.id") == "line"


def test_arrows_and_space_choose_a_seat(counter):
    counter.locator(".bx-seat input:checked").first.focus()
    press(counter, "ArrowDown", "Space")
    counter.locator(".bx-seat input:checked").nth(1).wait_for(state="attached")
    press(counter, "Enter", "Enter")
    just_sold(counter)

    assert list(Ticket.objects.order_by("seat").values_list("seat_label", flat=True)) == ["A1", "B1"]


def test_list_and_digits_stay_while_the_sale_is_redrawn_and_follow_the_news(counter):
    free = counter.locator("#departures tr[aria-current] .sell__free")
    current = counter.locator("#digits [aria-current]")
    first = current.get_attribute("data-place")

    press(counter, "2")
    expect(current.locator(".bx-row__no")).to_have_text("2")
    press(counter, "Enter")
    counter.evaluate("document.querySelectorAll('[data-live]').forEach((one) => htmx.trigger(one, 'live'))")
    expect(free).to_have_text("7")
    expect(current.locator("small")).to_contain_text("còn 7")
    press(counter, "Enter")
    just_sold(counter)

    expect(current).to_have_attribute("data-place", str(first))
    expect(counter.locator("#departures tbody tr")).to_have_count(1)


def test_the_ticket_page_opens_from_the_keyboard_by_its_code(counter, live_server):
    press(counter, "Enter", "Enter")
    code = just_sold(counter)

    counter.keyboard.type(code)
    counter.keyboard.press("Enter")
    counter.wait_for_url(f"{live_server.url}/tickets/{code}/")

    assert code in counter.locator("h1").inner_text()


def test_everything_fits_without_scrolling(counter):
    heights = counter.evaluate("[document.documentElement.scrollHeight, window.innerHeight]")

    assert heights[0] <= heights[1]


@pytest.mark.parametrize("kept", [False, True])
def test_no_barrier_on_the_counter(counter, barriers_on, kept):
    if kept:
        press(counter, "Enter")
        counter.locator("[data-held]").wait_for()

    assert barriers_on(counter) == []


def test_a_redraw_leaves_the_customer_open_whose_phone_is_being_typed(counter):
    press(counter, "Enter")
    counter.keyboard.press("F4")
    counter.keyboard.type("0912")

    with counter.expect_response(lambda answer: "listed=" in answer.url):
        counter.evaluate("htmx.trigger('#again', 'live')")
    counter.locator("#sale.htmx-swapping, #sale.htmx-settling").wait_for(state="detached")
    counter.wait_for_timeout(BEYOND_ONE_ENTER)
    counter.keyboard.type("345678")

    expect(counter.locator("#buyer_phone")).to_have_value("0912345678")
    expect(counter.locator("#buyer_phone")).to_be_focused()
