"""One ticket, its paper, and who may board."""

from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from station.models import Departure
from station.place import StaffRequest
from station.rights import right
from ticketing import selectors
from ticketing.models import Ticket


@require_GET
@right("ticketing.see")
def ticket(request: StaffRequest, code: str) -> HttpResponse:
    found = _ticket_here(request, code)
    context = {"ticket": found, "history": selectors.history_of(found)}
    return render(request, "ticketing/ticket.html", context)


# The counter prints in a frame of its own page.
@require_GET
@right("ticketing.see")
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def print_ticket(request: StaffRequest, code: str) -> HttpResponse:
    """The 80 mm ticket; `?sale=1` every ticket of its sale, `?now=1` prints at once."""
    found = _ticket_here(request, code)
    together = selectors.tickets().filter(sale=found.sale).order_by("seat", "pk")
    shown = list(together) if "sale" in request.GET else [found]
    return render(
        request, "ticketing/print.html", {"tickets": shown, "printing": "auto" if "now" in request.GET else ""}
    )


@require_GET
@right("ticketing.see")
def passengers(request: StaffRequest, departure_id: int) -> HttpResponse:
    """The boarding list."""
    mine = Departure.objects.filter(station__in=request.place.stations_with("ticketing.see"))
    rows = selectors.with_facts(mine)
    departure = get_object_or_404(rows, pk=departure_id)
    tickets = list(selectors.boarding_list(departure))
    return render(request, "ticketing/passengers.html", {"departure": departure, "tickets": tickets})


def _ticket_here(request: StaffRequest, code: str) -> Ticket:
    """The ticket, if a station sold it where the person may see tickets."""
    try:
        found = selectors.ticket_by_code(code)
    except Ticket.DoesNotExist:
        raise Http404 from None
    if found.sale.station not in request.place.stations_with("ticketing.see"):
        raise Http404
    return found
