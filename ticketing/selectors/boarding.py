"""Who may get on, and who did not."""

from station.errors import DepartureNotOpen, DomainError
from station.models import Departure
from ticketing.enums import TicketState
from ticketing.errors import AlreadyBoarded, OtherDeparture, TicketOver
from ticketing.models import Ticket
from ticketing.selectors.stretches import stops_along


def boarding_refusal(ticket: Ticket, departure_id: int | None) -> DomainError | None:
    """Why the holder of *ticket* does not get on (to *departure_id*, when the door knows which), None when they do."""
    departure = ticket.departure
    if departure_id is not None and departure.pk != departure_id:
        return OtherDeparture(ticket=ticket.code, departure=str(departure))
    if ticket.state in {TicketState.BOARDED, TicketState.USED}:
        return AlreadyBoarded(ticket=ticket.code, seat=ticket.seat_label)
    if ticket.state != TicketState.SOLD:
        return TicketOver(ticket=ticket.code, state=ticket.get_state_display())
    if not departure.is_live:
        return DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    return None


def not_boarded(departure: Departure) -> list[Ticket]:
    """Who bought a seat from the station of *departure* and was not scanned; nobody when nobody was."""
    rows = Ticket.objects.filter(departure=departure)
    if not rows.filter(state=TicketState.BOARDED).exists():
        return []
    here = stops_along(departure)[0]
    missing = rows.filter(state=TicketState.SOLD, from_stop=here)
    return list(missing.select_related("sale", "departure__route").order_by("seat", "pk"))
