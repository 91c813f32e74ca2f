"""Where the person works, and what a refusal looks like on a page."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from station import clock
from station.errors import Busy, DomainError
from station.place import SESSION_KEY, Place

log = logging.getLogger(__name__)
_BUSY = {"55P03", "40P01", "40001"}  # lock not available, deadlock, serialization failure


def is_busy(error: OperationalError) -> bool:
    """The database gave up waiting for somebody else's lock: the same request may succeed in a moment."""
    return getattr(error.__cause__, "pgcode", None) in _BUSY


class ChosenLanguageMiddleware:
    """Vietnamese unless the person chose English: what the browser prefers does not matter at a counter."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        language = wanted if wanted in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PlainAddressMiddleware:
    """An address with a NUL in it is nobody's: PostgreSQL could not even be asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class PlaceMiddleware:
    """Where the person works; and what they saw is kept by no cache and not shown by «back» after they left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.place = SimpleLazyObject(lambda: _place_of(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.session.accessed and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _place_of(request: HttpRequest) -> Place | None:
    if isinstance(request.user, AnonymousUser):
        return None
    return Place(request.user, request.session.get(SESSION_KEY), clock.now())


class RefusalMiddleware:
    """A refusal that no form shows becomes a page with its sentence; anything else stays a bug."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and is_busy(exception):
            log.warning("busy: %s %s", request.method, request.path)
            response = render(request, "refused.html", {"refusal": Busy()}, status=409)
            response["Retry-After"] = "2"
            return response
        if isinstance(exception, DomainError):
            return render(request, "refused.html", {"refusal": exception}, status=422)
        return None
