"""Charges of the station: find by plate, pay, print."""

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fees import selectors, services
from fees.enums import ChargeState, Method
from fees.forms import PayForm
from fees.models import Charge, Payment
from fees.money import cash_rounding
from station import clock
from station.errors import DomainError
from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once

PAGE = 50
PAYABLE = {ChargeState.DUE, ChargeState.ON_ACCOUNT}


@require_GET
@right("fees.see")
def charges(request: StaffRequest) -> HttpResponse:
    """What is to pay, or all of today (`?show=today`); a plate with one open charge opens it."""
    words, show = request.GET.get("q", "").strip(), request.GET.get("show", "")
    found = _listed(request, show, words)
    uncharged = selectors.departures_without_charge(request.place.station, words, clock.now())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    if words and page.paginator.count == 1 and not uncharged:
        return redirect("fees:charge", page[0].pk)
    for charge in page:
        charge.explained = selectors.explain(charge)  # type: ignore[attr-defined]
    context = {"page": page, "words": words, "show": show, "uncharged": uncharged, "total": selectors.total_of(found)}
    return render(request, "fees/charges.html", context)


def _listed(request: StaffRequest, show: str, words: str) -> QuerySet[Charge]:
    station = request.place.station
    if show == "today":
        return selectors.with_plate(selectors.charges_of_the_day(station, clock.local_day(clock.now())), words)
    return selectors.with_plate(selectors.open_charges(station), words)


@require_POST
@right("fees.take_payment")
def open_charge(request: StaffRequest, departure_id: int) -> HttpResponse:
    """Price a departure that nobody priced yet."""
    departure = get_object_or_404(Departure, pk=departure_id, station=request.place.station)
    charge = services.charge_departure(departure=departure, by=request.user, now=clock.now())
    return go_to(request, reverse("fees:charge", args=[charge.pk]))


@require_GET
@right("fees.see")
def charge(request: StaffRequest, charge_id: int) -> HttpResponse:
    return _charge(request, _found(request, charge_id), PayForm())


@require_POST
@right("fees.take_payment")
def pay(request: StaffRequest, charge_id: int) -> HttpResponse:
    found = _found(request, charge_id)
    form = PayForm(request.POST)
    if form.is_valid():
        try:
            submit_once(request, lambda: _paid(request, form, charge_id))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("fees:charge", args=[charge_id]))
    return _charge(request, found, form, status=422)


def _paid(request: StaffRequest, form: PayForm, charge_id: int) -> Mapping[str, object]:
    paid = services.pay_charge(
        charge_id=charge_id,
        till_id=request.place.till.pk,
        method=Method(form.cleaned_data["method"]),
        received=form.cleaned_data["received"],
        reference=form.cleaned_data["reference"],
        by=request.user,
        now=clock.now(),
    )
    return {"charge": paid.pk, "payment": paid.payment_id}


def _found(request: StaffRequest, charge_id: int) -> Charge:
    return get_object_or_404(selectors.charges_of(request.place.station), pk=charge_id)


def _charge(request: StaffRequest, found: Charge, form: PayForm, status: int = 200) -> HttpResponse:
    context = {
        "charge": found,
        "form": form,
        "explained": selectors.explain(found),
        "explained_line": selectors.explain_line(found),
        "to_pay": found.gross + cash_rounding(found.gross),
        "payable": found.state in PAYABLE and "fees.take_payment" in request.place.rights,
        "till": request.place.till_or_none,
    }
    return render(request, "fees/charge.html", context, status=status)


@require_GET
@right("fees.see")
def receipt(request: StaffRequest, payment_id: int) -> HttpResponse:
    """Printable at 80 mm."""
    try:
        payment = selectors.receipt(request.place.stations_with("fees.see"), payment_id)
    except Payment.DoesNotExist as missing:
        raise Http404 from missing
    context = {"payment": payment, "charge": payment.charge, "explained": selectors.explain(payment.charge)}
    return render(request, "fees/receipt.html", context)
