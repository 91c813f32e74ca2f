from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class DepartureWithoutVehicle(DomainError):
    code = "departure_without_vehicle"
    sentence = _("Departure %(departure)s has no vehicle yet. Assign one first.")


class DepartureWithoutDriver(DomainError):
    code = "departure_without_driver"
    sentence = _("Departure %(departure)s has no driver yet. Assign one first.")


class BusNeedsNoOrder(DomainError):
    code = "bus_needs_no_order"
    sentence = _("%(departure)s leaves without a dispatch order, as city buses and boats do.")


class OrderExists(DomainError):
    code = "order_exists"
    sentence = _("Departure %(departure)s already runs on order %(order)s.")


class PaperOnly(DomainError):
    code = "paper_only"
    sentence = _("%(operator)s does not sign electronically. Enter the number of its paper order.")


class PaperNumberUsed(DomainError):
    code = "paper_number_used"
    sentence = _("Paper order %(number)s of %(operator)s was already entered.")


class ScanRefused(DomainError):
    code = "scan_refused"
    sentence = _("The scan must be a JPEG, PNG or PDF file of at most %(megabytes)s MB.")


class PhotoNotAwaited(DomainError):
    code = "photo_not_awaited"
    sentence = _("Order %(order)s waits for no photo: it has one, or is withdrawn, or never was on paper.")


class PaperNotValidThatDay(DomainError):
    code = "paper_not_valid_that_day"
    sentence = _("The paper order is valid from %(first)s to %(last)s, the departure is on %(day)s.")


class NotYourOrder(DomainError):
    code = "not_your_order"
    sentence = _("Order %(order)s belongs to another operator.")


class OrderNotWaiting(DomainError):
    code = "order_not_waiting"
    sentence = _("Order %(order)s is «%(state)s»: there is nothing to sign.")


class OrderOutdated(DomainError):
    code = "order_outdated"
    sentence = _("The vehicle or the driver changed after order %(order)s was drawn up. Draw it up again, then sign.")


class OrderConfirmed(DomainError):
    code = "order_confirmed"
    sentence = _("The station has already confirmed the departure of order %(order)s.")


class CoachNotInYard(DomainError):
    code = "coach_not_in_yard"
    sentence = _("%(plate)s is not in the yard: a departure is confirmed only while the coach stands here.")


class NotCleared(DomainError):
    code = "not_cleared"
    sentence = _("%(plate)s may not leave: %(reasons)s")


class AlreadyConfirmed(DomainError):
    code = "already_confirmed"
    sentence = _("The departure of %(plate)s was confirmed at %(at)s.")


class TooManyPassengers(DomainError):
    code = "too_many_passengers"
    sentence = _("%(passengers)s passengers, but the coach has %(places)s places.")


class NotConfirmed(DomainError):
    code = "departure_not_confirmed"
    sentence = _("%(plate)s may not leave: the station has not confirmed its departure.")


class ServesADeparture(DomainError):
    code = "serves_a_departure"
    sentence = _("%(plate)s is here for departure %(departure)s: let it out on that departure.")


class NothingToCheck(DomainError):
    code = "nothing_to_check"
    sentence = _("%(plate)s serves no departure here that runs on a dispatch order: there is nothing to check.")


class AlreadyChecked(DomainError):
    code = "already_checked"
    sentence = _("%(plate)s passed the check at %(at)s (%(who)s).")


class SheetUnknown(DomainError):
    code = "sheet_unknown"
    sentence = _("This paper order is not known here. Type its number.")


class SheetNotUsable(DomainError):
    code = "sheet_not_usable"
    sentence = _("Order %(order)s is «%(state)s»: it takes no further run.")


class SheetOfAnotherCoach(DomainError):
    code = "sheet_of_another_coach"
    sentence = _("Paper order %(number)s belongs to %(plate)s, not to this coach.")


class NoFreeLine(DomainError):
    code = "no_free_line"
    sentence = _("All %(lines)s lines of paper order %(number)s in this direction are used. Ask for a new sheet.")


class StepDone(DomainError):
    code = "step_done"
    sentence = _("%(who)s already did this at %(at)s: %(plate)s is now at its next step.")


class NumberOfAnotherCoach(DomainError):
    code = "number_of_another_coach"
    sentence = _(
        "«%(number)s» are the last digits of %(plate)s: press Esc to choose that coach. A sheet with this very number "
        "is entered on the page of dispatch orders."
    )


class WhyWithdrawn(DomainError):
    code = "why_withdrawn"
    sentence = _("Write in a few words why the confirmation is taken back: it is an event that is looked at later.")


class WhyChanged(DomainError):
    code = "why_changed"
    sentence = _("Write in a few words why: passengers and the operator will ask.")


class CannotMerge(DomainError):
    code = "cannot_merge"
    sentence = _("%(departure)s merges only into a departure of the same day, operator, route and direction.")


class DelayAbsurd(DomainError):
    code = "delay_absurd"
    sentence = _("A delay ends in the future and is at most %(hours)s hours after the planned time.")


class SameCoach(DomainError):
    code = "same_coach"
    sentence = _("%(plate)s runs this departure already.")


class RecordNotRefused(DomainError):
    code = "record_not_refused"
    sentence = _("The record of %(plate)s is «%(state)s»: only a refused one is sent again.")


class NothingToCorrect(DomainError):
    code = "nothing_to_correct"
    sentence = _(
        "The record of %(plate)s says what stands here now. Mend what is wrong first, then correct the record."
    )


class WhyCorrected(DomainError):
    code = "why_corrected"
    sentence = _("Write in a few words why the record is corrected: the administration reads it.")


class RecordCorrected(DomainError):
    code = "record_corrected"
    sentence = _("The record of %(plate)s was corrected: only the correction counts.")
