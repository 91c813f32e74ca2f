"""Orders at the dispatcher's desk: the day, one order, paper orders, confirmation."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dispatch import selectors, services
from dispatch.enums import LegState, OrderSource, OrderState
from dispatch.errors import OrderNotWaiting
from dispatch.forms import CancelForm, ConfirmForm, OrdersForm, PaperOrderForm, PhotoForm, WithdrawForm
from dispatch.models import DispatchOrder
from dispatch.selectors.findings import sentence
from station import clock
from station.errors import DomainError
from station.models import Departure
from station.place import StaffRequest
from station.rights import right, signed_in
from station.web import go_to, refuse, submit_once

_CONFIRMABLE = {OrderState.ISSUED, OrderState.CONFIRMED}
_WITHDRAWABLE = {OrderState.DRAFT, OrderState.SIGNING, OrderState.ISSUED}


@require_GET
@right("dispatch.see_orders")
def orders(request: StaffRequest) -> HttpResponse:
    """Departures of the day with their orders."""
    form = OrdersForm(request.GET or None)
    day, state = form.chosen(clock.local_day(clock.now()))
    lines = selectors.order_lines(request.place.station, day)
    context = {
        "form": OrdersForm(initial={"day": day, "state": state}),
        "day": day,
        "lines": [line for line in lines if state in {"", line.standing}],
        "count": len(lines),
        "without": sum(line.can_be_drawn_up for line in lines),
        "may_write": "dispatch.enter_paper_order" in request.place.rights,
        "query": f"day={day:%Y-%m-%d}&state={state}",
    }
    return render(request, "dispatch/orders.html", context)


@require_POST
@right("dispatch.enter_paper_order")
def draw_up(request: StaffRequest) -> HttpResponse:
    """Draw up the electronic orders of one day that are not there yet."""
    day, _state = OrdersForm(request.POST).chosen(clock.local_day(clock.now()))
    done = submit_once(request, lambda: {"count": len(_drawn_up(request, day))})
    messages.success(request, _("%(count)s orders drawn up. Their operators can sign now.") % {"count": done["count"]})
    return go_to(request, f"{reverse('dispatch:orders')}?day={day:%Y-%m-%d}")


def _drawn_up(request: StaffRequest, day: object) -> list[DispatchOrder]:
    return services.draw_up_orders(station=request.place.station, day=day, by=request.user, now=clock.now())  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
@right("dispatch.enter_paper_order")
def paper_order(request: StaffRequest, departure_id: int) -> HttpResponse:
    """Type in the paper order of one departure."""
    departure = get_object_or_404(
        Departure.objects.select_related("route", "operator", "vehicle", "driver"),
        pk=departure_id,
        station=request.place.station,
    )
    day = clock.local_day(departure.planned_at)
    form = PaperOrderForm(request.POST or None, request.FILES or None, initial={"valid_from": day, "valid_until": day})
    if request.method == "POST" and form.is_valid():
        try:
            done = submit_once(request, lambda: _entered(request, departure, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("dispatch:order", args=[done["order"]]))
    status = 422 if form.is_bound else 200
    return render(request, "dispatch/paper_order.html", {"departure": departure, "form": form}, status=status)


def _entered(request: StaffRequest, departure: Departure, form: PaperOrderForm) -> Mapping[str, object]:
    order = services.enter_paper_order(departure_id=departure.pk, sheet=form.sheet(), by=request.user, now=clock.now())
    return {"order": order.pk}


@require_GET
@signed_in
def order(request: StaffRequest, order_id: int) -> HttpResponse:
    """One order: what it says, who signed, what is still missing."""
    return _order(request, _visible(request, order_id))


@require_GET
@signed_in
def order_pdf(request: StaffRequest, order_id: int) -> HttpResponse:
    """The newest document, byte for byte; before the first signature the very bytes it will cover."""
    found = _visible(request, order_id)
    content = bytes(found.document.content) if found.document else services.unsigned_document(found)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number.replace("/", "-")}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_GET
@signed_in
def order_scan(request: StaffRequest, order_id: int) -> HttpResponse:
    """The photo of a paper order."""
    scan = _visible(request, order_id).scan
    if scan is None:
        raise Http404
    response = HttpResponse(bytes(scan.content), content_type=scan.media_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@signed_in
def add_photo(request: StaffRequest, order_id: int) -> HttpResponse:
    """The photo of a paper order that was entered without one: from its operator, or from the station."""
    found = _visible(request, order_id)
    form = PhotoForm(request.POST, request.FILES)
    if not _may_work_on_paper(request, found):
        raise Http404
    said = _("The photo is kept with order %(order)s.") % {"order": found.number}
    return _submitted(request, found, form, lambda: _photographed(request, found, form), said, photo_form=form)


def _photographed(request: StaffRequest, found: DispatchOrder, form: PhotoForm) -> Mapping[str, object]:
    services.add_photo(order_id=found.pk, photo=form.content(), by=request.user, now=clock.now())
    return {"order": found.pk}


@require_POST
@signed_in
def cancel(request: StaffRequest, order_id: int) -> HttpResponse:
    """Withdraw an order: its operator, or the station for a paper order."""
    found = _visible(request, order_id)
    form = CancelForm(request.POST)
    if not _may_withdraw(request, found):
        raise Http404
    said = _("Order %(order)s is withdrawn.") % {"order": found.number}
    return _submitted(request, found, form, lambda: _cancelled(request, found, form), said, cancel_form=form)


def _cancelled(request: StaffRequest, found: DispatchOrder, form: CancelForm) -> Mapping[str, object]:
    reason = form.cleaned_data["reason"]
    services.cancel_order(order_id=found.pk, reason=reason, by=request.user, now=clock.now())
    return {"order": found.pk}


@require_POST
@right("dispatch.confirm_departure")
def confirm(request: StaffRequest, order_id: int) -> HttpResponse:
    """The station confirms the departure on its order page."""
    found = _visible(request, order_id)
    form = ConfirmForm(request.POST)
    departure = _departure_on(found)
    said = _("Departure confirmed: the gate may let the coach out.")
    return _submitted(request, found, form, lambda: confirmed(request, departure, form), said, confirm_form=form)


@require_POST
@right("dispatch.confirm_departure")
def unconfirm(request: StaffRequest, order_id: int) -> HttpResponse:
    """The station takes its confirmation back: the run goes to the next line of the sheet."""
    found = _visible(request, order_id)
    form = WithdrawForm(request.POST)
    said = _("The confirmation is taken back: the departure is sold again.")

    def work() -> Mapping[str, object]:
        return _unconfirmed(request, _departure_on(found), form.cleaned_data["why"])

    return _submitted(request, found, form, work, said, withdraw_form=form)


def _unconfirmed(request: StaffRequest, departure: Departure, why: str) -> Mapping[str, object]:
    leg = services.withdraw_confirmation(departure_id=departure.pk, reason=why, by=request.user, now=clock.now())
    return {"leg": leg.pk}


def _departure_on(found: DispatchOrder) -> Departure:
    """The departure that runs on *found*; a withdrawn order confirms nothing, its departure has another one by now.

    Raises OrderNotWaiting.
    """
    departure = selectors.departure_of(found)
    leg = selectors.live_leg(departure)
    if leg is None or leg.order_id != found.pk:
        raise OrderNotWaiting(order=found.number, state=found.get_state_display())
    return departure


def confirmed(request: StaffRequest, departure: Departure, form: ConfirmForm) -> Mapping[str, object]:
    passengers = form.cleaned_data["passengers"]
    leg = services.confirm_departure(departure_id=departure.pk, passengers=passengers, by=request.user, now=clock.now())
    return {"order": leg.order_id}


def _visible(request: StaffRequest, order_id: int) -> DispatchOrder:
    """The order, if this person may see it; to everybody else it is not there."""
    place = request.place
    visible = selectors.visible_orders(request.user, place.station_or_none, place.rights)
    rows = visible.select_related("station", "operator", "document", "scan", "created_by")
    return get_object_or_404(rows, pk=order_id)


def _may_withdraw(request: StaffRequest, found: DispatchOrder) -> bool:
    if request.user.operator_id:
        return "dispatch.sign_as_operator" in request.place.rights
    return _may_work_on_paper(request, found)


def _may_work_on_paper(request: StaffRequest, found: DispatchOrder) -> bool:
    right = "dispatch.sign_as_operator" if request.user.operator_id else "dispatch.enter_paper_order"
    return found.source == OrderSource.PAPER and right in request.place.rights


def _submitted(
    request: StaffRequest,
    found: DispatchOrder,
    form: Form,
    work: Callable[[], Mapping[str, object]],
    said: str,
    **shown: Any,
) -> HttpResponse:
    """Do *work* once and say so; else the order again, with what is wrong in *form*."""
    if form.is_valid():
        try:
            submit_once(request, work)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, said)
            return go_to(request, reverse("dispatch:order", args=[found.pk]))
    return _order(request, found, status=422, **shown)


def _order(
    request: StaffRequest,
    found: DispatchOrder,
    *,
    confirm_form: ConfirmForm | None = None,
    cancel_form: CancelForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    photo_form: PhotoForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    departure = selectors.departure_of(found)
    leg = selectors.live_leg(departure)
    is_here = leg is not None and leg.order_id == found.pk
    findings = selectors.clearance(departure, now) if is_here and departure.is_live else []
    may_decide = "dispatch.confirm_departure" in request.place.rights and is_here and departure.is_live
    is_confirmed = leg is not None and leg.state == LegState.CONFIRMED
    context = {
        "order": found,
        "departure": departure,
        "leg": leg if is_here else None,
        "signatures": selectors.signatures_of(found),
        "history": selectors.history_of(found),
        "reasons": [sentence(finding) for finding in findings],
        "places": selectors.places_of(departure),
        "may_confirm": may_decide and not is_confirmed and found.state in _CONFIRMABLE,
        "may_unconfirm": may_decide and is_confirmed,
        "withdraw_form": withdraw_form or WithdrawForm(),
        "confirm_form": confirm_form or ConfirmForm(initial={"passengers": selectors.sold_tickets(departure)}),
        "may_withdraw": found.state in _WITHDRAWABLE and _may_withdraw(request, found),
        "cancel_form": cancel_form or CancelForm(),
        "may_add_photo": found.awaits_photo and _may_work_on_paper(request, found),
        "photo_form": photo_form or PhotoForm(),
        "is_operator": request.user.operator_id is not None,
        "paper_entered_at": selectors.paper_entered_at(found),
    }
    return render(request, "dispatch/order.html", context, status=status)
