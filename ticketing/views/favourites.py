"""Which place is behind which digit, counter by counter."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from station import clock
from station.errors import DomainError
from station.models import Counter
from station.place import StaffRequest
from station.rights import right
from station.web import refuse
from ticketing import selectors, services
from ticketing.forms.favourites import FavouritesForm
from ticketing.models import Favourite


@right("ticketing.set_favourites")
@require_GET
def counters(request: StaffRequest) -> HttpResponse:
    rows = Counter.objects.filter(station=request.place.station).order_by("code").prefetch_related("favourites")
    shown = [(row, sorted(row.favourites.all(), key=lambda one: one.number)) for row in rows]
    return render(request, "ticketing/counters.html", {"counters": shown})


@right("ticketing.set_favourites")
@require_http_methods(["GET", "POST"])
def favourites(request: StaffRequest, counter_id: int) -> HttpResponse:
    mine = Counter.objects.filter(station=request.place.station)
    counter = get_object_or_404(mine, pk=counter_id)
    known = selectors.favourites_of(counter.pk)
    places = selectors.places_from(counter.station, clock.local_day(clock.now())) | {row.key: row.name for row in known}
    form = FavouritesForm(request.POST or None, places=places, initial=_said(known))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_favourites(counter_id=counter.pk, places=form.chosen, default=form.cleaned_data["default"])
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return redirect("ticketing:counters")
    context = {"counter": counter, "form": form}
    return render(request, "ticketing/favourites.html", context, status=422 if form.errors else 200)


def _said(known: list[Favourite]) -> dict[str, object]:
    said: dict[str, object] = {f"place_{row.number}": row.key for row in known}
    return said | {"default": next((row.number for row in known if row.is_default), "")}
