"""Tickets over HTTP: how many sales a second the web programs commit while the relay and the worker run beside them."""

import http.client
import json
import socket
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice, repeat

from bench.desk import keys_of
from bench.figures import Figure, at_least, load
from runtime.places import data_dir
from runtime.programs import stop_together
from runtime.roster import Place, programs
from runtime.servers import wait_ready

KEYS = {"sale.keys.default": 2, "sale.keys.favourite": 3, "sale.keys.named": 5}
SALES = 400
CLERKS = 8
SALES_PER_SECOND = 100
CREATED = 201
RUNNING = {"web", "relay", "worker"}


def keys(name: str) -> Figure:
    """A sale in Chromium, exact cash, no mouse."""
    return keys_of(name, KEYS[name], "tests/e2e/test_sale.py", "one ticket sold for exact cash, in Chromium")


def sale_rate() -> Figure:
    """`POST /sales/` by CLERKS at once, each at a till of their own: one seat, claim and commit in one request."""
    tokens, wanted = _tokens(), _seats_for_sale(SALES)
    port = _free_port()
    place = Place(data=data_dir(), host="127.0.0.1", port=port, events_port=port + 1)
    with _running(place), ThreadPoolExecutor(CLERKS) as counter:
        for token, departure in zip(tokens, wanted[:CLERKS], strict=True):
            _sell(port, token, [departure])  # connections and prepared SQL, before the clock starts
        shares = [wanted[CLERKS + number :: CLERKS] for number in range(CLERKS)]
        begun = time.perf_counter()
        answers = [answer for answers in counter.map(_sell, repeat(port), tokens, shares) for answer in answers]
        rate = answers.count(CREATED) / (time.perf_counter() - begun)
    refused = len(answers) - answers.count(CREATED)
    detail = f"{len(answers)} sales at {CLERKS} tills, {refused} refused, load {load()}"
    return at_least("sale.rate", rate, SALES_PER_SECOND, "1/s", detail)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def _running(place: Place) -> Iterator[None]:
    ours = [program for program in programs(place) if program.name in RUNNING]
    try:
        for program in ours:
            program.start()
        for program in ours:
            wait_ready(program, 60)
        yield
    finally:
        stop_together(ours)


def _sell(port: int, token: str, departures: Sequence[int]) -> list[int]:
    """One sale after the other on one connection; the status of each answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    statuses = []
    for departure in departures:
        headers = {"Authorization": f"Token {token}", "Idempotency-Key": str(uuid.uuid4())}
        status, answer = _post(connection, "/api/v1/sales/", {"departure": departure, "count": 1}, headers)
        statuses.append(status)
        if status != CREATED:
            print(status, answer, file=sys.stderr)
    connection.close()
    return statuses


def _post(
    connection: http.client.HTTPConnection, path: str, body: dict[str, object], headers: dict[str, str]
) -> tuple[int, dict[str, object]]:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    return response.status, json.loads(response.read() or b"{}")


def _tokens() -> list[str]:
    """Of people like banve1, each with an open till."""
    from rest_framework.authtoken.models import Token  # noqa: PLC0415 -- models exist only after django.setup()

    from fees.services import open_till  # noqa: PLC0415 -- beside it
    from station import clock  # noqa: PLC0415 -- beside it
    from station.models import Membership, Station, User  # noqa: PLC0415 -- beside it

    station, first = Station.objects.get(code="HB01"), User.objects.get(username="banve1")
    tokens = []
    for number in range(CLERKS):
        clerk = User.objects.create(username=f"bench{number}")
        for membership in Membership.objects.filter(user=first).order_by("pk"):
            membership.pk, membership.user = None, clerk
            membership.save()
        open_till(station=station, clerk=clerk, counter_id=None, opening_float=0, now=clock.now())
        tokens.append(Token.objects.create(user=clerk).key)
    return tokens


def _seats_for_sale(count: int) -> list[int]:
    """A departure for each sale, by turns, none more often than it has free seats."""
    from station import clock  # noqa: PLC0415 -- models exist only after django.setup()
    from station.models import Station  # noqa: PLC0415 -- beside it
    from ticketing.selectors.offers import on_sale  # noqa: PLC0415 -- beside it

    offers = [one for one in on_sale(Station.objects.get(code="HB01"), clock.now()) if one.seat_map]
    free = {one.pk: one.seat_map.seats.count() - one.tickets.count() for one in offers if one.seat_map}
    rounds = (pk for turn in range(max(free.values(), default=0)) for pk in free if free[pk] > turn)
    return list(islice(rounds, count))
