"""The doors of the demonstration: open to everybody where DEMO=1, not there elsewhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from station.rights import public

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """A view of the demonstration. Its address is mounted with DEMO=1 only; this stands behind it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return public(guarded)
