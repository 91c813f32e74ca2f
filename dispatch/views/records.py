"""What the Road Administration is told: how complete it is, and what somebody must mend."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dispatch import selectors, services
from dispatch.forms import OrdersForm
from dispatch.models import TransmissionRecord
from station import clock
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, submit_once

DAYS = 14
MOST_OF_A_REASON = 255


@require_GET
@right("dispatch.see_records")
def records(request: StaffRequest) -> HttpResponse:
    """What needs a person, the records of a day, and two weeks day by day."""
    station, now = request.place.station, clock.now()
    today = clock.local_day(now)
    day, _state = OrdersForm(request.GET).chosen(today)
    days = selectors.record_days(station, day, DAYS)
    context = {
        "day": day,
        "on_day": next((one for one in days if one.on == day), None),
        "is_today": day == today,
        "rows": [(row, row.is_late(now)) for row in selectors.records_on(station, day)],
        "to_mend": [(row, row.is_late(now)) for row in selectors.records_to_mend(station, now)],
        "days": days,
    }
    return render(request, "dispatch/records.html#records" if request.htmx else "dispatch/records.html", context)


@require_POST
@right("dispatch.handle_records")
def send_again(request: StaffRequest, record_id: int) -> HttpResponse:
    found = _found(request, record_id)
    submit_once(request, lambda: _sent_again(request, found))
    messages.success(request, _("The record goes out again."))
    return go_to(request, reverse("dispatch:records"))


def _sent_again(request: StaffRequest, found: TransmissionRecord) -> dict[str, object]:
    services.send_record_again(record_id=found.pk, by=request.user, now=clock.now())
    return {"record": found.pk}


@require_POST
@right("dispatch.handle_records")
def correct(request: StaffRequest, record_id: int) -> HttpResponse:
    found = _found(request, record_id)
    submit_once(request, lambda: _corrected(request, found))
    messages.success(request, _("The correction is on its way; the first record stays as it was sent."))
    return go_to(request, reverse("dispatch:records"))


def _corrected(request: StaffRequest, found: TransmissionRecord) -> dict[str, object]:
    reason = request.POST.get("reason", "")[:MOST_OF_A_REASON]
    made = services.correct_record(record_id=found.pk, reason=reason, by=request.user, now=clock.now())
    return {"record": made.pk}


def _found(request: StaffRequest, record_id: int) -> TransmissionRecord:
    return get_object_or_404(TransmissionRecord, pk=record_id, station=request.place.station)
