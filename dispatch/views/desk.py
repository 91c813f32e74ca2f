"""The desk: each coach of one's stations is a row, its next step is one key."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dispatch import selectors, services
from dispatch.errors import NumberOfAnotherCoach, StepDone
from dispatch.forms import CheckForm, ConfirmForm, EnterForm, OutForm, PayStepForm
from dispatch.rules import Step
from dispatch.selectors import Wanted
from fees.enums import Method
from fees.models import Charge
from fees.services import charge_departure, pay_charge
from station import clock
from station.errors import DomainError, NoRight
from station.models import Departure, Station, YardVisit
from station.place import StaffRequest
from station.rights import right, stations_where
from station.rules import plates
from station.web import go_to, refuse, submit_once

RIGHT = "dispatch.work_desk"
MOST_TYPED = 2000  # a scanned QR code with its payload
# Refusals that mean: somebody else was quicker.
_DONE_ALREADY = frozenset(
    {"already_in_yard", "already_checked", "order_exists", "already_paid", "already_confirmed", "not_in_yard"}
    | {"coach_not_in_yard", "departure_not_open", "nothing_to_check", "stale_state"}
)
Work = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class _Coach:
    """Whom a posted form is about."""

    plate: str
    station: Station

    @property
    def name(self) -> str:
        return plates.display(self.plate)


@require_GET
@right(RIGHT)
def desk(request: StaffRequest) -> HttpResponse:
    """`?q=` the last digits of a plate, a whole plate or a scanned order; `&at=` which station, when two have it."""
    typed, at = request.GET.get("q", "").strip()[:MOST_TYPED], request.GET.get("at", "")
    return _desk(request, Wanted(typed, at))


@require_POST
@right(RIGHT)
def enter(request: StaffRequest) -> HttpResponse:
    """Let a coach into the yard; passengers get off."""
    form = EnterForm(request.POST)
    if not form.is_valid():
        return _desk(request, Wanted(request.POST.get("plate", "")[:MOST_TYPED]), form=form, status=422)
    cleaned = form.cleaned_data
    here = request.place.station
    station = next((one for one in _stations(request) if one.code == cleaned["at"]), None if cleaned["at"] else here)
    coach = _Coach(plates.normalise(cleaned["plate"]), station or here)

    def work(now: datetime) -> str:
        if station is None:
            raise NoRight(station=cleaned["at"])
        services.let_in(
            station=station, plate=cleaned["plate"], passengers_in=cleaned["passengers"], by=request.user, now=now
        )
        return _("%(plate)s is in the yard.") % {"plate": coach.name}

    return _step(request, Step.ENTER, coach, form, work)


@require_POST
@right(RIGHT)
def check(request: StaffRequest, visit_id: int) -> HttpResponse:
    """Check a coach for its departure; its paper sheet, or the next line of a known one, comes along."""
    visit = _visit(visit_id)
    departure = visit.departure
    leg = selectors.live_leg(departure) if departure else None
    on_paper = departure is not None and not departure.operator.signs_electronically and leg is None
    day = clock.local_day(departure.planned_at if departure else visit.entered_at)
    form = CheckForm(request.POST, needs_number=on_paper and not request.POST.get("next_leg_of"), day=day)

    def work(now: datetime) -> str:
        sheet = form.sheet()
        if sheet is not None:
            _refuse_digits_of_another(sheet.number, visit, now)
        inspection = services.admit(
            visit_id=visit.pk, sheet=sheet, next_leg_of=None if sheet else form.cleaned_data["next_leg_of"],
            by=request.user, now=now,
        )  # fmt: skip
        words = _("%(plate)s passed the check.") if inspection.has_passed else _("%(plate)s is refused.")
        return words % {"plate": plates.display(visit.plate)}

    return _step(request, Step.CHECK, _Coach(visit.plate, visit.station), form, work)


@require_POST
@right(RIGHT)
def price(request: StaffRequest, departure_id: int) -> HttpResponse:
    """Price a departure that nobody could price when its coach came in."""
    departure = _departure(departure_id)

    def work(now: datetime) -> str:
        charge_departure(departure=departure, by=request.user, now=now)
        return _("The station service is priced.")

    return _step(request, Step.PAY, _coach_of(departure), ConfirmForm({"passengers": 0}), work)


@require_POST
@right(RIGHT)
def pay(request: StaffRequest, charge_id: int) -> HttpResponse:
    """Take the whole charge into one's own till: exact cash, or a transfer by its reference."""
    charge = get_object_or_404(Charge.objects.select_related("station"), pk=charge_id)
    form = PayStepForm(request.POST)

    def work(now: datetime) -> str:
        method = Method(form.cleaned_data["method"])
        reference = form.cleaned_data["reference"] if method == Method.TRANSFER else ""
        pay_charge(
            charge_id=charge.pk, till_id=request.place.till.pk, method=method, received=None, reference=reference,
            by=request.user, now=now,
        )  # fmt: skip
        return _("%(plate)s has paid.") % {"plate": plates.display(charge.plate)}

    return _step(request, Step.PAY, _Coach(charge.plate, charge.station), form, work)


