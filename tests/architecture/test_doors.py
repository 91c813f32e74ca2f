"""No page without a declared right: who may open it is said at the view, in one word, or it is not there."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from station.rights import RIGHTS
from tests.architecture.product import APPS

# Doors of libraries, which ask for themselves.
LIBRARIES: dict[str, str] = {
    "django.contrib.admin": "asks for is_staff itself",
    "django.contrib.contenttypes": "inside the admin, which asks for is_staff",
    "django.contrib.auth": "log-in, log-out: for everybody",
    "django.views.i18n": "language switch: for everybody",
    "django.views.static": "files of the page itself",
    "django.views.generic.base": "redirects only",
    "django_eventstream": "asks station.push.Channels",
    "drf_spectacular": "asks DEFAULT_PERMISSION_CLASSES",
}

KNOWN = frozenset({*RIGHTS, "signed_in", "public"})


def doors(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def declared_rights(view: Callable[..., Any]) -> list[str]:
    """`@right("…")`, `@signed_in` or `@public` on a function, `right = …` (or one per method) on a class of the API."""
    room = getattr(view, "cls", None) or getattr(view, "view_class", None)
    declared = getattr(room, "right", None) or getattr(view, "required_right", None)
    return list(declared.values()) if isinstance(declared, dict) else [declared] if declared else []


def is_declared(view: Callable[..., Any]) -> bool:
    if names := declared_rights(view):
        return set(names) <= KNOWN
    room = getattr(view, "cls", None) or getattr(view, "view_class", None)
    home = (room or view).__module__
    return home.split(".")[0] not in {*APPS, "tests"} and home.startswith(tuple(LIBRARIES))


def undeclared(found: Iterator[tuple[str, Callable[..., Any]]]) -> list[str]:
    return sorted(
        f"{route} ({view.__module__}.{getattr(view, '__name__', view)})"
        for route, view in found
        if not is_declared(view)
    )


def test_every_view_declares_who_may_open_it():
    assert undeclared(doors()) == []


# --- the check can fail ---------------------------------------------------------------------------------------------


def test_a_view_without_a_right_and_an_unknown_right_are_seen():
    def open_to_all(request): ...

    def guarded(request): ...

    def misspelled(request): ...

    guarded.required_right = "ticketing.sell"  # type: ignore[attr-defined]
    misspelled.required_right = "ticketing.sel"  # type: ignore[attr-defined]

    assert undeclared(iter([("all/", open_to_all), ("some/", guarded), ("none/", misspelled)])) == [
        f"all/ ({__name__}.open_to_all)",
        f"none/ ({__name__}.misspelled)",
    ]
