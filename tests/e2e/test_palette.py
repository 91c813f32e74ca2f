"""Ctrl+K: a page or a key by a few letters, by keyboard alone, on every page with the bar."""

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from station.enums import Role
from tests.browser import DESK, PHONE
from tests.factories import StationFactory, staff_of

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 500  # times 10 ms


@pytest.fixture
def lead():
    return staff_of(StationFactory(), Role.SHIFT_LEAD)


def opened(page: Page) -> Page:
    """With its palette open and the list of all pages there."""
    page.keyboard.press("Control+k")
    page.locator("#bx-palette li a").first.wait_for()
    return page


def test_a_few_letters_and_enter_open_a_page(page_of, lead):
    page = page_of(lead)
    page.goto("/shifts/")

    opened(page).keyboard.type("ban ve")
    page.keyboard.press("Enter")  # at once: the list of fewer letters does not count

    page.wait_for_url("**/sell/")
    opened(page).keyboard.type("co dinh")
    expect(page.locator("#bx-palette li")).to_have_count(0)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "line"


def test_the_list_before_the_letters_comes_too_late_to_be_opened(page_of, lead):
    page = page_of(lead)
    page.goto("/shifts/")
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/commands/**", lambda route: route.continue_() if late else late.append((route, route.fetch())))

    page.keyboard.press("Control+k")
    page.wait_for_function("document.querySelector('#bx-palette-line') === document.activeElement")
    for _ in range(PATIENCE):
        if not late:
            page.wait_for_timeout(10)
    page.keyboard.insert_text("ban ve")
    page.keyboard.press("Enter")
    route, answer = late[0]
    route.fulfill(response=answer)  # before the letters are asked for

    page.wait_for_url("**/sell/")


def test_arrows_walk_the_list_and_a_key_of_the_page_is_pressed_by_its_name(page_of, lead):
    page = page_of(lead)
    page.goto("/sell/")
    page.evaluate("localStorage.setItem('bx-keys-off', '1')")

    opened(page)
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowUp")
    back = page.evaluate("document.activeElement.id")
    page.keyboard.type("phim")
    own = page.locator("#bx-palette [data-own] button")
    expect(own).to_have_count(1)
    own.press("Enter")

    assert (first != "", back) == (True, "bx-palette-line")
    assert page.evaluate("[...document.querySelectorAll('dialog[open]')].map(each => each.id)") == ["bx-keys"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_barrier_in_the_palette(page_of, lead, barriers_on, size, language):
    page = page_of(lead, size, language)
    page.goto("/shifts/")

    page.locator("[data-opens=bx-palette]").click()
    page.locator("#bx-palette li a").first.wait_for()

    assert barriers_on(page) == []
