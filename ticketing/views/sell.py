"""The counter: Enter keeps the seats, the next Enter takes the money."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fees import selectors as money
from fees.enums import Method
from station import clock
from station.errors import DomainError
from station.models import Till
from station.place import StaffRequest
from station.rights import right
from station.web import KEY_FIELD, go_to, submit_once
from ticketing import selectors, services
from ticketing.errors import DepartureGone, HoldGone, NothingOnSale, TooQuick
from ticketing.forms import CounterForm
from ticketing.forms.grammar import Order, parse_cash
from ticketing.models import Hold
from ticketing.selectors import Desk, Destination, Want
from ticketing.views.pay import ASK, MOST_DIGITS, pays_by_bank, tender_of

# Two Enters closer together than this are one Enter, or a scanner: never a sale.
ONE_ENTER = timedelta(milliseconds=250)


@right("ticketing.sell")
@require_http_methods(["GET", "POST"])
def sell(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    if request.method == "GET":
        return _screen(request, CounterForm(request.GET), now)
    form = CounterForm(request.POST)
    try:
        return _answer(request, form, now)
    except DomainError as refusal:
        return _screen(request, form, now, refusal=refusal)


def _answer(request: StaffRequest, form: CounterForm, now: datetime) -> HttpResponse:
    """One Enter, one service call."""
    till = request.place.till
    if "release" in request.POST:
        services.release_hold(till_id=till.pk, by=request.user, now=now)
        return _fresh(request, now)
    if pays_by_bank(request, form, till, now):
        # The passengers on the screen are those of the next customer, unless it was they who were asked to pay.
        return _fresh(request, now, form.passenger_fields() if form.said("hold") and ASK not in request.POST else None)
    line = form.said("line") or ""
    if form.said("hold") and (not line or parse_cash(line) is not None):
        return _take_money(request, form, till, now)
    order = form.order()
    if order.ticket:
        return go_to(request, reverse("ticketing:ticket", args=[order.ticket]))
    if order.phone:
        return _same_customer(request, form, order.phone, now)
    _keep_seats(request, form, order, till, now)
    return _fresh(request, now, form.passenger_fields())


def _same_customer(request: StaffRequest, form: CounterForm, phone: str, now: datetime) -> HttpResponse:
    """The phone is noted, everything else on the screen stays as it is."""
    if not request.htmx:
        return redirect(reverse("ticketing:sell") + f"?{form.passenger_fields(buyer_phone=phone).urlencode()}")
    said = request.POST.copy()
    said["buyer_phone"], said["line"] = phone, ""
    return _screen(request, CounterForm(said), now)


@right("ticketing.sell")
@require_POST
def extend(request: StaffRequest) -> HttpResponse:
    """The clerk is still at it: the seats are kept longer. A hold that is gone says so at the next Enter."""
    number = request.POST.get("hold", "")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return HttpResponse(status=204)
    try:
        hold = services.extend_hold(
            hold_id=int(number), till_id=request.place.till.pk, by=request.user, now=clock.now()
        )
    except DomainError:
        return HttpResponse(status=204)
    return render(request, "ticketing/sell.html#until", {"hold": hold})


def _keep_seats(request: StaffRequest, form: CounterForm, order: Order, till: Till, now: datetime) -> Hold:
    """Raises NothingOnSale, DepartureGone, NoSuchPlace and what the service refuses."""
    want = form.want(order)
    offer = selectors.offer_wanted(till, want, now)
    if offer is None:
        raise NothingOnSale
    if want.departure_id not in {None, offer.departure.pk}:
        raise DepartureGone
    return services.hold_seats(
        departure_id=offer.departure.pk,
        seats=want.seats or None,
        count=want.count,
        from_stop_id=offer.stretch.from_stop.pk,
        to_stop_id=offer.stretch.to_stop.pk,
        till_id=till.pk,
        by=request.user,
        now=now,
    )


def _take_money(request: StaffRequest, form: CounterForm, till: Till, now: datetime) -> HttpResponse:
    hold = selectors.open_hold(till, now)
    if hold and now - hold.held_at < ONE_ENTER:
        raise TooQuick
    if not form.said("seat") or not form.said("departure"):
        raise HoldGone
    tender = tender_of(form)

    def work() -> Mapping[str, object]:
        sale = services.sell_tickets(
            departure_id=form.said("departure"),
            seats=form.said("seat"),
            passengers=form.passengers(),
            from_stop_id=form.said("from_stop"),
            to_stop_id=form.said("to_stop"),
            till_id=till.pk,
            method=tender.method,
            received=tender.received,
            reference=tender.reference,
            parts=tender.parts,
            idempotency_key=f"{request.user.pk}:{request.POST[KEY_FIELD]}",
            hold_id=form.said("hold"),
            buyer=form.buyer(),
            by=request.user,
            now=now,
        )
        return {"sale": sale.pk}

    sold = submit_once(request, work)
    response = _fresh(request, now)
    if request.htmx and "quiet" not in request.POST:
        first = selectors.tickets_in(int(str(sold["sale"])))[0]
        address = reverse("ticketing:print", args=[first.code])
        response["HX-Trigger-After-Settle"] = json.dumps({"sold": {"print": address}})
    return response


def _fresh(request: StaffRequest, now: datetime, kept: QueryDict | None = None) -> HttpResponse:
    """The screen for the next customer, or for the seats and passengers that are *kept* now."""
    if not request.htmx:
        return redirect(reverse("ticketing:sell") + (f"?{kept.urlencode()}" if kept else ""))
    said = kept or QueryDict(mutable=True)
    said["listed"] = request.POST.get("listed", "")  # stands on the screen still
    return _screen(request, CounterForm(said), now)


def _screen(
    request: StaffRequest, form: CounterForm, now: datetime, *, refusal: DomainError | None = None
) -> HttpResponse:
    till = request.place.till_or_none
    desk, is_for_line = _desk(request, form, till, now)
    gone = DepartureGone() if desk.is_replaced else None
    cash = parse_cash(form.said("line") or "") if desk.hold else None
    context = {
        "desk": desk,
        "digits": None if request.htmx else _digits(request, now),
        "till": till,
        "refusal": refusal or gone,
        "shown": form.said("line") if is_for_line and not desk.hold else "",
        "line": "" if request.htmx and refusal is None else form.said("line") or "",
        "cash": cash,
        "buyer": form.buyer(),
        "waiting": selectors.waiting_at(till, now) if till else [],
        "methods": Method.choices,
        "other_method": form.said("other_method") or "",
        "other_reference": form.said("other_reference") or "",
        "other_amount": form.said("other_amount") or "",
        "other_open": bool(form.said("other_method")),
        "can_ask": bool(desk.hold) and money.can_ask_transfer(request.place.station, now),
        "change": cash - desk.total if cash is not None and desk.total is not None else None,
    }
    template = "ticketing/sell.html#sale" if request.htmx else "ticketing/sell.html"
    return render(request, template, context, status=422 if refusal else 200)


@right("ticketing.sell")
@require_GET
def digits(request: StaffRequest) -> HttpResponse:
    """The digits of the counter as they are now."""
    shown = {"digits": _digits(request, clock.now()), "till": request.place.till_or_none}
    return render(request, "ticketing/_digits.html", {**shown, "to": request.GET.get("to", "")})


def _digits(request: StaffRequest, now: datetime) -> list[Destination]:
    till = request.place.till_or_none
    return selectors.destinations_of(
        request.place.station, clock.local_day(now), now, till.counter_id if till else None
    )


def _desk(request: StaffRequest, form: CounterForm, till: Till | None, now: datetime) -> tuple[Desk, bool]:
    """What the form asks for, and whether it was the line that asked: one that is not finished, or names nothing,
    changes nothing yet."""
    station = request.place.station
    for order in (form.order, Order):
        try:
            want = form.want(order())
            desk = selectors.desk_of(station, till, want if request.htmx else replace(want, listed=None), now)
        except DomainError:
            continue
        return desk, order == form.order
    return selectors.desk_of(station, till, Want(), now), False
