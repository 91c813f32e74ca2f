"""Finding routes."""

from django.db.models import QuerySet

from station.models import Route
from station.rules.vietnamese import search_key


def routes_matching(words: str) -> QuerySet[Route]:
    """Routes whose old code, new code or name holds every one of *words*, accents or not, by code."""
    rows = Route.objects.select_related("origin", "destination")
    for word in search_key(words).split():
        rows = rows.filter(search_key__contains=word)
    return rows.order_by("code")