@require_POST
@right(RIGHT)
def confirm(request: StaffRequest, departure_id: int) -> HttpResponse:
    """The station confirms plate, time and passengers."""
    departure = _departure(departure_id)
    form = ConfirmForm(request.POST)

    def work(now: datetime) -> str:
        leg = services.confirm_departure(
            departure_id=departure.pk, passengers=form.cleaned_data["passengers"], by=request.user, now=now
        )
        return _("Departure confirmed with %(count)s passengers.") % {"count": leg.passengers}

    return _step(request, Step.CONFIRM, _coach_of(departure), form, work)


@require_POST
@right(RIGHT)
def let_out(request: StaffRequest, visit_id: int) -> HttpResponse:
    """Open the gate: on its departure, or without one."""
    visit = _visit(visit_id)
    form = OutForm(request.POST)
    coach = _Coach(visit.plate, visit.station)

    def work(now: datetime) -> str:
        leave = services.let_out if form.cleaned_data["way"] == OutForm.ON_DEPARTURE else services.let_out_empty
        leave(visit_id=visit.pk, by=request.user, now=now)
        return _("%(plate)s has left.") % {"plate": coach.name}

    return _step(request, Step.LET_OUT, coach, form, work)


def _refuse_digits_of_another(number: str, visit: YardVisit, now: datetime) -> None:
    """Whoever types the next coach while this one is chosen would enter a sheet that does not exist."""
    found = selectors.coaches_like(visit.station, number, now) if number.isdecimal() else []
    if others := [coach.plate for coach in found if coach.plate != visit.plate]:
        raise NumberOfAnotherCoach(number=number, plate=plates.display(others[0]))


def _step(request: StaffRequest, step: Step, coach: _Coach, form: BaseForm, work: Work) -> HttpResponse:
    """One step of one coach: one service call. Whoever comes second is told who was first, and sees the new truth."""
    now = clock.now()
    wanted = Wanted(coach.plate, coach.station.code)
    if form.is_valid() and coach.station not in _stations(request):
        refuse(form, NoRight(station=coach.station))
        return _desk(request, Wanted(), form=form, status=422)  # what stands at a foreign station is not told
    if form.is_valid():
        try:
            done = submit_once(request, lambda: {"told": work(now)})
        except DomainError as refusal:
            first = _who_was_first(step, coach) if refusal.code in _DONE_ALREADY else None
            refuse(form, first or refusal)
        else:
            return _after(request, Wanted() if step == Step.LET_OUT else wanted, str(done["told"]))
    return _desk(request, wanted, form=form, status=422)


def _who_was_first(step: Step, coach: _Coach) -> StepDone | None:
    first = selectors.who_did(step, coach.plate, coach.station)
    if first is None:
        return None
    return StepDone(who=str(first.by), at=f"{clock.local(first.at):%H:%M}", plate=coach.name)


def _after(request: StaffRequest, wanted: Wanted, told: str) -> HttpResponse:
    if request.htmx:
        return _desk(request, wanted, told=told)
    messages.success(request, told)
    return go_to(request, _address(wanted))


def _address(wanted: Wanted) -> str:
    query = urlencode({"q": wanted.typed, "at": wanted.at}) if wanted.typed else ""
    return reverse("dispatch:desk") + (f"?{query}" if query else "")


def _stations(request: StaffRequest) -> list[Station]:
    """Where this person has a desk, asked once per request; the view is behind the right at the first of them."""
    known: list[Station] | None = getattr(request, "desk_stations", None)
    if known is None:
        mine = request.place.stations
        known = mine if len(mine) == 1 else stations_where(request.user, RIGHT, clock.now())
        request.desk_stations = known  # type: ignore[attr-defined]
    return known


def _visit(visit_id: int) -> YardVisit:
    return get_object_or_404(YardVisit.objects.select_related("station", "departure__operator"), pk=visit_id)


def _departure(departure_id: int) -> Departure:
    return get_object_or_404(Departure.objects.select_related("station", "vehicle"), pk=departure_id)


def _coach_of(departure: Departure) -> _Coach:
    return _Coach(departure.vehicle.plate if departure.vehicle else "", departure.station)


def _desk(
    request: StaffRequest, wanted: Wanted, *, form: BaseForm | None = None, told: str = "", status: int = 200
) -> HttpResponse:
    desk = selectors.desk_of(_stations(request), request.place.station, wanted, clock.now())
    chosen = desk.chosen
    address = f"{reverse('dispatch:desk')}?{chosen.address}" if chosen else _address(wanted)
    context = {
        "desk": desk,
        "chosen": chosen,
        "form": form,
        "told": told,
        "till": request.place.till_or_none,
        "may_sell": "ticketing.sell" in request.place.rights,
        "address": address,
        "page": reverse("dispatch:desk"),
    }
    template = "dispatch/desk.html#desk" if request.htmx else "dispatch/desk.html"
    response = render(request, template, context, status=status)
    if request.htmx:
        response["HX-Replace-Url"] = address
        if told:
            response["HX-Trigger"] = json.dumps({"bx:say": {"text": told}})
    return response
