from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class CashTooLittle(DomainError):
    code = "cash_too_little"
    sentence = _("%(received)s is not enough: %(due)s is to pay.")


class ReferenceMissing(DomainError):
    code = "reference_missing"
    sentence = _("A card or bank payment needs its reference: copy it from the terminal or the bank message.")


class AlreadyPaid(DomainError):
    code = "already_paid"
    sentence = _("This charge is already paid.")


class ChargeCancelled(DomainError):
    code = "charge_cancelled"
    sentence = _("This charge was cancelled: nothing is to pay.")


class ChargeElsewhere(DomainError):
    code = "charge_elsewhere"
    sentence = _("This charge belongs to %(station)s. A till takes money for its own station only.")


class VehicleMissing(DomainError):
    code = "vehicle_missing"
    sentence = _("Departure %(departure)s has no vehicle yet: the price depends on its seats. Assign one first.")


class DifferenceNeedsReason(DomainError):
    code = "difference_needs_reason"
    sentence = _("The count is %(counted)s, expected is %(expected)s. Count again or write why it differs.")


class NotANote(DomainError):
    code = "not_a_note"
    sentence = _("There is no note of %(denomination)s. Count notes of 1.000đ and more.")


class TillMayNotClose(DomainError):
    code = "till_may_not_close"
    sentence = _("The till cannot be closed yet: %(reasons)s")


class ClockBehind(DomainError):
    code = "clock_behind"
    sentence = _("The clock shows a time before this till was opened (%(opened)s). Have the clock of the server set.")


class DrawerTooEmpty(DomainError):
    code = "drawer_too_empty"
    sentence = _("There is not enough cash in your drawer for %(amount)s. Take cash from the safe first.")


class NoBankAccount(DomainError):
    code = "no_bank_account"
    sentence = _("No bank account of %(station)s is entered for %(day)s: nobody can pay by VietQR. Take cash or card.")


class NothingToTransfer(DomainError):
    code = "nothing_to_transfer"
    sentence = _("%(amount)s cannot be asked for by VietQR. Take cash.")


class RequestOver(DomainError):
    code = "request_over"
    sentence = _("Payment %(reference)s is «%(state)s»: it is not waited for any more.")


class RequestPaid(DomainError):
    code = "request_paid"
    sentence = _("Payment %(reference)s was paid before: this money came a second time.")


class AmountDiffers(DomainError):
    code = "amount_differs"
    sentence = _("%(came)s arrived, %(asked)s was asked for under %(reference)s.")


class ReferenceTaken(DomainError):
    code = "reference_taken"
    sentence = _("The bank's reference %(number)s confirmed another payment before: one transfer pays once.")


class ReferenceNotFound(DomainError):
    code = "reference_not_found"
    sentence = _("The text of the bank names no payment of this station.")


class SeveralReferences(DomainError):
    code = "several_references"
    sentence = _("The text of the bank names several payments: %(references)s.")


class BankLineDiffers(DomainError):
    code = "bank_line_differs"
    sentence = _("The bank's reference %(number)s is known with other facts: %(amount)s. Check the statement.")


class BankLineOver(DomainError):
    code = "bank_line_over"
    sentence = _("Bank line %(number)s is «%(state)s» already.")


class ReturnReasonMissing(DomainError):
    code = "return_reason_missing"
    sentence = _("Paying back needs the reference of the transfer and the reason.")


class SentBack(DomainError):
    code = "sent_back"
    sentence = _("This money was sent back under %(reference)s already.")


class NothingToSend(DomainError):
    code = "nothing_to_send"
    sentence = _("No such transfer is to be sent back from this station.")


class NoSuchPayment(DomainError):
    code = "no_such_payment"
    sentence = _("There is no such payment at this till.")


class KeeperNeeded(DomainError):
    code = "keeper_needed"
    sentence = _("Cash leaves safe and drawer before a second person: the shift lead, the accountant or a manager.")


class MoveNeedsReason(DomainError):
    code = "move_needs_reason"
    sentence = _("Write what the cash is for: whoever counts the books must understand it.")


class NotWholeNotes(DomainError):
    code = "not_whole_notes"
    sentence = _("%(amount)s cannot be made of notes. Cash moves in whole thousands.")


class OtherTillNotOpen(DomainError):
    code = "other_till_not_open"
    sentence = _("The till of %(clerk)s is not open at %(station)s. Cash goes to an open till of the same station.")


class OwnTill(DomainError):
    code = "own_till"
    sentence = _("This is your own till. Hand the cash to another person.")


class NotYourMove(DomainError):
    code = "not_your_move"
    sentence = _("Only %(clerk)s can take this cash: it was offered to their till.")


class MoveAnswered(DomainError):
    code = "move_answered"
    sentence = _("This hand-over is «%(state)s» already.")


class ClosingElsewhere(DomainError):
    code = "closing_elsewhere"
    sentence = _("This till was closed at %(station)s. It is corrected in a till of that station.")
