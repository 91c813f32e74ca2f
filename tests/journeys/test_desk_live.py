"""What one person does stands on the other's desk within a second: web server, push, relay and browser are real."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from demo.services import load_hoa_binh
from station import clock
from station.models import Departure, Station
from station.rules import plates
from tests.browser import chromium
from tests.journeys.day import ROOT, Copy, Person, run_extra, running_copy

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WITHIN = 1.0  # seconds
# The machine that runs the tests may be busy for a moment; a habit of being late shows in every try.
TRIES = 3


@pytest.fixture
def coach() -> Departure:
    load_hoa_binh(now=clock.now(), say=lambda _text: None)
    return run_extra(Station.objects.get(code="HB01"), "OP01", "2829.0113.A", clock.now())


@pytest.fixture
def copy(coach: Departure, subprocess_env, tmp_path) -> Iterator[Copy]:
    environment = {**subprocess_env, "STATIC_ROOT": str(tmp_path / "static")}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    with running_copy(environment, tmp_path, ("web", "events", "relay")) as copy:
        yield copy


@pytest.fixture
def desk(copy: Copy) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(base_url=copy.address, locale="vi-VN")
        page.goto("/login/")
        page.fill("[name=username]", "dieudo1")
        page.fill("[name=password]", "demo")
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/")
        yield page


def test_what_the_guard_does_is_on_the_desk_within_a_second(coach, copy, desk):
    assert coach.vehicle
    inside = desk.locator("tr[data-inside]", has_text=plates.display(coach.vehicle.plate))
    guard, waits = Person(copy.address, "cong1"), []

    for direction, state in (("in", "attached"), ("out", "detached")) * TRIES:
        begun = time.monotonic()
        passed = {"station": "HB01", "direction": direction, "plate": coach.vehicle.plate}
        guard.do("/gate/events/", 201, **passed, empty=True)
        inside.wait_for(state=state, timeout=20_000)
        waits.append(round(time.monotonic() - begun, 2))

    assert [wait for wait in sorted(waits)[: len(waits) // 2 + 1] if wait > WITHIN] == [], waits
