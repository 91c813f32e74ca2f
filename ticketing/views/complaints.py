"""The complaints of a station: what is to be answered, by when, and how passengers liked their rides."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from station import clock
from station.errors import DomainError
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once
from ticketing import selectors, services
from ticketing.forms.feedback import AnswerForm
from ticketing.models import Complaint

PAGE = 20


@require_GET
@right("ticketing.see_complaints")
def complaints(request: StaffRequest) -> HttpResponse:
    station, now = request.place.station, clock.now()
    waiting = list(selectors.open_complaints(station))
    context = {
        "waiting": waiting,
        "overdue": sum(row.due_at < now for row in waiting),
        "page": Paginator(selectors.answered_complaints(station), PAGE).get_page(request.GET.get("page")),
        "scores": selectors.scores_at(station, now),
        "now": now,
    }
    return render(
        request, "ticketing/complaints.html#list" if request.htmx else "ticketing/complaints.html", context
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@right("ticketing.see_complaints")
def complaint(request: StaffRequest, complaint_id: int) -> HttpResponse:
    """One complaint; who may answer it does so here, once."""
    found = _here(request, complaint_id)
    may_answer = "ticketing.answer_complaints" in request.place.rights
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        if not may_answer:
            raise Http404
        if form.is_valid():
            try:
                submit_once(request, lambda: _answered(request, found, form))
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("The passenger reads your answer on the page of their ticket."))
                return go_to(request, reverse("ticketing:complaints"))
    context = {"complaint": found, "form": form, "may_answer": may_answer, "now": clock.now()}
    return render(request, "ticketing/complaint.html", context, status=422 if form.is_bound else 200)


def _answered(request: StaffRequest, found: Complaint, form: AnswerForm) -> Mapping[str, object]:
    services.answer_complaint(
        complaint_id=found.pk, answer=form.cleaned_data["answer"], by=request.user, now=clock.now()
    )  # fmt: skip
    return {"complaint": found.pk}


@require_GET
@right("ticketing.see_complaints")
def photo(request: StaffRequest, complaint_id: int) -> HttpResponse:
    kept = _here(request, complaint_id).photo
    if kept is None:
        raise Http404
    response = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _here(request: StaffRequest, complaint_id: int) -> Complaint:
    return get_object_or_404(selectors.complaints_at(request.place.station), pk=complaint_id)
