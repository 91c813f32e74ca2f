"""One browser for all tests of this folder, windows of it, and pages on which somebody is logged in."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from station import clock
from station.models import User
from tests.browser import AXE, DESK, chromium

PATIENCE = 10_000  # ms
ALL_ANSWERED_WITHIN = 5.0  # s


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def set_clock() -> Iterator[Callable[[datetime], object]]:
    """`set_clock(moment)`: from here on the clock of tests and live server goes on from there."""
    file = Path(settings.DATA_DIR) / clock.FILE
    yield lambda moment: file.write_text(moment.isoformat())
    file.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def morning(set_clock, now) -> None:
    """A day lies ahead, at whatever hour the tests run."""
    set_clock(now)


@pytest.fixture
def new_window(browser, live_server, transactional_db) -> Iterator[Callable[..., BrowserContext]]:
    """`new_window(PHONE, "en")`: one more at the live server; it shares nothing with the others, and is nobody yet."""
    windows = []

    def opened(size=DESK, language: str = "vi") -> BrowserContext:
        window = browser.new_context(viewport=size, locale="vi-VN", base_url=live_server.url)
        window.set_default_timeout(PATIENCE)
        window.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        windows.append(window)
        return window

    yield opened
    for window in windows:
        window.close()
    # What is still being answered finds its database: the tables are emptied after this.
    end = time.monotonic() + ALL_ANSWERED_WITHIN
    while time.monotonic() < end and _others_at_the_database():
        time.sleep(0.02)


def _others_at_the_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
        )
        return cursor.fetchone() is not None


@pytest.fixture
def page_of(new_window, live_server) -> Callable[..., Page]:
    """`page_of(user, PHONE)`: a page on which *user* is logged in."""

    def opened(user: User, size=DESK, language: str = "vi") -> Page:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        window = new_window(size, language)
        window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return window.new_page()

    return opened


@pytest.fixture
def barriers_on() -> Callable[..., list[str]]:
    """`barriers_on(page) == []`: what axe finds on it, and whether it scrolls sideways."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    source = AXE.read_text()

    def found(page: Page, options: str = "{}") -> list[str]:
        # Evaluated, not added as a script: the security policy of the pages refuses inline scripts.
        page.evaluate(source)
        violations = page.evaluate(f"axe.run({options}).then(found => found.violations.map(one => one.id))")
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return [*violations, *(["scrolls sideways"] if wide else [])]

    return found
