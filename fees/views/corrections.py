"""Correcting a till that is closed."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fees import selectors, services
from fees.enums import Method
from fees.forms import CorrectionForm
from fees.models import TillClosing
from station import clock
from station.errors import DomainError
from station.models import User
from station.place import StaffRequest
from station.rights import right
from station.services.approvals import second_person
from station.web import go_to, refuse, submit_once


@require_http_methods(["GET", "POST"])
@right("station.open_till")
def correct(request: StaffRequest, closing_id: int) -> HttpResponse:
    """What turned up later about a closed till; it needs a till of one's own."""
    try:
        slip = selectors.closing_slip(request.place.stations_with("fees.see"), closing_id)
    except TillClosing.DoesNotExist as missing:
        raise Http404 from missing
    if request.place.till_or_none is None:
        return redirect("fees:till")
    form = CorrectionForm(request.POST or None)
    if form.is_valid():
        try:
            approver = second_person(
                username=form.cleaned_data["username"], password=form.cleaned_data["password"],
                right_name="fees.correct_till", station=slip.station, by=request.user, now=clock.now(),
            )  # fmt: skip
            submit_once(request, lambda: _corrected(request, slip, form, approver))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The correction of Z%(number)s is in your till.") % {"number": slip.number})
            return go_to(request, reverse("fees:till"))
    status = 422 if form.is_bound else 200
    return render(request, "fees/till_correction.html", {"form": form, "closing": slip}, status=status)


def _corrected(
    request: StaffRequest, slip: TillClosing, form: CorrectionForm, approver: User
) -> Mapping[str, object]:  # fmt: skip
    said = form.cleaned_data
    correction = services.Correction(form.signed_amount, said["reason"], Method(said["method"]), said["reference"])
    done = services.correct_till(
        closing_id=slip.pk, till_id=request.place.till.pk, correction=correction, approver=approver, by=request.user,
        now=clock.now(),
    )  # fmt: skip
    return {"correction": done.pk}
