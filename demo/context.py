"""The strip above every page of a demonstration: which role one plays, how to change it, where the tour stands."""

from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from demo.accounts import BY_NAME, GROUPS, Account, Group
from demo.models import Tour
from demo.selectors.tour import Itinerary, itinerary, tour_by
from station import clock

COOKIE = f"station_tour_{settings.PORT}"
SHIFT_KEY = "demo_shift"


class Front:
    """Reads nothing from the database for whoever takes no tour."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def is_framed(self) -> bool:
        """Inside the telephone the strip stands around the frame, not in it."""
        return self._request.headers.get("Sec-Fetch-Dest") == "iframe"

    @property
    def groups(self) -> list[Group]:
        return GROUPS

    @cached_property
    def account(self) -> Account | None:
        user = getattr(self._request, "user", None)
        return BY_NAME.get(user.get_username()) if user and user.is_authenticated else None

    @cached_property
    def tour(self) -> Tour | None:
        token = self._request.COOKIES.get(COOKIE, "")
        return tour_by(token) if token else None

    @cached_property
    def itinerary(self) -> Itinerary:
        return itinerary(self.tour)

    @property
    def diagram_at(self) -> datetime | None:
        """What the shifted diagram calls now, as it was when the person came in; None when it is not shifted."""
        shift = self._request.session.get(SHIFT_KEY) if self.account else None
        return clock.local(clock.now()) - timedelta(minutes=shift) if shift else None


def front(request: HttpRequest) -> dict[str, object]:
    return {"front": SimpleLazyObject(lambda: Front(request))}
