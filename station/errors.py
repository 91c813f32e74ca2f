"""Refusals: what a person is told, and the code a machine reads.

A refusal is a class with one code and one sentence that says what happened and what to do. The facts fill the
sentence and go out with it: `SeatTaken(seats="A1, A2")`.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Something a person asked for that the rules of the station do not allow."""

    code: ClassVar[str]
    sentence: ClassVar[str | Promise]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(facts)

    @property
    def message(self) -> str:
        """The sentence in the language of whoever reads it now."""
        return str(self.sentence) % self.facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class IllegalTransition(DomainError):
    code = "illegal_transition"
    sentence = _("%(what)s is «%(old)s»: it cannot become «%(new)s».")


class StaleState(DomainError):
    code = "stale_state"
    sentence = _("%(what)s was just changed by somebody else. Reload the page.")


class NoRight(DomainError):
    code = "no_right"
    sentence = _("Your role at %(station)s does not include this. Ask the shift lead.")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    sentence = _("This form was already sent with other contents. Reload the page and check what was done.")


class KeyMissing(DomainError):
    code = "idempotency_key_missing"
    sentence = _("Money needs an Idempotency-Key header: a new one for each intention, the same one for a retry.")


class KeyUnusable(DomainError):
    code = "idempotency_key_unusable"
    sentence = _("The Idempotency-Key must be 1 to %(most)s printable characters. A UUID is best.")


class Busy(DomainError):
    code = "busy"
    sentence = _("Somebody else is working on this right now. Try again in a moment; nothing was lost.")


class TooManyTries(DomainError):
    code = "too_many_tries"
    sentence = _("Too many tries. Wait %(minutes)s minutes, or ask at the counter.")


class NoOpenShift(DomainError):
    code = "no_open_shift"
    sentence = _("No shift of %(station)s is open now. Ask the shift lead to open one.")


class TillAlreadyOpen(DomainError):
    code = "till_already_open"
    sentence = _("%(clerk)s already has an open till. Close it first.")


class TillNotOpen(DomainError):
    code = "till_not_open"
    sentence = _("Open your till first: money needs a till.")


class TillClosed(DomainError):
    code = "till_closed"
    sentence = _("This till is closed. Open a new one.")


class NotYourTill(DomainError):
    code = "not_your_till"
    sentence = _("A till belongs to one person: this one is %(clerk)s's.")


class ShiftHasOpenTills(DomainError):
    code = "shift_has_open_tills"
    sentence = _("These tills are still open: %(clerks)s. Close them before the shift.")


class ShiftNotOpen(DomainError):
    code = "shift_not_open"
    sentence = _("This shift is closed.")


class NoShiftNow(DomainError):
    code = "no_shift_now"
    sentence = _("%(station)s has no shift at this hour. The administrator enters the hours of its shifts.")


class ShiftAlreadyOpen(DomainError):
    code = "shift_already_open"
    sentence = _("%(shift)s was already opened by %(lead)s.")


class ShiftMayNotClose(DomainError):
    code = "shift_may_not_close"
    sentence = _("The shift cannot be handed over yet: %(reasons)s")


class BayTaken(DomainError):
    code = "bay_taken"
    sentence = _("Bay %(bay)s is taken from %(start)s to %(end)s by %(other)s. Choose another bay.")


class BayUnfit(DomainError):
    code = "bay_unfit"
    sentence = _("Bay %(bay)s is not open for boarding at this station.")


class NoBay(DomainError):
    code = "no_bay"
    sentence = _("%(departure)s has no bay yet. Give it one first.")


class TooEarlyToBoard(DomainError):
    code = "too_early_to_board"
    sentence = _("Bay %(bay)s is kept for this departure from %(start)s on. Wait until then.")


class DepartureNotOpen(DomainError):
    code = "departure_not_open"
    sentence = _("Departure %(departure)s is «%(state)s»: this is no longer possible.")


class NoSuchPlate(DomainError):
    code = "no_such_plate"
    sentence = _("«%(plate)s» is not a number plate. Type it like 28B-012.34.")


class AlreadyInYard(DomainError):
    code = "already_in_yard"
    sentence = _("%(plate)s came in at %(entered)s and has not left yet.")


class NotInYard(DomainError):
    code = "not_in_yard"
    sentence = _("%(plate)s is not in the yard.")


class WrongVehicle(DomainError):
    code = "wrong_vehicle"
    sentence = _("Vehicle %(plate)s belongs to %(operator)s, not to the operator of this departure.")


class WrongDriver(DomainError):
    code = "wrong_driver"
    sentence = _("Driver %(driver)s works for %(operator)s, not for the operator of this departure.")


class ContractInTheWay(DomainError):
    code = "contract_in_the_way"
    sentence = _("Contract %(number)s begins on %(day)s. The new one must begin later, or end before it.")


class UnknownSetting(DomainError):
    code = "unknown_setting"
    sentence = _("Nothing valid on %(day)s for %(what)s. The accountant must enter it.")


class LayoutKnown(DomainError):
    code = "layout_known"
    sentence = _("There is a layout «%(code)s» already: choose another code.")


class LayoutEmpty(DomainError):
    code = "layout_empty"
    sentence = _("A coach without a seat: switch some on.")


class ApprovalRefused(DomainError):
    code = "approval_refused"
    sentence = _("Name or password is wrong, or this person may not approve at %(station)s.")


class TooManyApprovals(DomainError):
    code = "too_many_approvals"
    sentence = _("Too many wrong passwords. Wait %(minutes)s minutes, or let the shift lead do it.")


class ApprovesOwn(DomainError):
    code = "approves_own"
    sentence = _("Nobody approves what they do themselves. Ask the shift lead or a manager.")
