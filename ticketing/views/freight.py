"""Parcels and luggage at the counter."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from station import clock
from station.errors import DomainError
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once
from ticketing import selectors, services
from ticketing.errors import NoSuchParcel
from ticketing.forms.freight import HandOverForm, LuggageForm, ParcelForm
from ticketing.models import Parcel
from ticketing.views.tickets import ticket_here

PAGE = 50


@require_http_methods(["GET", "POST"])
@right("ticketing.sell")
def parcels(request: StaffRequest) -> HttpResponse:
    """What is on the way, and the declaration of the next one."""
    station, now = request.place.station, clock.now()
    departures = selectors.departures_for_parcels(station, now)
    form = ParcelForm(request.POST or None, departures=departures)
    if request.method == "POST" and form.is_valid():
        try:
            done = submit_once(request, lambda: _received(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("ticketing:parcel", args=[done["code"]]))
    page = Paginator(selectors.parcels_of(station, now), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "till": request.place.till_or_none}
    return render(request, "ticketing/parcels.html", context, status=422 if form.is_bound else 200)


def _received(request: StaffRequest, form: ParcelForm) -> Mapping[str, object]:
    done = services.receive_parcel(
        departure_id=form.cleaned_data["departure"], to_stop_id=form.cleaned_data["to_stop"],
        declaration=form.declaration, till_id=request.place.till.pk, pay=form.pay, by=request.user, now=clock.now(),
    )  # fmt: skip
    return {"code": done.code}


@require_GET
@right("ticketing.see")
def parcel(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, _parcel(request, code, "ticketing.see"))


@require_GET
@right("ticketing.see")
def label(request: StaffRequest, code: str) -> HttpResponse:
    """The label with its QR, one for each piece."""
    return render(request, "ticketing/parcel_label.html", {"parcel": _parcel(request, code, "ticketing.see")})


@require_POST
@right("ticketing.board")
def step(request: StaffRequest, code: str, way: str) -> HttpResponse:
    """Loaded, arrived, handed over, returned to its sender, or moved to another departure."""
    found = _parcel(request, code, "ticketing.board")
    form = HandOverForm(request.POST)
    now, by = clock.now(), request.user

    def hand_over() -> Parcel:
        form.is_valid()
        return services.hand_over_parcel(code=code, id_number=form.cleaned_data.get("id_number", ""), by=by, now=now)

    ways: dict[str, Callable[[], Parcel]] = {
        "load": lambda: services.load_parcel(code=code, by=by, now=now),
        "arrive": lambda: services.arrive_parcel(code=code, by=by, now=now),
        "hand-over": hand_over,
        "return": lambda: services.return_parcel(code=code, till_id=request.place.till.pk, by=by, now=now),
        "move": lambda: services.move_parcel(code=code, departure_id=_departure(request), by=by, now=now),
    }
    if way not in ways:
        raise Http404
    try:
        submit_once(request, lambda: {"parcel": ways[way]().pk})
    except DomainError as refusal:
        form.is_valid()
        refuse(form, refusal)
        return _page(request, found, form)
    messages.success(request, _("Written down."))
    return go_to(request, reverse("ticketing:parcel", args=[code]))


def _departure(request: StaffRequest) -> int:
    text = request.POST.get("departure", "")
    known = {row.pk for row in selectors.departures_for_parcels(request.place.station, clock.now())}
    if not text.isdecimal() or int(text) not in known:
        raise Http404
    return int(text)


def _parcel(request: StaffRequest, code: str, right_name: str) -> Parcel:
    try:
        return selectors.parcel_at(code, request.place.stations_with(right_name))
    except NoSuchParcel:
        raise Http404 from None


def _page(request: StaffRequest, found: Parcel, form: BaseForm | None = None) -> HttpResponse:
    context = {
        "parcel": found,
        "form": form or HandOverForm(),
        "till": request.place.till_or_none,
        "departures": selectors.departures_for_parcels(found.station, clock.now()) if found.state == "received" else [],
        "may_act": "ticketing.board" in request.place.rights,
    }
    return render(request, "ticketing/parcel.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
@right("ticketing.sell")
def luggage(request: StaffRequest, code: str) -> HttpResponse:
    """Weigh what a passenger brings: within what is free the tag costs nothing."""
    found = ticket_here(request, code, "ticketing.sell")
    form = LuggageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            submit_once(request, lambda: _tagged(request, code, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("ticketing:luggage", args=[code]))
    context = {
        "ticket": found, "form": form, "tags": selectors.luggage_of(found), "till": request.place.till_or_none,
    }  # fmt: skip
    return render(request, "ticketing/luggage.html", context, status=422 if form.is_bound else 200)


def _tagged(request: StaffRequest, code: str, form: LuggageForm) -> Mapping[str, object]:
    said = form.cleaned_data
    tag = services.tag_luggage(
        code=code, pieces=said["pieces"], weight_kg=said["weight_kg"], till_id=request.place.till.pk, pay=form.pay,
        by=request.user, now=clock.now(),
    )  # fmt: skip
    return {"tag": tag.code}
