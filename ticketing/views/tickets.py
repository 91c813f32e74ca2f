"""One ticket, and who may board."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from fees import selectors as money
from fees.enums import Method
from fees.money import cash_rounding
from station import clock
from station.errors import DomainError
from station.models import Departure, Seat, Station
from station.place import StaffRequest
from station.rights import right
from ticketing import selectors
from ticketing.enums import TicketState
from ticketing.errors import NoSuchTicket
from ticketing.forms.returns import RefundForm
from ticketing.forms.search import wanted
from ticketing.models import Ticket


@require_GET
@right("ticketing.see")
def find(request: StaffRequest) -> HttpResponse:
    """Any sold ticket by a few keys or one scan; the only one that fits opens at once."""
    words = request.GET.get("q", "").strip()
    try:
        found = selectors.found_tickets(wanted(words), _mine(request), clock.now()) if words else []
    except DomainError as refusal:
        context = {"words": words, "refusal": refusal, "tickets": [], "most": selectors.MOST_FOUND}
        return render(request, "ticketing/find.html", context, status=422)
    if len(found) == 1:
        return redirect("ticketing:ticket", found[0].code)
    nothing = NoSuchTicket(words=words) if words and not found else None
    context = {"words": words, "refusal": nothing, "tickets": found, "most": selectors.MOST_FOUND}
    return render(request, "ticketing/find.html", context)


def _mine(request: StaffRequest) -> list[Station]:
    return request.place.stations_with("ticketing.see")


@require_GET
@right("ticketing.see")
def ticket(request: StaffRequest, code: str) -> HttpResponse:
    return ticket_page(request, ticket_here(request, code), RefundForm())


def ticket_page(request: StaffRequest, found: Ticket, form: RefundForm, status: int = 200) -> HttpResponse:
    """The ticket, what became of it, and what can still be done with it here and now."""
    payments = selectors.payments_of(found.sale)
    context = {
        "ticket": found,
        "payments": payments,
        "by_transfer": any(one.method == Method.TRANSFER for one in payments),
        "history": selectors.history_of(found),
        "prints": selectors.prints_of(found),
        "refund": selectors.refund_of(found),
        "came_from": selectors.exchanged_from(found),
        "form": form,
        "free_seats": _other_seats(request, found),
        **_way_back(request, found),
    }
    return render(request, "ticketing/ticket.html", context, status=status)


def _other_seats(request: StaffRequest, found: Ticket) -> list[Seat]:
    """Where the passenger could sit instead; none when nothing can be changed any more."""
    departure = found.departure
    movable = found.state in {TicketState.SOLD, TicketState.BOARDED} and departure.is_live
    if not movable or found.sale.station not in request.place.stations_with("ticketing.board"):
        return []
    return selectors.free_seats(departure, range(found.first_leg, found.end_leg), clock.now())


def _way_back(request: StaffRequest, found: Ticket) -> dict[str, object]:
    """What would be given back now: nothing is shown to whoever may not do it."""
    may = found.state in selectors.REFUNDABLE and found.sale.station in request.place.stations_with("ticketing.refund")
    if not may:
        return {"may_refund": False}
    now, till = clock.now(), request.place.till_or_none
    voidable = till is not None and selectors.is_voidable(found, till_id=till.pk, by_id=request.user.pk, now=now)
    offer = selectors.refund_offer(found, now)
    return {
        "may_refund": True,
        "may_exchange": found.state in selectors.EXCHANGEABLE,
        "till": till,
        "voidable": voidable,
        "offer": offer,
        "pays": _undone(found) if voidable else _in_notes(offer.amount, found.sale.payment.method),
        "together": selectors.sold_with(found) if voidable else [],
    }


def _in_notes(amount: int, came: str) -> int:
    """What changes hands: cash is counted in whole notes."""
    return amount + cash_rounding(amount) if came == Method.CASH else amount


def _undone(found: Ticket) -> int:
    """What changes hands when *found* is void."""
    came = found.sale.payment
    return found.fare - money.rounding_back(came, found.fare) if came.method == Method.CASH else found.fare


@require_GET
@right("ticketing.see")
def passengers(request: StaffRequest, departure_id: int) -> HttpResponse:
    """The boarding list; `?on=` the ticket that just got on."""
    return passenger_page(request, departure_id)


def passenger_page(request: StaffRequest, departure_id: int, *, refusal: DomainError | None = None) -> HttpResponse:
    """Who rides, by seat, and the field for the next scan."""
    departure = get_object_or_404(
        selectors.with_facts(Departure.objects.filter(station__in=_mine(request))), pk=departure_id
    )
    tickets = list(selectors.boarding_list(departure))
    may_board = departure.is_live and departure.station in request.place.stations_with("ticketing.board")
    context = {
        "departure": departure,
        "tickets": tickets,
        "counts": selectors.counts_of(departure),
        "bay": selectors.bay_of(departure),
        "may_board": may_board,
        "on_board": next((one for one in tickets if one.code == request.GET.get("on")), None),
        "refusal": refusal,
    }
    return render(request, "ticketing/passengers.html", context, status=422 if refusal else 200)


def ticket_here(request: StaffRequest, code: str, right_name: str = "ticketing.see") -> Ticket:
    """The ticket, if a station sold it where the person has the right; else it is not found."""
    try:
        found = selectors.ticket_by_code(code)
    except Ticket.DoesNotExist:
        raise Http404 from None
    if found.sale.station not in request.place.stations_with(right_name):
        raise Http404
    return found
