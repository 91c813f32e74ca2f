"""What every endpoint shares: its right, the place it acts at, and answering the same key once."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import ClassVar

from django.http import Http404
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from station import clock
from station.errors import KeyMissing
from station.models import User
from station.place import Place
from station.services.idempotency import Answer, once


class StationView(APIView):
    """An endpoint at one station: `?station=HB01`, else the first of the person's own."""

    right: ClassVar[str | dict[str, str]]
    needs_key: ClassVar[bool] = False

    @property
    def person(self) -> User:
        """Whoever asks; rights were checked, so it is somebody."""
        if not isinstance(self.request.user, User):
            raise NotAuthenticated
        return self.request.user

    @cached_property
    def place(self) -> Place:
        wanted = self.request.query_params.get("station")
        place = Place(self.person, wanted, clock.now())
        if wanted and wanted not in {station.code for station in place.stations}:
            raise Http404
        return place

    def write_once(self, request: Request, status: int, work: Callable[[], Mapping[str, object]]) -> Response:
        """Run *work* in one transaction; under an Idempotency-Key the second call gets the first answer."""
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            if self.needs_key:
                raise KeyMissing
            return Response(work(), status=status)
        answer = once(
            user=self.person,
            key=key,
            route=f"{request.method} {request.path}",
            contents=[self.place.station_or_none and self.place.station_or_none.code, request.data],
            now=clock.now(),
            work=lambda: Answer(status, work()),
        )
        return Response(answer.body, status=answer.status)
