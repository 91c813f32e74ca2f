"""The work list of a changed departure: who is told, who sits elsewhere, who is exchanged or gets the money back."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from station import clock
from station.errors import DomainError
from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, submit_once
from ticketing import selectors, services
from ticketing.models import Affected

PAGE = 50


@require_GET
@right("ticketing.see")
def changes(request: StaffRequest) -> HttpResponse:
    """What happened here lately, what still has work first."""
    rows = selectors.disruptions_of(request.place.station, clock.now())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "ticketing/changes.html", {"page": page})


@require_GET
@right("ticketing.see")
def affected(request: StaffRequest, departure_id: int) -> HttpResponse:
    return _page(request, _departure(request, departure_id, "ticketing.see"))


@require_POST
@right("ticketing.board")
def told(request: StaffRequest, affected_id: int) -> HttpResponse:
    """The passenger knows, and agrees."""
    row = _row(request, affected_id)
    now = clock.now()
    return _done(
        request, row, lambda: services.tell_passenger(affected_id=row.pk, by=request.user, now=now), _("Written down.")
    )


@require_POST
@right("ticketing.board")
def reseat(request: StaffRequest, affected_id: int) -> HttpResponse:
    """The passenger takes another seat."""
    row = _row(request, affected_id)
    seat, now = request.POST.get("seat", "")[:5], clock.now()
    return _done(
        request, row,
        lambda: services.reseat_passenger(affected_id=row.pk, seat=seat, by=request.user, now=now),
        _("The passenger has a seat: print the ticket anew, free of charge."),
    )  # fmt: skip


def _done(request: StaffRequest, row: Affected, work: Callable[[], Affected], said: str) -> HttpResponse:
    departure = row.disruption.departure
    try:
        submit_once(request, lambda: {"affected": work().pk})
    except DomainError as refusal:
        return _page(request, _departure(request, departure.pk, "ticketing.board"), refusal=refusal)
    messages.success(request, said)
    return go_to(request, reverse("ticketing:affected", args=[departure.pk]))


def _row(request: StaffRequest, affected_id: int) -> Affected:
    mine = request.place.stations_with("ticketing.board")
    rows = Affected.objects.filter(disruption__departure__station__in=mine).select_related("disruption__departure")
    return get_object_or_404(rows, pk=affected_id)


def _departure(request: StaffRequest, departure_id: int, right_name: str) -> Departure:
    mine = Departure.objects.filter(station__in=request.place.stations_with(right_name))
    return get_object_or_404(selectors.with_facts(mine), pk=departure_id)


def _page(request: StaffRequest, departure: Departure, *, refusal: DomainError | None = None) -> HttpResponse:
    context = {
        "departure": departure,
        "lists": selectors.work_lists(departure, clock.now()),
        "counts": selectors.counts_of(departure),
        "may_act": departure.station in request.place.stations_with("ticketing.board"),
        "may_return": departure.station in request.place.stations_with("ticketing.refund"),
        "refusal": refusal,
    }
    return render(request, "ticketing/affected.html", context, status=422 if refusal else 200)
