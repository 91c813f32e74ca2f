"""Choosing the station to work at, finding a page by its name, and the way home."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from station.context import commands_for, navigation_for
from station.place import SESSION_KEY, StaffRequest
from station.rights import signed_in

MOST_TYPED = 40


@require_POST
@signed_in
def choose_station(request: StaffRequest) -> HttpResponse:
    """Work at another of one's own stations; anything else is ignored."""
    code = request.POST.get("station", "")
    if code in {station.code for station in request.place.stations}:
        request.session[SESSION_KEY] = code
    return redirect("home")


@require_GET
@signed_in
def commands(request: StaffRequest) -> HttpResponse:
    """The pages that `?q=` names, for the palette of every page."""
    typed = request.GET.get("q", "")[:MOST_TYPED]
    context = {"commands": commands_for(request, typed), "typed": typed}
    return render(request, "_palette.html#found", context)


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The first page of a person's menu is their home; who has no role yet is told so."""
    navigation = navigation_for(request)
    if not navigation and not request.user.is_staff:
        raise PermissionDenied
    return redirect(str(navigation[0]["url"]) if navigation else "admin:index")
