"""A ticket for another departure."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from station import clock
from station.errors import DomainError
from station.place import StaffRequest
from station.rights import right
from station.web import KEY_FIELD, go_to, refuse, submit_once
from ticketing import selectors, services
from ticketing.errors import ExchangeGone
from ticketing.forms.returns import RefundForm
from ticketing.models import Ticket
from ticketing.selectors import Exchange
from ticketing.services import Approval, Wanted
from ticketing.views.returns import approval_in
from ticketing.views.tickets import ticket_here


@require_http_methods(["GET", "POST"])
@right("ticketing.refund")
def exchange(request: StaffRequest, code: str) -> HttpResponse:
    """The departures it can go to; with `?departure=` what that costs; a POST does it."""
    found = ticket_here(request, code, "ticketing.refund")
    said = request.POST if request.method == "POST" else request.GET
    known = selectors.exchanges_for(found, clock.now()) if found.state in selectors.EXCHANGEABLE else []
    chosen = next((one for one in known if str(one.offer.departure.pk) == said.get("departure")), None)
    if request.method == "GET":
        return _page(request, found, known, chosen, RefundForm())
    form = RefundForm(request.POST)
    if form.is_valid():
        try:
            approval = approval_in(request, form, found) if form.is_by_two else None
            done = submit_once(request, lambda: _exchanged(request, found, chosen, form, approval))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("ticketing:ticket", args=[done["code"]]))
    return _page(request, found, known, chosen, form, status=422)


def _exchanged(
    request: StaffRequest, ticket: Ticket, chosen: Exchange | None, form: RefundForm, approval: Approval | None
) -> Mapping[str, object]:
    if chosen is None:
        raise ExchangeGone
    stretch = chosen.offer.stretch
    wanted = Wanted(
        chosen.offer.departure.pk, request.POST.get("seat", "")[:5], stretch.from_stop.pk, stretch.to_stop.pk
    )
    done = services.exchange_ticket(
        code=ticket.code, wanted=wanted, till_id=request.place.till.pk, approval=approval,
        idempotency_key=f"{request.user.pk}:{request.POST[KEY_FIELD]}", by=request.user, now=clock.now(), **form.how,
    )  # fmt: skip
    return {"code": done.replacement.code if done.replacement else ticket.code}


def _page(
    request: StaffRequest, ticket: Ticket, known: Sequence[Exchange], chosen: Exchange | None, form: RefundForm,
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "ticket": ticket,
        "exchanges": known,
        "chosen": chosen,
        "seats": selectors.seats_for(chosen, clock.now()) if chosen else [],
        "by_two": selectors.refund_offer(ticket, clock.now()).percent == 0,
        "till": request.place.till_or_none,
        "form": form,
    }
    return render(request, "ticketing/exchange.html", context, status=status)
