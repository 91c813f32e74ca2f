"""While the past of a station is being played, nobody writes into its present there: its days follow one another."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from demo.errors import StillPlaying
from demo.selectors.progress import progress, stations_in_play
from station.models import Contract, Membership, User

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Coming, going and changing the language is no work at a station.
_OWN = frozenset({"login", "logout", "set_language"})
_API = "/api/"
_TOKEN = "/api/v1/auth/token/"
_AGAIN_AFTER = "10"


class StillPlayingMiddleware:
    """Refuses what would write at a station whose past is still being played; reading goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: Any, _kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in _READING or match is None or "demo" in match.app_names or match.url_name in _OWN:
            return None
        if request.path == _TOKEN or not _is_in_play(request):
            return None
        refusal = StillPlaying(percent=progress().percent)
        response = _answer(request, refusal)
        response["Retry-After"] = _AGAIN_AFTER
        return response


def _is_in_play(request: HttpRequest) -> bool:
    """At a station where this person works; who is known by a token only is told so while anything is played."""
    in_play = stations_in_play()
    if in_play is None or not in_play:
        return in_play is None
    if isinstance(request.user, AnonymousUser):
        return True
    return _works_at(request.user, in_play)


def _works_at(person: User, stations: frozenset[int]) -> bool:
    if operator_id := person.operator_id or (person.driver and person.driver.operator_id):
        return Contract.objects.filter(operator=operator_id, station__in=stations).exists()
    return Membership.objects.filter(user=person, station__in=stations).exists()


def _answer(request: HttpRequest, refusal: StillPlaying) -> HttpResponse:
    if request.path.startswith(_API):
        return JsonResponse({"code": refusal.code, "detail": refusal.message, "facts": refusal.facts}, status=409)
    return render(request, "refused.html", {"refusal": refusal}, status=409)
