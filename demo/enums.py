"""The ten steps of the tour: what each is called, what to do, and who does it."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Step(TextChoices):
    """In the order in which the tour proposes them."""

    SELL = "sell", _("Sell a ticket")
    MOVE = "move", _("Give a coach another bay")
    SIGN = "sign", _("The operator signs its orders")
    REFUSE = "refuse", _("A coach is refused")
    LEAVE = "leave", _("Take the payment, let the coach out")
    PDF = "pdf", _("See the signed order")
    BUS = "bus", _("A city bus comes in")
    INVOICE = "invoice", _("Cure a refused invoice")
    CLOSE = "close", _("Close the till")
    REPORT = "report", _("Read the report of the shift")

    @property
    def sentence(self) -> str | Promise:
        """What to do, in one sentence."""
        return _SENTENCES[self]

    @property
    def is_told_in_keys(self) -> bool:
        """Its sentence is for whoever has a keyboard."""
        return self in _BY_KEYS

    @property
    def people(self) -> tuple[str, ...]:
        """User names, the first choice first."""
        return _PEOPLE[self]


_SENTENCES = {
    Step.SELL: _("Press Enter: the seat is kept. Press Enter again: paid in cash, sold."),
    Step.MOVE: _("Press G, type the code of a free bay, press Enter."),
    Step.SIGN: _("Touch the blue button once: every order on the phone is signed."),
    Step.REFUSE: _("Press Enter to check the coach: its inspection has expired, so it may not take passengers."),
    Step.LEAVE: _("Press Enter for each next step: payment, confirmation, exit."),
    Step.PDF: _("Look at the order as it was issued: the signatures are inside the file."),
    Step.BUS: _("The digits of a bus are typed already. Press Enter to let it in."),
    Step.INVOICE: _("Read why the invoice was refused, then send it again."),
    Step.CLOSE: _("Type how many notes of each kind you count, then close. A difference asks for its reason."),
    Step.REPORT: _("Four figures, what needs a look, and every till: this is what the manager sees first."),
}
_BY_KEYS = {Step.SELL, Step.MOVE, Step.REFUSE, Step.LEAVE, Step.BUS}
_CLERKS = ("banve1", "banve2")
_PEOPLE = {
    Step.SELL: _CLERKS,
    Step.MOVE: ("dieudo1",),
    Step.SIGN: ("nhaxe1",),
    Step.REFUSE: ("dieudo1",),
    Step.LEAVE: ("dieudo1",),
    Step.PDF: ("dieudo1",),
    Step.BUS: ("cong1",),
    Step.INVOICE: ("ketoan1",),
    Step.CLOSE: _CLERKS,
    Step.REPORT: ("quanly1",),
}
# Looking changes nothing in the database: opening the page through the tour is what is recorded.
LOOKED_AT = frozenset({Step.PDF, Step.REPORT})
