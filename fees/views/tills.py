"""The till of the person who is signed in: open, look, count, close."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from fees import selectors, services
from fees.enums import MoveState
from fees.forms import CountForm, DifferenceForm, OpenTillForm
from fees.models import TillClosing
from station import clock
from station.errors import DomainError
from station.models import Counter
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once

SHOWN = 20


@require_GET
@right("station.open_till")
def till(request: StaffRequest) -> HttpResponse:
    """My till; without one, the form that opens it."""
    mine = request.place.till_or_none
    if mine is None:
        return _opening(request, OpenTillForm(counters=_counters(request)))
    context = {
        "till": mine,
        "summary": selectors.till_summary(mine),
        "payments": selectors.payments_of(mine)[:SHOWN],
        "moves": selectors.moves_of(mine).exclude(to_till=mine, state=MoveState.OFFERED)[:SHOWN],
        "offers": selectors.offers_to(mine),
    }
    template = "fees/till.html#cash" if request.htmx else "fees/till.html"
    return render(request, template, context)


@require_POST
@right("station.open_till")
def open_till(request: StaffRequest) -> HttpResponse:
    form = OpenTillForm(request.POST, counters=_counters(request))
    if form.is_valid():
        try:
            submit_once(request, lambda: _opened(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, _asked_from(request) or reverse("fees:till"))
    return _opening(request, form, status=422)


def _opened(request: StaffRequest, form: OpenTillForm) -> Mapping[str, object]:
    opened = services.open_till(
        station=request.place.station,
        clerk=request.user,
        counter_id=form.counter_id,
        opening_float=form.cleaned_data["opening_float"],
        now=clock.now(),
    )
    return {"till": opened.pk}


def _opening(request: StaffRequest, form: OpenTillForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "last": selectors.last_closing(request.user),
        "shift": request.place.shift_or_none,
        "next": _asked_from(request),
    }
    return render(request, "fees/till_open.html", context, status=status)


def _asked_from(request: StaffRequest) -> str:
    """The page of ours that sent the person here because money needs a till; it goes on once there is one."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _counters(request: StaffRequest) -> QuerySet[Counter]:
    return request.place.station.counters.order_by("code")


@require_GET
@right("station.open_till")
def close_form(request: StaffRequest) -> HttpResponse:
    """An empty count: what is expected is not shown before the drawer was counted."""
    if request.place.till_or_none is None:
        return redirect("fees:till")
    return _close_page(request, CountForm())


@require_POST
@right("station.open_till")
def count(request: StaffRequest) -> HttpResponse:
    """The blind count: a fitting one closes the till, another asks why."""
    form = CountForm(request.POST)
    if form.is_valid():
        try:
            outcome = submit_once(request, lambda: _counted(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            if outcome["closing"]:
                return go_to(request, reverse("fees:closing", args=[outcome["closing"]]))
            context = {"form": DifferenceForm(initial=form.cleaned_data), "outcome": outcome}
            return render(request, "fees/till_difference.html", context)
    return _close_page(request, form, status=422)


def _close_page(request: StaffRequest, form: CountForm, status: int = 200) -> HttpResponse:
    """Nobody counts a drawer for nothing: what stands against closing is said first."""
    till = request.place.till_or_none
    reasons = services.reasons_against(till, clock.now()) if till else []
    return render(request, "fees/till_close.html", {"form": form, "till": till, "reasons": reasons}, status=status)


def _counted(request: StaffRequest, form: CountForm) -> Mapping[str, object]:
    outcome = services.count_till(till_id=request.place.till.pk, counts=form.counts, by=request.user, now=clock.now())
    closing = outcome.closing.pk if outcome.closing else None
    return {
        "closing": closing,
        "counted": outcome.counted,
        "expected": outcome.expected,
        "difference": outcome.difference,
    }


@require_POST
@right("station.open_till")
def close_till(request: StaffRequest) -> HttpResponse:
    """The second step: the count stands, with the reason why it differs."""
    form = DifferenceForm(request.POST)
    if form.is_valid():
        try:
            outcome = submit_once(request, lambda: _closed(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("fees:closing", args=[outcome["closing"]]))
    context = {"form": form, "outcome": {"counted": form.counted, "expected": None}}
    return render(request, "fees/till_difference.html", context, status=422)


def _closed(request: StaffRequest, form: DifferenceForm) -> Mapping[str, object]:
    closing = services.close_till(
        till_id=request.place.till.pk,
        counts=form.counts,
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=clock.now(),
    )
    return {"closing": closing.pk}


@require_GET
@right("fees.see")
def closing(request: StaffRequest, closing_id: int) -> HttpResponse:
    """The closing slip, 80 mm."""
    try:
        slip = selectors.closing_slip(request.place.stations_with("fees.see"), closing_id)
    except TillClosing.DoesNotExist as missing:
        raise Http404 from missing
    context = {
        "closing": slip,
        "counts": slip.counts.all(),
        "summary": selectors.till_summary(slip.till),
        "moves": reversed(selectors.moves_of(slip.till)),
        "corrections": selectors.corrections_of(slip),
        "corrected": selectors.corrected_at(slip.till),
        "may_correct": "station.open_till" in request.place.rights,
        "earlier": selectors.earlier_counts(slip.till),
        "seal": selectors.journal_seal(slip.till),
    }
    return render(request, "fees/closing.html", context)
