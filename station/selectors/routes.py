"""Finding routes."""

from django.db.models import QuerySet

from station.models import Route
from station.rules import route_codes
from station.rules.vietnamese import search_key


def routes_matching(words: str) -> QuerySet[Route]:
    """Routes found by old code, new code or name, accents or not, by code.

    A whole route code finds the route that bears or bore it; anything else finds what holds every one of *words*.
    """
    rows = Route.objects.select_related("origin", "destination").order_by("code")
    code = route_codes.normalise(words)
    if route_codes.is_route_code(code):
        return rows.filter(code=code) | rows.filter(code_old=code)
    for word in search_key(words).split():
        rows = rows.filter(search_key__contains=word)
    return rows
