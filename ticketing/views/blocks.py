"""The seats of one departure: which are not sold and why, taken off sale and put back."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from station import clock
from station.errors import DomainError
from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from station.web import refuse
from ticketing import selectors, services
from ticketing.enums import BlockKind
from ticketing.forms.blocks import BlockForm
from ticketing.models import SeatBlock

RIGHT = "ticketing.block_seats"


@right("ticketing.block_seats")
@require_http_methods(["GET", "POST"])
def seats(request: StaffRequest, departure_id: int) -> HttpResponse:
    departure = _departure(request, departure_id)
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.block_seats(
                departure_id=departure.pk, seats=form.labels, kind=BlockKind(form.cleaned_data["kind"]),
                reason=form.cleaned_data["reason"], by=request.user, now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return redirect(reverse("ticketing:seats", args=[departure.pk]))
    return _page(request, departure, form, status=422 if form.errors else 200)


@right("ticketing.block_seats")
@require_POST
def lift(request: StaffRequest, block_id: int) -> HttpResponse:
    block = get_object_or_404(SeatBlock, pk=block_id)
    departure = _departure(request, block.departure_id)
    form = BlockForm()
    try:
        services.lift_block(block_id=block.pk, by=request.user, now=clock.now())
    except DomainError as refusal:
        form = BlockForm({})
        form.full_clean()
        form.errors.clear()
        refuse(form, refusal)
        return _page(request, departure, form, status=422)
    return redirect(reverse("ticketing:seats", args=[departure.pk]))


def _departure(request: StaffRequest, departure_id: int) -> Departure:
    """Raises Http404 for a departure of somebody else's station."""
    mine = Departure.objects.filter(station__in=request.place.stations_with(RIGHT))
    found = selectors.with_facts(mine).filter(pk=departure_id).order_by("pk").first()
    if found is None:
        raise Http404
    return found


def _page(request: StaffRequest, departure: Departure, form: BlockForm, *, status: int) -> HttpResponse:
    plan = selectors.seat_plan(departure, selectors.all_legs(departure), clock.now())
    decks: dict[int, list[selectors.SeatPlace]] = {}
    for place in plan:
        decks.setdefault(place.seat.deck, []).append(place)
    context = {
        "departure": departure,
        "decks": decks,
        "blocks": [place.block for place in plan if place.block],
        "form": form,
        "chosen": form.labels if form.is_bound else [],
        "bay": selectors.bay_of(departure),
    }
    return render(request, "ticketing/seats.html", context, status=status)
