"""The tour of ten steps: begin, go to a step, leave; and the strip that asks how far it is."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from demo.accounts import BY_NAME
from demo.context import COOKIE, Front
from demo.enums import Step
from demo.selectors import targets
from demo.services import tour as services
from demo.services.planting import EXPIRED, REFUSED, UNPAID, planted
from demo.views import door
from demo.views.roles import become
from station import clock
from station.models import Station, User
from station.place import Place

A_DAY = 24 * 60 * 60
LAST_DIGITS = 5


@door
@require_POST
def open_step(request: HttpRequest) -> HttpResponse:
    """Become the person of the step and open its page; whoever has no tour begins one here, without a step at the
    first. `new` begins again."""
    name = request.POST.get("step", Step.SELL)
    if name not in Step.values:
        raise Http404
    return _open(request, Step(name), begins_anew="new" in request.POST)


@door
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    response = redirect("demo:roles")
    response.delete_cookie(COOKIE)
    return response


@door
@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """The strip again, its step ticked if it was done meanwhile."""
    front = Front(request)
    current = front.itinerary.current
    if front.tour and current and not current.is_done:
        services.tick_off(tour=front.tour, steps=[current.step], now=clock.now())
    return render(request, "_demo_strip.html")


def _open(request: HttpRequest, step: Step, *, begins_anew: bool) -> HttpResponse:
    now, tour = clock.now(), Front(request).tour
    person = become(request, BY_NAME[_person_of(step)])
    if tour is None or begins_anew:
        tour = services.start_tour(now=now)
    services.open_step(tour=tour, step=step, now=now)
    response = redirect(_address(step, person, now))
    response.set_cookie(
        COOKIE, str(tour.token), max_age=A_DAY, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )  # fmt: skip
    return response


def _person_of(step: Step) -> str:
    """The counter is shown by whichever clerk has a till open."""
    first, *others = step.people
    return (targets.clerk_with_a_till(step.people) if others else None) or first


def _address(step: Step, person: User, now: datetime) -> str:
    """The page of *step*, at the row it is about; without a row the page alone."""
    if step in _PAGES:
        return reverse(_PAGES[step])
    station = Place(person, None, now).station_or_none
    return _AT_A_STATION[step](station, now) if station else reverse("home")


_PAGES = {
    Step.SELL: "ticketing:sell",
    Step.SIGN: "demo:phone",
    Step.CLOSE: "fees:close_form",
    Step.REPORT: "reports:home",
}


def _with(name: str, **query: str | int | None) -> str:
    asked = {key: value for key, value in query.items() if value}
    return reverse(name) + (f"?{urlencode(asked)}" if asked else "")


def _digits(plate: str | None) -> str:
    return (plate or "")[-LAST_DIGITS:]


def _bays(station: Station, now: datetime) -> str:
    return _with("station:bays", departure=targets.departure_to_move(station, now))


def _refused(station: Station, now: datetime) -> str:
    known = [plate for departure in planted(now)[EXPIRED] if (plate := targets.plate_of(departure))]
    return _with("dispatch:desk", q=_digits(next(iter(known), None) or targets.plate_to_refuse(station, now)))


def _leaving(station: Station, now: datetime) -> str:
    known = [plate for charge in planted(now)[UNPAID] if (plate := targets.plate_charged(charge))]
    return _with("dispatch:desk", q=_digits(next(iter(known), None) or targets.plate_to_pay(station)))


def _signed(station: Station, now: datetime) -> str:
    order = targets.order_to_show(station)
    return reverse("demo:document", args=[order]) if order else reverse("dispatch:orders")


def _bus(station: Station, now: datetime) -> str:
    return _with("demo:phone", q=_digits(targets.bus_to_let_in(station, now)))


def _invoice(station: Station, now: datetime) -> str:
    invoice = next(iter(planted(now)[REFUSED]), None) or targets.invoice_to_cure(station)
    return reverse("einvoice:invoice", args=[invoice]) if invoice else reverse("einvoice:invoices")


_AT_A_STATION = {
    Step.MOVE: _bays,
    Step.REFUSE: _refused,
    Step.LEAVE: _leaving,
    Step.PDF: _signed,
    Step.BUS: _bus,
    Step.INVOICE: _invoice,
}
