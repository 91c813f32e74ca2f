"""The ca of a station: who is on, which tills are open, taking over and handing over."""

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from station import clock
from station.enums import ShiftState
from station.errors import DomainError
from station.forms import CloseShiftForm, OpenShiftForm
from station.models import Shift
from station.place import StaffRequest
from station.rights import right
from station.selectors import shifts as selectors
from station.services import shifts as services
from station.web import go_to, refuse, submit_once

PAGE = 20


@require_GET
@right("station.see_shifts")
def shifts(request: StaffRequest) -> HttpResponse:
    return _shifts(request)


@require_POST
@right("station.run_shift")
def open_shift(request: StaffRequest) -> HttpResponse:
    form = OpenShiftForm(request.POST, spans=selectors.openable_spans(request.place.station, clock.now()))
    if form.is_valid():
        try:
            submit_once(request, lambda: _opened(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("station:shifts"))
    return _shifts(request, opening=form, status=422)


def _opened(request: StaffRequest, form: OpenShiftForm) -> Mapping[str, object]:
    shift = services.open_shift(
        station=request.place.station, lead=request.user, now=clock.now(), template_id=form.cleaned_data["template"]
    )
    return {"shift": shift.pk}


@require_POST
@right("station.run_shift")
def close_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    shift = get_object_or_404(Shift, pk=shift_id, station=request.place.station)
    form = CloseShiftForm(request.POST, prefix=f"close-{shift.pk}")
    if form.is_valid():
        try:
            submit_once(request, lambda: _closed(request, shift, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("station:shifts"))
    return _shifts(request, closing={shift.pk: form}, status=422)


def _closed(request: StaffRequest, shift: Shift, form: CloseShiftForm) -> Mapping[str, object]:
    closed = services.close_shift(shift_id=shift.pk, note=form.cleaned_data["note"], by=request.user, now=clock.now())
    return {"shift": closed.pk}


def _shifts(
    request: StaffRequest,
    *,
    opening: OpenShiftForm | None = None,
    closing: Mapping[int, CloseShiftForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    station, now = request.place.station, clock.now()
    recent = selectors.recent_shifts(station)
    running = [
        (shift, (closing or {}).get(shift.pk) or CloseShiftForm(prefix=f"close-{shift.pk}"))
        for shift in recent.filter(state=ShiftState.OPEN)
    ]
    context = {
        "running": running,
        "page": Paginator(recent.filter(state=ShiftState.CLOSED), PAGE).get_page(request.GET.get("page")),
        "opening": opening or OpenShiftForm(spans=selectors.openable_spans(station, now)),
        "may_run": "station.run_shift" in request.place.rights,
        "now": now,
    }
    return render(request, "station/shifts.html", context, status=status)
