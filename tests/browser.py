"""The real browser of the tests: where it is, what it looks for, and how it is started."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = which("chromium") or which("chromium-browser") or ""
AXE = Path(__file__).resolve().parents[1] / "node_modules/axe-core/axe.min.js"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Started, and stopped afterwards; the test is skipped where there is none."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    # Playwright runs an event loop in this thread, under which Django has a connection of its own for it; the rows of
    # the tests are still read the ordinary way.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
        connections.close_all()


def drawn(page: Page) -> None:
    """Wait until the page has been painted: a key that comes before is dropped by the browser itself."""
    page.wait_for_load_state()
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
