"""Refusals of the ticket counter."""

from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class SeatTaken(DomainError):
    code = "seat_taken"
    sentence = _("Seat %(seats)s was just taken at another counter. Choose another seat.")


class SeatBlocked(DomainError):
    code = "seat_blocked"
    sentence = _("Seat %(seats)s is not sold on this departure: %(reason)s.")


class BlockOver(DomainError):
    code = "block_over"
    sentence = _("Seat %(seat)s is on sale again already.")


class BlockReasonMissing(DomainError):
    code = "block_reason_missing"
    sentence = _("Write in a few words why the seat is not sold: the next clerk reads it.")


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


class NoSuchGroup(DomainError):
    code = "no_such_group"
    sentence = _("%(operator)s has no discount «%(group)s» on %(day)s. Sell at the full fare, or choose another one.")


class WrongPassengers(DomainError):
    code = "wrong_passengers"
    sentence = _("%(passengers)s passengers for %(seats)s seats: name one passenger for each seat.")


class TooManyOnALap(DomainError):
    code = "too_many_on_a_lap"
    sentence = _("At most %(most)s children ride on one lap: the others need a seat.")


class PriceOverlaps(DomainError):
    code = "price_overlaps"
    sentence = _("«%(name)s» already counts for these coaches on some of these days. End it first.")


class PlaceTwice(DomainError):
    code = "place_twice"
    sentence = _("«%(place)s» has two digits: give each place one.")


class PriceOver(DomainError):
    code = "price_over"
    sentence = _("«%(name)s» ends before that day already.")


class NotOnSale(DomainError):
    code = "not_on_sale"
    sentence = _("%(operator)s sells its tickets itself: departure %(departure)s is not sold at this counter.")


class SaleClosed(DomainError):
    code = "sale_closed"
    sentence = _("Departure %(departure)s is no longer sold: %(reason)s.")


class SaleNotOpen(DomainError):
    code = "sale_not_open"
    sentence = _("Departure %(departure)s is sold from %(day)s on.")


class SaleWaitsForOrder(DomainError):
    code = "sale_waits_for_order"
    sentence = _("Departure %(departure)s has no dispatch order yet, and this station sells only with one.")


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


class DepartureGone(DomainError):
    code = "departure_gone"
    sentence = _("The departure that was on the screen is no longer sold. Look which one is chosen now, then go on.")


class NoSuchTicket(DomainError):
    code = "no_such_ticket"
    sentence = _("There is no ticket «%(words)s» at your stations. Check the digits, or search by phone or seat.")


class WrongTicketCode(DomainError):
    code = "wrong_ticket_code"
    sentence = _("The digits «%(words)s» do not fit together: one of them is wrong. Scan it again, or type it again.")


class NotATicket(DomainError):
    code = "not_a_ticket"
    sentence = _("«%(words)s» finds no ticket. Like this: the last 5 digits · a phone number · A05/1430.")


class NotRiddenYet(DomainError):
    code = "not_ridden_yet"
    sentence = _("You can rate the ride once the coach has left with you.")


class AlreadyRated(DomainError):
    code = "already_rated"
    sentence = _("This ride is rated already. Thank you.")


class TooManyComplaints(DomainError):
    code = "too_many_complaints"
    sentence = _("%(most)s complaints about this ticket are with us already. Call the hotline.")


class ComplaintAnswered(DomainError):
    code = "complaint_answered"
    sentence = _("%(who)s has answered this complaint already.")


class AnswerMissing(DomainError):
    code = "answer_missing"
    sentence = _("Write what the passenger is to read.")


class NoSuchPage(DomainError):
    code = "no_such_page"
    sentence = _("These two numbers belong to no ticket. Type them as they stand on it, or scan its code again.")


class TicketOver(DomainError):
    code = "ticket_over"
    sentence = _("Ticket %(ticket)s is «%(state)s»: nothing more can be done with it.")


class AlreadyBoarded(DomainError):
    code = "already_boarded"
    sentence = _("Ticket %(ticket)s was scanned before: seat %(seat)s is already on board.")


class OtherDeparture(DomainError):
    code = "other_departure"
    sentence = _("Ticket %(ticket)s is for another departure: %(departure)s.")


class SameDeparture(DomainError):
    code = "same_departure"
    sentence = _("The ticket is for this departure already. To sit elsewhere, change the seat.")


class ExchangeGone(DomainError):
    code = "exchange_gone"
    sentence = _("That departure can no longer be exchanged to: it is full, gone or cancelled. Choose another one.")


class ExchangeTooLate(DomainError):
    code = "exchange_too_late"
    sentence = _("It is too late to exchange by the rule: a shift lead or manager must agree.")


class SameSeat(DomainError):
    code = "same_seat"
    sentence = _("The passenger already has seat %(seat)s.")


class TicketElsewhere(DomainError):
    code = "ticket_elsewhere"
    sentence = _("Ticket %(ticket)s was sold at %(station)s: it is given back or exchanged there.")


class VoidTooLate(DomainError):
    code = "void_too_late"
    sentence = _("A sale is voided by its own clerk, at its till, within %(seconds)s seconds. Make it a refund.")


class NeedsApproval(DomainError):
    code = "needs_approval"
    sentence = _("The rule gives %(amount)s now. For more, or later, a shift lead or manager must agree.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    sentence = _("Write in a few words why: a refund outside the rule is looked at later.")


class RefundTooMuch(DomainError):
    code = "refund_too_much"
    sentence = _("%(amount)s is more than the passenger paid: at most %(paid)s can be given back.")


class RefundTooLittle(DomainError):
    code = "refund_too_little"
    sentence = _("At least %(amount)s is to be given back: less cannot be paid out.")


class PriceChanged(DomainError):
    code = "price_changed"
    sentence = _("These tickets cost %(now)s now, %(asked)s was asked for. Sell them anew.")


class PaymentNotFitting(DomainError):
    code = "payment_not_fitting"
    sentence = _("This payment is not as much, or its money is known already. Choose another one.")


class NotAffected(DomainError):
    code = "not_affected"
    sentence = _("This passenger is on no work list. Reload the page.")


class PartsTooMuch(DomainError):
    code = "parts_too_much"
    sentence = _(
        "The parts make %(parts)s, the price is %(total)s: each part is more than 0, together at most the price."
    )


class NoFreightRate(DomainError):
    code = "no_freight_rate"
    sentence = _("No rate for %(kind)s is valid on %(day)s. The accountant must enter it.")


class BadDeclaration(DomainError):
    code = "bad_declaration"
    sentence = _("The declaration is not whole, or «%(what)s» is no phone or ID number: goods, weight, both people.")


class GoodsNotAccepted(DomainError):
    code = "goods_not_accepted"
    sentence = _("Look at the goods first: banned, dangerous, alive, smelly or dirty ones are not taken.")


class NoSuchParcel(DomainError):
    code = "no_such_parcel"
    sentence = _("There is no parcel «%(code)s».")


class ParcelGone(DomainError):
    code = "parcel_gone"
    sentence = _("Parcel %(code)s: «%(state)s». This is no longer possible; move it to another departure.")


class IdNotTheReceivers(DomainError):
    code = "id_not_the_receivers"
    sentence = _("This is not the ID number that was declared for %(receiver)s. The parcel stays here.")


class TaxCodeWrong(DomainError):
    code = "tax_code_wrong"
    sentence = _("%(tax_code)s is no tax code: ten digits with a check digit, -001 for a branch, or twelve digits.")


class CompanyIncomplete(DomainError):
    code = "company_incomplete"
    sentence = _("An invoice to a company needs its tax code, name and address: enter all three, or none of them.")
