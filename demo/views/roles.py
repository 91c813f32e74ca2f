"""Choosing a role: the first page, the way in, the telephone."""

from datetime import datetime

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from demo.accounts import BY_NAME, Account
from demo.context import SHIFT_KEY, Front
from demo.errors import PersonDisabled
from demo.selectors.cards import card_groups, may_enter
from demo.selectors.diagram import current_offset
from demo.selectors.progress import progress as progress_of_the_player
from demo.services import tour as services
from demo.views import door
from dispatch.selectors import visible_orders
from station import clock
from station.context import navigation_for
from station.models import Station, User
from station.place import Place
from station.views import places

BACKEND = "station.conf.sessions.PersonBackend"


@door
@require_GET
def front_door(request: HttpRequest) -> HttpResponse:
    """Whoever plays nobody yet chooses a role first."""
    return places.home(request) if request.user.is_authenticated else redirect("demo:roles")


@door
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """All of it, or the part that is asked for again: `?part=cards`, `?part=progress`."""
    part, now = request.GET.get("part", ""), clock.now()
    if part == "progress":
        return render(request, "demo/roles.html#progress", {"progress": progress_of_the_player()})
    if part == "cards":
        return render(request, "demo/roles.html#cards", {"groups": card_groups(now)})
    front = Front(request)
    if front.tour:
        services.tick_off(tour=front.tour, steps=front.itinerary.open_steps, now=now)
    context = {
        "groups": card_groups(now),
        "itinerary": Front(request).itinerary,
        "progress": progress_of_the_player(),
        "stations": Station.objects.filter(is_ours=True).order_by("pk"),
        "now": clock.local(now),
        "diagram_now": _diagram_now(now),
    }
    return render(request, "demo/roles.html", context)


def _diagram_now(now: datetime) -> datetime | None:
    offset = current_offset()
    return clock.local(now) - offset if offset else None


@door
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """One click and one is that person; raises PersonDisabled."""
    account = BY_NAME.get(request.POST.get("username", ""))
    if account is None:
        raise Http404
    become(request, account)
    return redirect("demo:phone" if account.on_phone else "home")


def become(request: HttpRequest, account: Account) -> User:
    """Make the browser *account*'s, who must be there and not disabled. Raises PersonDisabled.

    Not by django's login(): it gives the browser a new session and a new CSRF secret, and what the page that is left
    still asks for comes back with the old ones over them. Here is nothing to protect: anybody may be anybody.
    """
    person = User.objects.filter(username=account.username).order_by("pk").first()
    if person is None:
        raise Http404
    if not may_enter(person):
        raise PersonDisabled(person=person)
    request.session.clear()
    request.session[SESSION_KEY] = str(person.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    request.session[SHIFT_KEY] = int(current_offset().total_seconds() // 60)
    return person


@door
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The home of whoever is logged in, in a frame of a telephone's size; `?q=` is handed on to it."""
    navigation = navigation_for(request) if request.user.is_authenticated else []
    if not navigation:
        return redirect("demo:roles")
    home, typed = str(navigation[0]["url"]), request.GET.get("q", "")
    address = f"{home}?{urlencode({'q': typed})}" if typed else home
    return render(request, "demo/phone.html", {"address": address, "account": Front(request).account})


@door
@require_GET
def document(request: HttpRequest, order_id: int) -> HttpResponse:
    """The PDF of an order under the strip of the tour; to whoever may not see the order it is not there."""
    if not request.user.is_authenticated:
        return redirect("demo:roles")
    place: Place = request.place  # type: ignore[attr-defined]
    visible = visible_orders(place.user, place.station_or_none, place.rights)
    return render(request, "demo/document.html", {"order": get_object_or_404(visible, pk=order_id)})
