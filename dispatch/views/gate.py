"""The gate: one field, one verdict, one key."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dispatch import selectors, services
from dispatch.forms import ConfirmForm, PassForm
from dispatch.selectors.findings import sentence
from dispatch.views.orders import confirmed
from station import clock
from station.errors import DomainError, NotInYard
from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from station.rules import plates
from station.selectors.yard import visit_of_plate
from station.web import go_to, refuse, submit_once


@require_GET
@right("station.see_gate")
def gate(request: StaffRequest) -> HttpResponse:
    """`?q=` what was typed or scanned: the last digits of a plate, a whole plate, the QR code of an order."""
    return _gate(request, request.GET.get("q", "").strip()[:2000])


@require_POST
@right("station.work_gate")
def pass_gate(request: StaffRequest) -> HttpResponse:
    """Let one coach in or out, in the way the verdict on the screen said."""
    form = PassForm(request.POST)
    if form.is_valid():
        try:
            done = submit_once(request, lambda: _passed(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, str(done["told"]))
            return go_to(request, reverse("dispatch:gate"))
    return _gate(request, request.POST.get("plate", ""), form=form, status=422)


@require_POST
@right("dispatch.confirm_departure")
def confirm(request: StaffRequest, departure_id: int) -> HttpResponse:
    """The station confirms the departure; the next Enter lets the coach out."""
    departure = get_object_or_404(
        Departure.objects.select_related("vehicle"), pk=departure_id, station=request.place.station
    )
    plate = departure.vehicle.plate if departure.vehicle else ""
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            submit_once(request, lambda: confirmed(request, departure, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, f"{reverse('dispatch:gate')}?{urlencode({'q': plate})}")
    return _gate(request, plate, confirm_form=form, status=422)


def _passed(request: StaffRequest, form: PassForm) -> Mapping[str, object]:
    cleaned, station, now = form.cleaned_data, request.place.station, clock.now()
    plate = plates.display(plates.normalise(cleaned["plate"]))
    if cleaned["way"] == PassForm.ENTER:
        services.let_in(
            station=station, plate=cleaned["plate"], passengers_in=cleaned["passengers"], by=request.user, now=now
        )
        return {"told": _("%(plate)s is in the yard.") % {"plate": plate}}
    visit = visit_of_plate(station, cleaned["plate"])
    if visit is None:
        raise NotInYard(plate=plate)
    leave = services.let_out_empty if cleaned["way"] == PassForm.LEAVE_EMPTY else services.let_out
    leave(visit_id=visit.pk, by=request.user, now=now)
    return {"told": _("%(plate)s has left.") % {"plate": plate}}


def _gate(
    request: StaffRequest,
    typed: str,
    *,
    form: BaseForm | None = None,
    confirm_form: ConfirmForm | None = None,
    status: int = 200,
) -> HttpResponse:
    station, now = request.place.station, clock.now()
    coaches = selectors.coaches_like(station, typed, now) if typed else []
    verdict = selectors.verdict_on(coaches[0], now) if coaches else None
    rights = request.place.rights
    acts = verdict is not None and verdict.answer not in {selectors.Answer.HOLD, selectors.Answer.CONFIRM}
    confirms = verdict is not None and verdict.answer == selectors.Answer.CONFIRM
    offers_a_button = (acts and "station.work_gate" in rights) or (confirms and "dispatch.confirm_departure" in rights)
    context = {
        "takes_focus": status != HTTPStatus.OK or not offers_a_button,
        "typed": plates.display(plates.normalise(selectors.typed_plate(typed))) if typed else "",
        "verdict": verdict,
        "others": coaches[1:],
        "reasons": [sentence(finding) for finding in verdict.findings] if verdict else [],
        "errors": form or confirm_form,
        "confirm_form": confirm_form or ConfirmForm(initial={"passengers": verdict.passengers if verdict else 0}),
        "movements": selectors.last_movements(station),
        "may_pass": "station.work_gate" in rights,
        "may_confirm": "dispatch.confirm_departure" in rights,
    }
    return render(request, "dispatch/gate.html", context, status=status)
