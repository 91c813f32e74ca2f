"""Silent mistakes turned into failures (the idea is les-emplois'); docs/coding-style.md says what each one wants.

Every detector is a context manager, so that its own test can watch it catch something.
"""

import functools
import random
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import models
from django.db.models.query import MAX_GET_RESULTS, QuerySet
from django.template import engines
from django.test.signals import setting_changed

ROOT = Path(__file__).resolve().parents[1]
OURS = frozenset(
    {"station", "fees", "ticketing", "dispatch", "einvoice", "reports", "demo", "tests", "runtime", "bench"}
)


class MistakeError(AssertionError):
    """A test that walked into one of these is wrong even if it would pass."""


@contextmanager
def replaced(owner: Any, name: str, value: object) -> Iterator[None]:
    """*owner.name* is *value* inside, and what it was outside (an inherited attribute is not copied down)."""
    inherited = name not in vars(owner)
    old = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        delattr(owner, name) if inherited else setattr(owner, name, old)


@contextmanager
def unordered_rows_are_shuffled(seed: int = 0) -> Iterator[None]:
    """PostgreSQL promises no order without ORDER BY; neither do we, so code that relies on one fails soon."""
    dice = random.Random(seed)
    fetch_all, iterate = QuerySet._fetch_all, QuerySet._iterator  # type: ignore[attr-defined]

    def shuffled_fetch_all(rows: QuerySet[Any]) -> None:
        fresh = rows._result_cache is None
        if fresh and _takes_any(rows):
            rows._query = rows.query.chain()  # type: ignore[attr-defined]  # the public setter would forget values_list()
            rows.query.add_ordering("?")
            return fetch_all(rows)
        shuffles = fresh and not rows.ordered
        if fresh and shuffles:
            rows._result_cache = list(rows._iterable_class(rows))  # type: ignore[call-overload]
            dice.shuffle(rows._result_cache)
        return fetch_all(rows)

    def shuffled_iterator(rows: QuerySet[Any], *args: Any) -> Iterator[Any]:
        if rows.ordered:
            yield from iterate(rows, *args)
            return
        found = list(iterate(rows, *args))
        dice.shuffle(found)
        yield from found

    with replaced(QuerySet, "_fetch_all", shuffled_fetch_all), replaced(QuerySet, "_iterator", shuffled_iterator):
        yield


def _takes_any(rows: QuerySet[Any]) -> bool:
    """Is this "some rows, I do not mind which" (`[:3]` without an order), and not Django's own `get()`?"""
    query = rows.query
    if rows.ordered or not query.is_sliced or query.combinator or query.distinct or query.group_by is not None:
        return False
    return (query.low_mark, query.high_mark) != (0, MAX_GET_RESULTS)


@contextmanager
def row_locks_are_explicit() -> Iterator[None]:
    """`of` says which tables are locked, `no_key` whether foreign keys wait too; the defaults are both wrong for us."""
    select_for_update = QuerySet.select_for_update

    @functools.wraps(select_for_update)
    def explicit(rows: QuerySet[Any], *args: Any, **options: Any) -> QuerySet[Any]:
        if _caller() in OURS and not {"of", "no_key"} <= options.keys():
            message = 'select_for_update needs of=("self",) and no_key=…; station.models.locks.lock does it.'
            raise MistakeError(message)
        return select_for_update(rows, *args, **options)

    with replaced(QuerySet, "select_for_update", explicit):
        yield


def _caller() -> str:
    """The top package of whoever called the queryset method (manager methods of Django are passed over)."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("django.db.models.manager"):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


class UndefinedVariable:
    """Stands where Django would print nothing. Only templates under *root* are held to it: ours."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __str__(self) -> str:
        return ""

    def __mod__(self, name: object) -> str:
        template = _template_being_rendered()
        if template is None or not Path(template).is_relative_to(self.root) or ".venv" in Path(template).parts:
            return ""
        message = f"{{{{ {name} }}}} is not defined in {Path(template).relative_to(self.root)}"
        raise MistakeError(message)


def _template_being_rendered() -> str | None:
    frame = sys._getframe(1)
    while frame := frame.f_back:  # type: ignore[assignment]
        context = frame.f_locals.get("context")
        running = getattr(getattr(context, "render_context", None), "template", None)
        if running is not None:
            return str(running.origin.name)
    return None


def _look_for_undefined_variables(**_: object) -> None:
    engines["django"].engine.string_if_invalid = UndefinedVariable()  # type: ignore[attr-defined]


@contextmanager
def undefined_variables_fail() -> Iterator[None]:
    # A test that changes settings may have Django build its engines anew.
    setting_changed.connect(_look_for_undefined_variables)
    with replaced(engines["django"].engine, "string_if_invalid", UndefinedVariable()):  # type: ignore[attr-defined]
        yield


@contextmanager
def dates_are_not_datetimes() -> Iterator[None]:
    """A datetime in a DateField is cut to its UTC day without a word: wrong for every night shift."""
    prepare = models.DateField.get_prep_value

    def checked(field: "models.DateField[Any, Any]", value: Any) -> Any:
        if isinstance(value, datetime) and not isinstance(field, models.DateTimeField):
            message = f"{field} was given the datetime {value}: use station.clock.local_day."
            raise MistakeError(message)
        return prepare(field, value)

    with replaced(models.DateField, "get_prep_value", checked):
        yield


@contextmanager
def sockets_lead_only_to(*allowed: tuple[str, int], loopback: bool = False) -> Iterator[None]:
    """PostgreSQL and Redis, and with *loopback* a live server. psycopg2 opens its own and is not seen here."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(call: Callable[..., Any]) -> Callable[..., Any]:
        def guard(sock: socket.socket, address: Any) -> Any:
            if sock.family != socket.AF_UNIX:
                _refuse_unless_allowed(str(address[0]), int(address[1]), allowed, loopback=loopback)
            return call(sock, address)

        return guard

    def guarded_look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        known = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "", None, *(name for name, _ in allowed)}
        if name not in known:
            message = f"A test asks for the address of {name}."
            raise MistakeError(message)
        return look_up(host, port, *args, **options)

    with (
        replaced(socket.socket, "connect", guarded(connect)),
        replaced(socket.socket, "connect_ex", guarded(connect_ex)),
        replaced(socket, "getaddrinfo", guarded_look_up),
    ):
        yield


def _refuse_unless_allowed(host: str, port: int, allowed: tuple[tuple[str, int], ...], *, loopback: bool) -> None:
    here = host in {"127.0.0.1", "::1", "localhost"}
    names = {host, "localhost", "127.0.0.1"} if here else {host}
    if (loopback and here) or any(port == open_port and name in names for name, open_port in allowed):
        return
    message = f"A test opens a connection to {host}:{port}."
    raise MistakeError(message)
