"""Setting up a counter: what can be tried out is tried out here, what cannot is said in one page."""

import secrets

from csp.decorators import csp_replace
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from station import clock
from station.place import StaffRequest
from station.rights import right
from station.selectors.site import counters_of
from ticketing import rules

# A test code begins with a day that never was, so that no ticket has it.
_TESTS = 10**10


@require_GET
@right("ticketing.sell")
def counter(request: StaffRequest) -> HttpResponse:
    context = {
        "code": rules.ticket_code(secrets.randbelow(_TESTS)),
        "counters": counters_of(request.place.station),
        "sell_address": request.build_absolute_uri(reverse("ticketing:sell")),
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "ticketing/setup.html", context)


@require_GET
@right("ticketing.sell")
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def trial_ticket(request: StaffRequest) -> HttpResponse:
    """A paper that looks like a ticket to printer and scanner, and to nobody else; it prints itself."""
    said = request.GET.get("code", "")
    code = said if rules.is_ticket_code(said) else rules.ticket_code(0)
    return render(request, "ticketing/setup_test.html", {"code": code, "printing": "auto", "now": clock.now()})


@require_GET
@right("ticketing.sell")
def server_time(request: StaffRequest) -> JsonResponse:
    """What the clock of the station says, in milliseconds since 1970, as browsers count."""
    return JsonResponse({"now": int(clock.now().timestamp() * 1000)})
