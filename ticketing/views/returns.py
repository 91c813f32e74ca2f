"""A ticket given back: void at once, by the rule, or by two people."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from station import clock
from station.errors import DomainError
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once
from ticketing import selectors, services
from ticketing.forms.returns import RefundForm
from ticketing.models import Ticket
from ticketing.services import Approval
from ticketing.views.tickets import ticket_here, ticket_page


@require_POST
@right("ticketing.refund")
def refund(request: StaffRequest, code: str) -> HttpResponse:
    found = ticket_here(request, code, "ticketing.refund")
    form = RefundForm(request.POST)
    if form.is_valid():
        try:
            approval = approval_in(request, form, found) if form.is_by_two else None
            submit_once(request, lambda: _refunded(request, found, form, approval))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return go_to(request, reverse("ticketing:ticket", args=[found.code]))
    return ticket_page(request, found, form, status=422)


def approval_in(request: StaffRequest, form: RefundForm, ticket: Ticket) -> Approval:
    """The second person of *form*, by their password. Raises what approver_of refuses."""
    said = form.cleaned_data
    person = services.approver_of(
        username=said["username"], password=said["password"], station=ticket.sale.station,
        by=request.user, now=clock.now(),
    )  # fmt: skip
    return Approval(person, said["note"], said["amount"])


def _refunded(
    request: StaffRequest, ticket: Ticket, form: RefundForm, approval: Approval | None
) -> Mapping[str, object]:
    done = services.refund_ticket(
        code=ticket.code, till_id=request.place.till.pk, approval=approval, by=request.user, now=clock.now(), **form.how
    )
    return {"refund": done.pk}


@require_POST
@right("ticketing.refund")
def void(request: StaffRequest, code: str) -> HttpResponse:
    """This ticket, or with `all` every ticket of its sale."""
    found = ticket_here(request, code, "ticketing.refund")
    form = RefundForm(request.POST)
    form.is_valid()
    try:
        submit_once(request, lambda: _voided(request, found))
    except DomainError as refusal:
        refuse(form, refusal)
        return ticket_page(request, found, form, status=422)
    return go_to(request, reverse("ticketing:ticket", args=[found.code]))


def _voided(request: StaffRequest, ticket: Ticket) -> Mapping[str, object]:
    codes = [one.code for one in selectors.sold_with(ticket)] if "all" in request.POST else [ticket.code]
    done = services.void_tickets(codes=codes, till_id=request.place.till.pk, by=request.user, now=clock.now())
    return {"refunds": [one.pk for one in done]}
