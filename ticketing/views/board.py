"""The departure board of a hall; anybody may look."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from station import clock
from station.models import Station
from station.rights import public
from ticketing import selectors

ROWS = 8
TURNS_EVERY = timedelta(seconds=12)


@require_GET
@public
def board(request: HttpRequest, code: str) -> HttpResponse:
    """Eight rows; which page follows from the clock, so that every screen of a hall shows the same one.

    With `?page=` it stays on that page: for a second screen, or somebody who reads slowly.
    """
    station = get_object_or_404(Station, code=code, is_ours=True)
    now = clock.now()
    pages = Paginator(selectors.board_rows(station, now), ROWS)
    turn = int(now.timestamp()) // int(TURNS_EVERY.total_seconds())
    kept = request.GET.get("page", "")
    page = pages.get_page(kept or turn % pages.num_pages + 1)
    context = {"station": station, "page": page, "kept": bool(kept), "now": now}
    template = "ticketing/board.html#board" if request.headers.get("HX-Request") else "ticketing/board.html"
    return render(request, template, context)
