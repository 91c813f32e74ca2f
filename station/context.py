"""What every page shows around its contents."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from station import clock
from station.models import Operator, Shift, Station, Till
from station.place import Place
from station.questions import ask
from station.rules.vietnamese import rank_of_match, search_key


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the menu: shown to whoever holds `right`, ordered by `rank`."""

    url: str
    label: str
    right: str
    rank: int
    key: str = ""

    def is_current(self, path: str) -> bool:
        return path.startswith(self.url)


# As many as a bar of 1,340 pixels holds; the rest of whoever has every app stands behind "More".
IN_THE_BAR = 10


class Shell:
    """What stands around the page of a person who is signed in; a part of a page asks for little of it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._place: Place = request.place  # type: ignore[attr-defined]
        self.clock = clock.local(clock.now())

    @property
    def station(self) -> Station | None:
        return self._place.station_or_none

    @property
    def stations(self) -> list[Station]:
        return self._place.stations

    @cached_property
    def navigation(self) -> list[dict[str, object]]:
        return navigation_for(self._request)

    @property
    def more(self) -> list[dict[str, object]]:
        return self.navigation[IN_THE_BAR:]

    @property
    def till(self) -> Till | None:
        return self._place.till_or_none

    @property
    def shift(self) -> Shift | None:
        return self._place.shift_or_none

    @property
    def operator(self) -> Operator | None:
        return self._place.user.operator


def shell(request: HttpRequest) -> dict[str, object]:
    """`shell`; None for people who are not signed in."""
    common = {"demo": settings.DEMO, "events_url": _events_url(request)}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": None, **common}
    return {"shell": Shell(request), **common}


def _events_url(request: HttpRequest) -> str:
    """The push process as this browser reaches it; empty = our own origin."""
    if settings.EVENTS_ORIGIN == "same-origin":
        return ""
    host = request.get_host().rsplit(":", 1)[0]
    return settings.EVENTS_ORIGIN or f"http://{host}:{settings.EVENTS_PORT}"


def navigation_for(request: HttpRequest) -> list[dict[str, object]]:
    """The menu of the person who asks, in order; the first entry is their home."""
    path, items = request.path, _open_to(request, "shell.navigation")
    return [{"url": item.url, "label": item.label, "key": item.key, "current": item.is_current(path)} for item in items]


def commands_for(request: HttpRequest, typed: str) -> list[NavigationItem]:
    """Every page open to the person who asks whose name *typed* begins, with or without accents; the best first."""
    items = _open_to(request, "shell.navigation", "shell.commands")
    letters = search_key(typed)
    ranked = [(rank_of_match(search_key(item.label), letters), item) for item in items]
    found = [(rank, item) for rank, item in ranked if rank is not None]
    return [item for _, item in (sorted(found, key=lambda pair: pair[0]) if letters else found)]


def _open_to(request: HttpRequest, *questions: str) -> list[NavigationItem]:
    """Entries that the rights of the person allow, each page once, where it is earliest."""
    rights = request.place.rights  # type: ignore[attr-defined]
    answers = [answer for question in questions for answer in ask(question)]
    items = [item for answer in answers for item in _as_items(answer) if item.right in rights]
    items.sort(key=lambda item: -item.rank)
    return sorted({item.url: item for item in items}.values(), key=lambda item: item.rank)


def _as_items(answer: object) -> list[NavigationItem]:
    if not isinstance(answer, list):
        raise TypeError(answer)
    return answer
