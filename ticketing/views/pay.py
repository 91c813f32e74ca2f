"""What the counter does with customers who pay by bank; the buttons stand in the form of the sale."""

from datetime import datetime

from fees.enums import Method
from station.models import Till
from station.place import StaffRequest
from ticketing import services
from ticketing.errors import HoldGone
from ticketing.forms import CounterForm
from ticketing.services.paying import Part, Tender

MOST_DIGITS = 18  # of an id: what is longer would not fit the database
ASK, GIVE_UP, CONFIRM = "ask", "give_up", "bank_reference-"


def pays_by_bank(request: StaffRequest, form: CounterForm, till: Till, now: datetime) -> bool:
    """Do what was pressed or typed about a payment by bank; False when it was something else.

    Who gives up, or asks the next customer, confirms nothing: not what still stands in the field of the reference.
    """
    if GIVE_UP in request.POST:
        number = request.POST[GIVE_UP]
        services.cancel_transfer(request_id=_number(number), till_id=till.pk, by=request.user, now=now)
    elif ASK in request.POST:
        _ask(request, form, till, now)
    elif typed := _typed_reference(request):
        _confirm(request, *typed, till=till, now=now)
    else:
        return False
    return True


def _ask(request: StaffRequest, form: CounterForm, till: Till, now: datetime) -> None:
    hold_id = form.said("hold")
    if not hold_id:
        raise HoldGone
    parts = tender_of(form, asking=True).parts
    services.ask_for_sale(
        hold_id=hold_id, till_id=till.pk, passengers=form.passengers(), parts=parts,
        buyer=form.buyer(), by=request.user, now=now,
    )  # fmt: skip


def tender_of(form: CounterForm, *, asking: bool = False) -> Tender:
    """How the customer pays: in cash, all by card or transfer, or a part of it so and the rest in cash.

    While *asking* for a transfer the rest comes by VietQR. Raises NotUnderstood.
    """
    other = form.other()
    if other is None:
        return Tender(Method.CASH, form.cash())
    method, amount, reference = other
    if amount is not None:
        return Tender(Method.CASH, None if asking else form.cash(), parts=[Part(method, amount, reference)])
    return Tender(method, form.cash() if method == Method.CASH else None, reference)


def _typed_reference(request: StaffRequest) -> tuple[int, str] | None:
    """What was typed beside a payment that is waited for: (its number, the bank's reference)."""
    for name, value in request.POST.items():
        said = str(value).replace("\x00", "").strip()[:50]
        if name.startswith(CONFIRM) and said:
            return _number(name.removeprefix(CONFIRM)), said
    return None


def _confirm(request: StaffRequest, number: int, reference: str, *, till: Till, now: datetime) -> None:
    services.confirm_transfer(request_id=number, till_id=till.pk, reference=reference, by=request.user, now=now)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
