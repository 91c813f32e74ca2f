"""Detectors on every test, one fixed moment, clients, and the tools of the race tests."""

import importlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from station.models import User
from tests import detectors, races

PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}


BROKER_TESTS = {"test_relay.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folders say what a test is, so nobody has to mark it."""
    for item in items:
        folder = item.path.parent.name
        if folder == "concurrency":
            item.add_marker(pytest.mark.concurrency)
        if folder == "e2e":
            item.add_marker(pytest.mark.e2e)
        if folder == "journeys" or item.path.name in BROKER_TESTS:
            item.add_marker(pytest.mark.broker)


@pytest.fixture(scope="session", autouse=True)
def detect_silent_mistakes(request: pytest.FixtureRequest) -> Iterator[None]:
    seed = request.config.getoption("randomly_seed", default=0)
    with ExitStack() as stack:
        stack.enter_context(detectors.unordered_rows_are_shuffled(seed if isinstance(seed, int) else 0))
        stack.enter_context(detectors.row_locks_are_explicit())
        stack.enter_context(detectors.undefined_variables_fail())
        stack.enter_context(detectors.dates_are_not_datetimes())
        yield


@pytest.fixture(autouse=True)
def stay_off_the_network(request: pytest.FixtureRequest) -> Iterator[None]:
    outward = any(request.node.get_closest_marker(name) for name in ("e2e", "slow"))
    with detectors.sockets_lead_only_to(*_servers(), loopback=outward):
        yield


def _servers() -> list[tuple[str, int]]:
    addresses = [urlsplit(os.environ.get(name, "")) for name in ("DATABASE_URL", "REDIS_URL")]
    addresses.append(urlsplit(settings.REDIS_URL))
    return [(url.hostname, url.port or PORTS[url.scheme]) for url in addresses if url.hostname and url.scheme in PORTS]


@pytest.fixture
def now() -> datetime:
    """A Sunday morning at the station, inside the ca of 05:00–13:00."""
    return datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def today(time_machine, now: datetime) -> None:
    """The clock that views and tasks read stands at `now`."""
    time_machine.move_to(now, tick=False)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """DATA_DIR of this whole run: keys and certificates made by one test are there for the next."""
    return Path(settings.DATA_DIR)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """`client_of(user).get(…)`: a browser in which *user* is logged in."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def api_of() -> Callable[[User], APIClient]:
    """`api_of(user).post(…, data)`: JSON over /api/v1/ with the token of *user*."""

    def with_token(user: User) -> APIClient:
        token, _ = Token.objects.get_or_create(user=user)
        client = APIClient()
        client.default_format = "json"
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return with_token


@pytest.fixture
def subprocess_env(transactional_db: None) -> dict[str, str]:
    """For a worker or relay that a test starts (mark it slow): it sees the test database, not the real one."""
    server = urlsplit(os.environ["DATABASE_URL"])
    database = server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {**os.environ, "DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL}


@pytest.fixture
def race() -> Callable[..., list[str]]:
    """`race(sell_a1, sell_a1) == ["SeatTaken", "sold"]`; needs django_db(transaction=True)."""
    return races.run_at_once


@pytest.fixture
def meet_after_reading(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`meet_after_reading("ticketing.selectors.taken_seats")`: both racers have read before either writes; two names
    where one reads here and the other there."""

    def patch(*names: str) -> None:
        barrier = threading.Barrier(2, timeout=1)
        for dotted in names:
            module, _, name = dotted.rpartition(".")
            function = getattr(importlib.import_module(module), name)
            monkeypatch.setattr(dotted, races.meeting(function, barrier))

    return patch


@pytest.fixture
def no_lock() -> Iterator[None]:
    """Row locks taken away: the control of a race test, which shows that the constraint then refuses."""
    with races.row_locks_taken_away():
        yield
