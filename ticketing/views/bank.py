"""Money at the bank that somebody must look at: what it was meant for, or back to its payer."""

from collections.abc import Callable, Mapping

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fees import selectors as money
from fees import services as fees
from fees.enums import LineSource, LineState
from fees.models import BankLine
from fees.services import Told
from station import clock
from station.errors import DomainError
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once
from ticketing import selectors, services
from ticketing.forms import BankLineForm, PayBackForm, SendBackForm

PAGE = 50
OFFERED = 8  # fitting payments, the newest


@require_GET
@right("fees.handle_bank")
def lines(request: StaffRequest) -> HttpResponse:
    """What is to be looked at, or all that arrived (`?show=all`)."""
    return _lines(request, BankLineForm())


def _lines(
    request: StaffRequest, form: BankLineForm, status: int = 200, *, refusal: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    station, show = request.place.station, request.GET.get("show", "")
    found = money.lines_of([station]).order_by("-received_at", "-pk") if show else money.unmatched_lines([station])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for line in page:
        line.why = money.problem_of(line)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "show": show,
        "form": form,
        "refusal": refusal,
        "owed": selectors.owed_back([station]),
        "unseen": money.unseen_transfers(station).order_by("-at", "-pk")[:PAGE],
        "can_enter": money.can_ask_transfer(station, clock.now()),
    }
    return render(request, "ticketing/bank.html", context, status=status)


@require_POST
@right("fees.handle_bank")
def enter(request: StaffRequest) -> HttpResponse:
    """A line of a statement, typed by a person."""
    form = BankLineForm(request.POST)
    if form.is_valid():
        try:
            kept = submit_once(request, lambda: _entered(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("ticketing:bank_line", args=[kept["line"]]))
    return _lines(request, form, status=422)


def _entered(request: StaffRequest, form: BankLineForm) -> Mapping[str, object]:
    now = clock.now()
    told = Told(
        number=form.cleaned_data["number"], amount=form.cleaned_data["amount"], text=form.cleaned_data["text"],
        payer=form.cleaned_data["payer"], booked_at=now, source=LineSource.PERSON,
    )  # fmt: skip
    line = services.receive_line(station=request.place.station, told=told, by=request.user, now=now)
    return {"line": line.pk}


@require_POST
@right("fees.handle_bank")
def send_back(request: StaffRequest, payment_id: int) -> HttpResponse:
    """The bank sent back what was undone at a counter."""
    form = SendBackForm(request.POST)
    reference = form.cleaned_data["reference"] if form.is_valid() else ""
    try:
        submit_once(request, lambda: _sent_back(request, payment_id, reference))
    except DomainError as refusal:
        return _lines(request, BankLineForm(), status=422, refusal=refusal)
    return redirect("ticketing:bank")


def _sent_back(request: StaffRequest, payment_id: int, reference: str) -> Mapping[str, object]:
    fees.send_back(
        payment_id=payment_id, stations=[request.place.station], reference=reference, by=request.user, now=clock.now()
    )  # fmt: skip
    return {}


@require_GET
@right("fees.handle_bank")
def line(request: StaffRequest, line_id: int) -> HttpResponse:
    return _line(request, _found(request, line_id), PayBackForm())


def _found(request: StaffRequest, line_id: int) -> BankLine:
    return get_object_or_404(money.lines_of([request.place.station]), pk=line_id)


def _line(
    request: StaffRequest, found: BankLine, form: PayBackForm, *, refusal: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    is_open = found.state == LineState.UNMATCHED
    context = {
        "line": found,
        "why": money.problem_of(found),
        "is_open": is_open,
        "requests": selectors.meant_for(found)[:OFFERED] if is_open else [],
        "typed": money.typed_payments(found)[:OFFERED] if is_open else [],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "ticketing/bank_line.html", context, status=422 if refusal or form.errors else 200)


@require_POST
@right("fees.handle_bank")
def assign(request: StaffRequest, line_id: int, request_id: int) -> HttpResponse:
    """The money was meant for this payment."""
    till = request.place.till_or_none

    def work() -> None:
        services.assign_line(
            line_id=line_id, request_id=request_id, till_id=till.pk if till else 0, by=request.user, now=clock.now()
        )

    return _settle(request, line_id, work)


@require_POST
@right("fees.handle_bank")
def explain(request: StaffRequest, line_id: int, payment_id: int) -> HttpResponse:
    """The money is that of a transfer that was taken by a typed reference."""

    def work() -> None:
        services.explain_by_payment(line_id=line_id, payment_id=payment_id, by=request.user, now=clock.now())

    return _settle(request, line_id, work)


@require_POST
@right("fees.handle_bank")
def pay_back(request: StaffRequest, line_id: int) -> HttpResponse:
    form = PayBackForm(request.POST)
    if not form.is_valid():
        return _line(request, _found(request, line_id), form)

    def work() -> None:
        fees.pay_back_line(
            line_id=line_id, returned_as=form.cleaned_data["returned_as"], reason=form.cleaned_data["why"],
            by=request.user, now=clock.now(),
        )  # fmt: skip

    return _settle(request, line_id, work, form)


def _settle(
    request: StaffRequest, line_id: int, work: Callable[[], None], form: PayBackForm | None = None
) -> HttpResponse:  # fmt: skip
    """One decision about one line; the list again, or the line with the refusal."""
    found = _found(request, line_id)

    def done() -> Mapping[str, object]:
        work()
        return {}

    try:
        submit_once(request, done)
    except DomainError as refusal:
        return _line(request, found, form or PayBackForm(), refusal=refusal)
    return redirect("ticketing:bank_line", line_id)
