"""The second screen of a counter, for the customer; it names nobody, so anybody may look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from station import clock
from station.models import Counter
from station.rights import public
from ticketing import selectors


@require_GET
@public
def display(request: HttpRequest, counter_id: int) -> HttpResponse:
    """What to pay and the code to pay it by, then thanks; drawn anew whenever the counter says so."""
    counter = get_object_or_404(Counter.objects.select_related("station"), pk=counter_id, station__is_ours=True)
    now = clock.now()
    context = {"counter": counter, "shown": selectors.display_of(counter, now), "now": now}
    template = "ticketing/display.html#shown" if request.headers.get("HX-Request") else "ticketing/display.html"
    return render(request, template, context)
