"""At the door of a coach, and a seat that is changed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from station import clock
from station.errors import DomainError
from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse
from ticketing import rules, services
from ticketing.errors import WrongTicketCode
from ticketing.forms.returns import RefundForm
from ticketing.views.tickets import passenger_page, ticket_here, ticket_page


@require_POST
@right("ticketing.board")
def board(request: StaffRequest, departure_id: int) -> HttpResponse:
    """A scan at the door, or a press beside a name."""
    mine = Departure.objects.filter(station__in=request.place.stations_with("ticketing.board"))
    departure = get_object_or_404(mine, pk=departure_id)
    words = request.POST.get("code", "").strip()
    code = rules.scanned_code(words)
    try:
        if not code:
            raise WrongTicketCode(words=words[:40])
        services.board_ticket(code=code, departure_id=departure.pk, by=request.user, now=clock.now())
    except DomainError as refusal:
        return passenger_page(request, departure.pk, refusal=refusal)
    return redirect(reverse("ticketing:passengers", args=[departure.pk]) + f"?on={code}")


@require_POST
@right("ticketing.board")
def seat(request: StaffRequest, code: str) -> HttpResponse:
    found = ticket_here(request, code, "ticketing.board")
    try:
        services.change_seat(code=found.code, seat=request.POST.get("seat", "")[:5], by=request.user, now=clock.now())
    except DomainError as refusal:
        form = RefundForm(request.POST)
        form.is_valid()
        refuse(form, refusal)
        return ticket_page(request, found, form, status=422)
    return go_to(request, reverse("ticketing:ticket", args=[found.code]))
