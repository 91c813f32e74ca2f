"""The desk: keys from coach in to coach out, counted by the browser test, and its page with 300 departures."""

import gc
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from datetime import timedelta
from functools import cache
from pathlib import Path
from statistics import quantiles

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from bench.figures import Figure, at_most
from station import clock
from station.models import Departure, User

DEPARTURES = 300
LOOKS = 20
MOST_MS = 300
KEYS = {"desk.keys.electronic": 12, "desk.keys.paper": 20}
# No page is served by this process: it needs no collected files.
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
TEST = "tests/e2e/test_desk.py"


def keys_electronic() -> Figure:
    return _keys("desk.keys.electronic")


def keys_paper() -> Figure:
    return _keys("desk.keys.paper")


def page_with_300() -> Figure:
    """A shift lead looks at 300 coaches that are due within two hours: the whole answer, 95th percentile."""
    _make_due(DEPARTURES)
    took: list[float] = []
    cpu: list[float] = []
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=settings.STORAGES | PLAIN_FILES):
        client = Client()
        client.force_login(User.objects.get(username="truongca1"))
        client.get("/desk/")
        gc.collect()
        gc.freeze()  # as the web process does (station/conf/wsgi.py)
        for _ in range(LOOKS):
            begun, worked = time.perf_counter(), time.process_time()
            answer = client.get("/desk/")
            took.append((time.perf_counter() - begun) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
    rows = answer.content.count(b"data-desk-row")
    return at_most(
        "desk.page.p95",
        quantiles(took, n=20)[-1],
        MOST_MS,
        "ms",
        f"{rows} coaches on the page; {min(cpu):.0f} ms CPU, load {os.getloadavg()[0]:.1f}",
    )


def _make_due(count: int) -> None:
    """Today's departures of the demonstration, and copies of them, leave in the next two hours."""
    now = clock.now()
    models = list(Departure.objects.filter(vehicle__isnull=False, route__kind__in=["inter", "intra"]).order_by("pk"))
    for number in range(count):
        copy = models[number % len(models)]
        copy.pk, copy.slot, copy._state.adding = None, None, True
        copy.state, copy.departed_at, copy.order_issued_at, copy.exit_confirmed_at = "planned", None, None, None
        copy.planned_at = now + timedelta(seconds=120 * 60 * (number + 1) // (count + 1))
        copy.service_on = clock.local_day(copy.planned_at)
        copy.save()


def _keys(name: str) -> Figure:
    return keys_of(name, KEYS[name], TEST, "coach in to coach out, in Chromium")


def keys_of(name: str, goal: int, test: str, detail: str) -> Figure:
    """As many keys as the browser test *test* pressed and wrote down under *name*."""
    keys = _counted(test).get(name)
    return at_most(name, keys or 999, goal, "keys", detail if keys else f"not counted: see python -m pytest {test}")


@cache
def _counted(test: str) -> dict[str, int]:
    """What the browser test wrote down."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", test, "-q", "-k", "keys", "-o", "junit_family=xunit1"]
        subprocess.run([*command, f"--junitxml={report}"], env=_environment(), stdout=subprocess.DEVNULL, check=False)
        tree = ET.parse(report)
        found = {one.get("name"): one.get("value") for one in tree.iter("property")}
    return {str(name): int(str(value)) for name, value in found.items()}


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
