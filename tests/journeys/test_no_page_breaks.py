"""Whoever opens whatever address: a page, a refusal, a «not found» – never a crash, and never somebody else's thing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from dispatch.models import DispatchOrder
from einvoice.models import Invoice
from fees.models import Charge, Payment, TillClosing
from station.enums import Role
from station.models import User, YardVisit
from tests.factories import StationFactory, UserFactory, staff_of
from tests.reports.day import NOW_OF_THE_CHECK, Day, whole_day
from ticketing.models import Ticket

ROLES = [Role.TICKET_CLERK, Role.DISPATCHER, Role.GUARD, Role.SHIFT_LEAD, Role.MANAGER, Role.INSPECTOR, Role.ADMIN]
OTHERS = ["operator", "driver", "nobody", "stranger"]
NO_ID = {"int": ["0", "999999999", "9" * 30], "str": ["x", "%00", "%F0%9F%9A%8C", "a" * 500]}
NONSENSE = ["\x00", "-1", "0001-01-01", "9999-12-31", "9" * 30, "9" * 5000, "🚌", "'\"><script>"]
SEARCHES = {
    "/bays/": ["day", "departure"],
    "/routes/": ["q", "page"],
    "/fees/": ["q", "show"],
    "/invoices/": ["q", "day"],
    "/orders/": ["day", "state"],
    "/gate/": ["q"],
    "/desk/": ["q", "at"],
    "/sell/": ["line", "to", "departure", "n", "hold"],
    "/api/v1/departures/": ["date", "limit", "offset", "station"],
    "/api/v1/charges/": ["plate", "service_on", "limit"],
}
# Another station's things, asked for by somebody who holds the same role elsewhere. A layout is no station's.
ANYBODYS = {
    "/board/<str:code>/", "/verify/<str:token>/", "/display/<int:counter_id>/", "/setup/layouts/<int:layout_id>/copy/",
}  # fmt: skip


@pytest.fixture(scope="module")
def day(django_db_setup: None, django_db_blocker: Any) -> Iterator[Day]:
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(NOW_OF_THE_CHECK, tick=False):
        yield whole_day()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone(day: Day, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def addresses() -> dict[str, str]:
    """Address pattern → kind of its first id ("" without one), of pages and API, the admin left out."""
    routes = [f"/{route}" for route in _flat(get_resolver().url_patterns, "")]
    kept = [route for route in routes if not route.startswith(("/admin", "/styleguide", "/readyz", "/api/v1/docs"))]
    return {route: next(iter(re.findall(r"<(int|str):", route)), "") for route in kept}


def _flat(patterns: Any, before: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)
        else:
            yield from _flat(pattern.url_patterns, before + str(pattern.pattern))


def filled(route: str, value: object) -> str:
    return re.sub(r"<\w+:\w+>", str(value), route)


def real_ids(day: Day) -> dict[str, object]:
    """By name of the argument: something that is there."""
    return {
        "departure_id": day.gone.pk,
        "shift_id": day.shift.pk,
        "order_id": DispatchOrder.objects.get().pk,
        "invoice_id": Invoice.objects.order_by("pk")[0].pk,
        "visit_id": YardVisit.objects.order_by("pk")[0].pk,
        "charge_id": Charge.objects.get().pk,
        "payment_id": Payment.objects.get(kind="fee").pk,
        "closing_id": TillClosing.objects.get().pk,
        "till_id": day.open_till.pk,
        "message_id": 1,
        "code": Ticket.objects.order_by("pk")[0].code,
        "token": DispatchOrder.objects.get().token,
        "kind": "drop",
        "way": "in",
        "lookup": "0" * 16,
    }


def real(route: str, day: Day) -> str:
    """Its address; what the day has none of is asked for by a number that is nobody's."""
    known = {**real_ids(day), **({"code": day.station.code} if route.startswith("/board/") else {})}
    return re.sub(r"<\w+:(\w+)>", lambda name: str(known.get(name[1], 1)), route)


def person(who: str, day: Day) -> User | None:
    if who == "stranger":
        return None
    if who in ROLES:
        return staff_of(day.station, who)
    said = {"operator": {"operator": day.gone.operator}, "driver": {"driver": day.gone.driver}, "nobody": {}}
    return UserFactory(**said[who])


def browser_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def status(client: Client, method: str, address: str, **data: str) -> int:
    """Of one request whose writes are undone."""
    with transaction.atomic():
        code: int = getattr(client, method)(address, data).status_code
        transaction.set_rollback(True)
    return code


@pytest.mark.parametrize("who", [*ROLES, *OTHERS])
def test_every_address_answers_whoever_asks(who, day):
    client = browser_of(person(who, day))
    asked = [real(route, day) for route in addresses()]

    broken = [address for address in asked if status(client, "get", address) >= 500]

    assert broken == []


@pytest.mark.parametrize("who", [Role.SHIFT_LEAD, "operator", "nobody"])
def test_an_empty_form_is_refused_in_words(who, day):
    client = browser_of(person(who, day))
    asked = [real(route, day) for route in addresses()]

    broken = [address for address in asked if status(client, "post", address) >= 500]

    assert broken == []


def test_what_is_not_there_is_not_found(day):
    client = browser_of(person(Role.SHIFT_LEAD, day))
    asked = [filled(route, value) for route, kind in addresses().items() if kind for value in NO_ID[kind]]

    answers = {address: status(client, "get", address) for address in asked}

    assert {address: code for address, code in answers.items() if not 400 <= code < 500} == {}


def test_nonsense_in_an_address_breaks_nothing(day):
    client = browser_of(person(Role.SHIFT_LEAD, day))
    asked = [(path, name, text) for path, names in SEARCHES.items() for name in names for text in NONSENSE]

    broken = [
        asked_for for asked_for in asked if status(client, "get", asked_for[0], **{asked_for[1]: asked_for[2]}) >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("role", [Role.SHIFT_LEAD, Role.MANAGER, Role.INSPECTOR])
def test_nobody_opens_what_belongs_to_another_station(role, day):
    client = browser_of(staff_of(StationFactory(), role))
    asked = [real(route, day) for route, kind in addresses().items() if kind and route not in ANYBODYS]

    shown = [address for address in asked if status(client, "get", address) < 400]

    assert shown == []
