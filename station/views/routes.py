"""The catalogue of routes: found by old code, new code or name."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from station.place import StaffRequest
from station.rights import right
from station.selectors.routes import routes_matching

PAGE = 50
MOST_WORDS = 200  # letters


@require_GET
@right("station.see_routes")
def routes(request: StaffRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:MOST_WORDS]
    page = Paginator(routes_matching(words), PAGE).get_page(request.GET.get("page"))
    return render(request, "station/routes.html", {"words": words, "page": page})
