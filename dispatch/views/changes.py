"""A departure is changed: late, another coach, merged, cancelled. Afterwards comes the work list of its passengers."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dispatch import selectors, services
from dispatch.forms import CancelDepartureForm, DelayForm, MergeForm, ReplaceForm
from station import clock
from station.errors import DomainError
from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once
from ticketing.models import Disruption

RIGHT = "dispatch.change_departure"


@require_GET
@right(RIGHT)
def change(request: StaffRequest, departure_id: int) -> HttpResponse:
    return _page(request, _departure(request, departure_id))


@require_POST
@right(RIGHT)
def delay(request: StaffRequest, departure_id: int) -> HttpResponse:
    found = _departure(request, departure_id)
    form = DelayForm(request.POST, prefix="delay")
    return _changed(request, found, form, lambda: services.delay_departure(**_who(request, found), **form.cleaned_data))


@require_POST
@right(RIGHT)
def replace(request: StaffRequest, departure_id: int) -> HttpResponse:
    found = _departure(request, departure_id)
    form = ReplaceForm(request.POST, prefix="replace", coaches=selectors.other_coaches(found))
    return _changed(request, found, form, lambda: services.replace_vehicle(**_who(request, found), **form.chosen))


@require_POST
@right(RIGHT)
def merge(request: StaffRequest, departure_id: int) -> HttpResponse:
    found = _departure(request, departure_id)
    form = MergeForm(request.POST, prefix="merge", departures=selectors.merge_targets(found))
    return _changed(request, found, form, lambda: services.merge_departures(**_who(request, found), **form.chosen))


@require_POST
@right(RIGHT)
def cancel(request: StaffRequest, departure_id: int) -> HttpResponse:
    found = _departure(request, departure_id)
    form = CancelDepartureForm(request.POST, prefix="cancel")
    return _changed(
        request, found, form, lambda: services.cancel_departure(**_who(request, found), **form.cleaned_data)
    )


def _departure(request: StaffRequest, departure_id: int) -> Departure:
    mine = Departure.objects.filter(station__in=request.place.stations_with(RIGHT))
    rows = mine.select_related("route", "operator", "vehicle__seat_map", "driver", "station", "seat_map")
    return get_object_or_404(rows, pk=departure_id)


def _who(request: StaffRequest, departure: Departure) -> dict[str, Any]:
    return {"departure_id": departure.pk, "by": request.user, "now": clock.now()}


def _changed(
    request: StaffRequest, departure: Departure, form: BaseForm, work: Callable[[], Disruption]
) -> HttpResponse:  # fmt: skip
    if form.is_valid():
        try:
            submit_once(request, lambda: {"disruption": work().pk})
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("ticketing:affected", args=[departure.pk]))
    return _page(request, departure, form)


def _page(request: StaffRequest, departure: Departure, bad: BaseForm | None = None) -> HttpResponse:
    forms: dict[str, BaseForm] = {
        "delay": DelayForm(prefix="delay"),
        "replace": ReplaceForm(prefix="replace", coaches=selectors.other_coaches(departure)),
        "merge": MergeForm(prefix="merge", departures=selectors.merge_targets(departure)),
        "cancel": CancelDepartureForm(prefix="cancel"),
    }
    if bad is not None and bad.prefix:
        forms[bad.prefix] = bad
    context = {
        "departure": departure,
        "sold": selectors.sold_tickets(departure),
        "leg": selectors.live_leg(departure),
        "forms": forms,
    }
    return render(request, "dispatch/change.html", context, status=422 if bad else 200)
