"""The few lines that every page with a form shares."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect

from station import clock
from station.errors import DomainError, KeyMissing, TooManyTries
from station.place import StaffRequest
from station.services.idempotency import Answer, once

KEY_FIELD = "idempotency_key"
_NOT_CONTENTS = {KEY_FIELD, "csrfmiddlewaretoken"}


def submit_once(request: StaffRequest, work: Callable[[], Mapping[str, object]]) -> Mapping[str, object]:
    """Run *work* under the key that the form was drawn with; a second submit gets the first result.

    *work* makes one service call and returns what the page needs afterwards, as JSON.
    """
    key = request.POST.get(KEY_FIELD, "")
    if not key:
        raise KeyMissing
    contents: dict[str, object] = {
        name: request.POST.getlist(name) for name in sorted(set(request.POST) - _NOT_CONTENTS)
    }
    for name in request.FILES:
        contents[f"file {name}"] = [_fingerprint(file) for file in request.FILES.getlist(name)]
    answer = once(
        user=request.user,
        key=key,
        route=request.path,
        contents=contents,
        now=clock.now(),
        work=lambda: Answer(200, work()),
    )
    return answer.body


def _fingerprint(file: "UploadedFile[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)  # the form reads it next
    return digest.hexdigest()


def refuse(form: BaseForm, refusal: DomainError) -> None:
    """Show *refusal* in the form it answers."""
    form.add_error(None, refusal.message)


def go_to(request: StaffRequest, url: str) -> HttpResponse:
    """Redirect; htmx is told to load the whole page."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def allow(what: str, *, most: int, within: timedelta) -> None:
    """Count one more *what* (`guess:203.0.113.7`); raises TooManyTries from the *most*th within that time on.

    Counted by each web process for itself: it slows down who guesses, and no sale ever waits for it.
    """
    key = f"tries:{what}"
    cache.add(key, 0, within.total_seconds())
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return
    if count > most:
        raise TooManyTries(minutes=max(int(within.total_seconds() // 60), 1))


def visitor(request: HttpRequest) -> str:
    """The address of whoever asks; behind the TLS front it is the last that the front wrote down."""
    told = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() if settings.TLS else ""
    return told or request.META.get("REMOTE_ADDR", "")
