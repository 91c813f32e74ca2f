"""What the pages of the accountant show."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from einvoice.rules.reading import Reading, read_invoice
from station.models import JournalEntry, Station

_TICKET_CODE = re.compile(r"\d{18}")
_LOOKUP_CODE = re.compile(r"\d{16}")
_MOST_DIGITS = 8
_LEAST_OF_A_PLATE = 4
_WAITING = (InvoiceState.ISSUED, InvoiceState.IN_FLIGHT)
_STUCK = (InvoiceState.REFUSED, InvoiceState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Step:
    """One move in the life of an invoice, from the journal."""

    at: datetime
    label: str
    actor: str
    reason: str


def invoices_of(station: Station) -> QuerySet[Invoice]:
    """Invoices of *station* with what a row shows, the newest first; their bytes stay where they are."""
    rows = Invoice.objects.filter(station=station)
    rows = rows.select_related(
        "series", "charge__service", "charge__operator", "sale__departure__route", "sale__departure__operator",
        "sale__departure__vehicle",
    )  # fmt: skip
    return rows.order_by("-issued_at", "-pk")


def needing_a_person(station: Station) -> QuerySet[Invoice]:
    """Refused ones first, then those whose fate nobody knows; of any day, the oldest first."""
    rank = Case(When(state=InvoiceState.REFUSED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return invoices_of(station).filter(state__in=_STUCK).order_by(rank, "issued_at", "pk")


def waiting(station: Station) -> QuerySet[Invoice]:
    """Numbered and signed, not answered yet; of any day, the oldest first."""
    return invoices_of(station).filter(state__in=_WAITING).order_by("issued_at", "pk")


def accepted_on(station: Station, day: date) -> QuerySet[Invoice]:
    return invoices_of(station).filter(state=InvoiceState.ACCEPTED, issued_at__date=day)


def find(station: Station, words: str) -> QuerySet[Invoice]:
    """By ticket code, look-up code, invoice number, symbol or plate, written in any way."""
    typed = re.sub(r"[^0-9A-ZĐ]", "", words.upper())
    if _TICKET_CODE.fullmatch(typed):
        return invoices_of(station).filter(sale__tickets__code=typed).distinct()
    if _LOOKUP_CODE.fullmatch(typed):
        return invoices_of(station).filter(sale__lookup_code=typed)
    matches = Q(series__symbol=typed) | Q(series__symbol=typed[1:], series__template=typed[:1])
    if typed.isdigit() and len(typed) <= _MOST_DIGITS:
        matches |= Q(number=int(typed))
    if len(typed) >= _LEAST_OF_A_PLATE:
        matches |= Q(charge__plate__contains=typed) | Q(sale__departure__vehicle__plate__contains=typed)
    return invoices_of(station).filter(matches) if typed else invoices_of(station).none()


def counts_of(station: Station, day: date) -> Mapping[str, int]:
    """`refused`, `unknown` and `waiting` of any day; `accepted` and its `gross` of *day*."""
    rows = Invoice.objects.filter(station=station)
    open_ones = rows.exclude(state=InvoiceState.ACCEPTED).aggregate(
        refused=Count("pk", filter=Q(state=InvoiceState.REFUSED)),
        unknown=Count("pk", filter=Q(state=InvoiceState.UNKNOWN)),
        waiting=Count("pk", filter=Q(state__in=_WAITING)),
    )
    done = rows.filter(state=InvoiceState.ACCEPTED, issued_at__date=day).count()
    return {**open_ones, "accepted": done}


def history_of(invoice: Invoice) -> list[Step]:
    """Every state it was in, the first at the top."""
    entries = JournalEntry.objects.filter(obj=invoice.journal_name).select_related("actor").order_by("at", "pk")
    return [_step(entry, json.loads(entry.body)) for entry in entries]


def _step(entry: JournalEntry, facts: Mapping[str, str]) -> Step:
    state = InvoiceState(facts.get("to", InvoiceState.ISSUED))
    actor = str(entry.actor) if entry.actor else ""
    return Step(at=entry.at, label=str(state.label), actor=actor, reason=facts.get("reason", ""))


def reading_of(invoice: Invoice) -> Reading:
    """What the signed bytes say, read from them and from nothing else."""
    return read_invoice(bytes(invoice.xml.content))
