"""Where a person works right now: station, shift, till and rights, read once per request."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from station.enums import TillState
from station.errors import TillNotOpen
from station.models import Shift, Station, Till, User
from station.models.written_once import asked_often
from station.rights import has_right, rights_at

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

SESSION_KEY = "station"


class Place:
    """The station a person chose among their own, else the first of them."""

    def __init__(self, user: User, wanted: str | None, now: datetime) -> None:
        self.user = user
        self.wanted = wanted
        self.now = now

    @cached_property
    def stations(self) -> list[Station]:
        return _stations(self.user.pk, self.now)

    @cached_property
    def station_or_none(self) -> Station | None:
        chosen = [station for station in self.stations if station.code == self.wanted]
        return next(iter(chosen or self.stations), None)

    @property
    def station(self) -> Station:
        """The station; only for views whose right is held at a station."""
        if self.station_or_none is None:
            raise LookupError("no station")
        return self.station_or_none

    @cached_property
    def rights(self) -> frozenset[str]:
        return rights_at(self.user, self.station_or_none, self.now)

    def stations_with(self, right_name: str) -> list[Station]:
        """Those of the person's stations where they hold *right_name*: a right at one says nothing about another."""
        return [station for station in self.stations if self._has(right_name, station)]

    def _has(self, right_name: str, station: Station) -> bool:
        if station == self.station_or_none:
            return right_name in self.rights  # asked already, by the view
        return has_right(self.user, right_name, station, self.now)

    @cached_property
    def till_or_none(self) -> Till | None:
        return next(iter(_open_tills(self.user.pk)), None)

    @property
    def till(self) -> Till:
        """The person's open till; raises TillNotOpen."""
        if self.till_or_none is None:
            raise TillNotOpen
        return self.till_or_none

    @cached_property
    def shift_or_none(self) -> Shift | None:
        if self.station_or_none is None:
            return None
        return Shift.current(self.station_or_none.pk, self.now)


@asked_often
def _stations(user_id: int, now: datetime) -> QuerySet[Station]:
    # One filter, one membership: excluding the ended ones would exclude a station that anybody ever left.
    lasts = Q(memberships__valid_until=None) | Q(memberships__valid_until__gt=now)
    mine = Station.objects.filter(lasts, memberships__user=user_id, memberships__valid_from__lte=now)
    return mine.distinct().order_by("pk")


@asked_often
def _open_tills(clerk_id: int) -> QuerySet[Till]:
    mine = Till.objects.filter(clerk=clerk_id, state=TillState.OPEN)
    return mine.select_related("shift", "counter", "station", "clerk").order_by("pk")


class StaffRequest(HttpRequest):
    """What views behind @right may rely on."""

    user: User
    place: Place
    htmx: "HtmxDetails"
