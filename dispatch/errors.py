from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class VehicleMissing(DomainError):
    code = "vehicle_missing"
    sentence = _("Departure %(departure)s has no vehicle yet. Assign one first.")


class DriverMissing(DomainError):
    code = "driver_missing"
    sentence = _("Departure %(departure)s has no driver yet. Assign one first.")


class OrderExists(DomainError):
    code = "order_exists"
    sentence = _("Departure %(departure)s already runs on order %(order)s.")


class PaperOnly(DomainError):
    code = "paper_only"
    sentence = _("%(operator)s does not sign electronically. Enter the number of its paper order.")


class PaperNumberUsed(DomainError):
    code = "paper_number_used"
    sentence = _("Paper order %(number)s of %(operator)s was already entered.")


class NotYourOrder(DomainError):
    code = "not_your_order"
    sentence = _("Order %(order)s belongs to another operator.")


class OrderNotWaiting(DomainError):
    code = "order_not_waiting"
    sentence = _("Order %(order)s is «%(state)s»: there is nothing to sign.")


class NotInTheYard(DomainError):
    code = "coach_not_in_yard"
    sentence = _("%(plate)s is not in the yard: a departure is confirmed only while the coach stands here.")


class NotCleared(DomainError):
    code = "not_cleared"
    sentence = _("%(plate)s may not leave: %(reasons)s")


class TooManyPassengers(DomainError):
    code = "too_many_passengers"
    sentence = _("%(passengers)s passengers, but the coach has %(places)s places.")


class NotConfirmed(DomainError):
    code = "departure_not_confirmed"
    sentence = _("%(plate)s may not leave: the station has not confirmed its departure.")


class ServesADeparture(DomainError):
    code = "serves_a_departure"
    sentence = _("%(plate)s is here for departure %(departure)s: let it out on that departure.")
