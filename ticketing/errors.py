"""Refusals of the ticket counter."""

from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class SeatTaken(DomainError):
    code = "seat_taken"
    sentence = _("Seat %(seats)s was just taken at another counter. Choose another seat.")


class NotEnoughSeats(DomainError):
    code = "not_enough_seats"
    sentence = _("Departure %(departure)s has %(free)s free seats for this stretch, not %(wanted)s.")


class NoSuchSeat(DomainError):
    code = "no_such_seat"
    sentence = _("This coach has no seat %(seats)s.")


class NoSeatMap(DomainError):
    code = "no_seat_map"
    sentence = _("Departure %(departure)s has no seat map yet. The dispatcher must assign a vehicle.")


class NoSuchStop(DomainError):
    code = "no_such_stop"
    sentence = _("Departure %(departure)s does not run between these stops in this order.")


class NoFare(DomainError):
    code = "no_fare"
    sentence = _("%(operator)s has declared no fare %(stretch)s for %(day)s. The accountant must enter it.")


class NotOnSale(DomainError):
    code = "not_on_sale"
    sentence = _("%(operator)s sells its tickets itself: departure %(departure)s is not sold at this counter.")


class SaleClosed(DomainError):
    code = "sale_closed"
    sentence = _("Departure %(departure)s is no longer sold: %(reason)s.")


class NotYourStation(DomainError):
    code = "not_your_station"
    sentence = _("Departure %(departure)s leaves from %(station)s. A counter sells departures of its own station.")


class HoldGone(DomainError):
    code = "hold_gone"
    sentence = _("The seats are no longer kept for you. Press Enter to keep them again.")


class TooQuick(DomainError):
    code = "too_quick"
    sentence = _("Two Enters came too quickly: check the total, then press Enter once more.")


class NothingChosen(DomainError):
    code = "nothing_chosen"
    sentence = _("Say how many tickets, or which seats: at least one, at most %(most)s.")


class NotUnderstood(DomainError):
    code = "not_understood"
    sentence = _("«%(line)s» is not understood. Like this: 3*2 · .A05 · /1430 · letters of the place.")


class NoSuchPlace(DomainError):
    code = "no_such_place"
    sentence = _("Nothing is sold to «%(place)s» any more today. Check the letters, or choose from the list.")


class NothingOnSale(DomainError):
    code = "nothing_on_sale"
    sentence = _("Nothing is on sale here now. Choose another destination.")
