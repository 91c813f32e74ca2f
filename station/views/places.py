"""Choosing the station to work at, and the way home."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from station.context import navigation_for
from station.place import SESSION_KEY, StaffRequest
from station.rights import signed_in


@require_POST
@signed_in
def choose_station(request: StaffRequest) -> HttpResponse:
    """Work at another of one's own stations; anything else is ignored."""
    code = request.POST.get("station", "")
    if code in {station.code for station in request.place.stations}:
        request.session[SESSION_KEY] = code
    return redirect("home")


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The first page of a person's menu is their home; who has no role yet is told so."""
    navigation = navigation_for(request)
    if not navigation and not request.user.is_staff:
        raise PermissionDenied
    return redirect(str(navigation[0]["url"]) if navigation else "admin:index")
