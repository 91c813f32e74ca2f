"""An invoice is born numbered, built and signed in one transaction (ADR 0004)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from einvoice import selectors
from einvoice.enums import InvoiceKind, Subject
from einvoice.errors import ClockWentBack, InvalidDocument
from einvoice.models import Invoice, Series
from einvoice.providers.xmldsig import sign_xml
from einvoice.rules import InvoiceDocument, problems
from einvoice.rules.xml import build_xml, validate_xml
from einvoice.services.documents import Slot, charge_document, ticket_document
from einvoice.services.series import locked_series, take_number
from fees.enums import ChargeState
from fees.models import Charge
from station import clock
from station.enums import TicketIssuer
from station.models import StoredFile
from station.models.journal import record
from station.models.written_once import insert
from station.providers.keys import organisation_key
from station.selectors.partners import contract_on
from station.services import outbox
from ticketing.models import Sale

SUBMIT = "einvoice.submit_invoice"
# A worker may have read the clock and then waited for the series as long as a lock is waited for (3 s).
CLOCK_SLACK = timedelta(seconds=5)
_DONE_OR_PAID = frozenset({ChargeState.PAID, ChargeState.ON_ACCOUNT})

Draft = Callable[[Slot], InvoiceDocument]


@transaction.atomic
def issue_for_sale(*, sale_id: int, message_id: int | None, now: datetime) -> Invoice | None:
    """The ticket invoice of one sale (TT 91/2026 Đ.9: issued for the operator by delegation).

    None when the operator issues its tickets itself. Running it twice gives the same invoice.
    Raises ClockWentBack, InvalidDocument, UnknownSetting.
    """
    sale = selectors.sale_to_invoice(sale_id)
    contract = contract_on(sale.station_id, sale.departure.operator_id, clock.local_day(sale.sold_at))
    if contract is None or contract.ticket_issuer == TicketIssuer.OPERATOR:
        outbox.finish(message_id, now=now)
        return None
    series = locked_series(contract.station, Subject.TICKET, contract.operator.tax_code, now)
    known = selectors.original_of_sale(sale_id)
    invoice = known or _issue(series, lambda slot: ticket_document(sale, contract, slot), sale, now)
    outbox.finish(message_id, now=now)
    return invoice


@transaction.atomic
def issue_for_charge(*, charge_id: int, message_id: int | None, now: datetime) -> Invoice | None:
    """The VAT invoice of one station service, when it is done or paid (NĐ 254/2026 Đ.9.2).

    None for a charge that is neither. Running it twice gives the same invoice. Raises ClockWentBack, InvalidDocument.
    """
    charge = Charge.objects.select_related("station", "operator", "service", "payment").get(pk=charge_id)
    if charge.state not in _DONE_OR_PAID:
        outbox.finish(message_id, now=now)
        return None
    series = locked_series(charge.station, Subject.SERVICE, charge.station.tax_code, now)
    known = selectors.original_of_charge(charge_id)
    invoice = known or _issue(series, lambda slot: charge_document(charge, slot), charge, now)
    outbox.finish(message_id, now=now)
    return invoice


def _issue(series: Series, draft: Draft, about: Sale | Charge, now: datetime) -> Invoice:
    """Take the next number of the locked *series*, build, check, sign, keep, and have it sent."""
    slot = _next_slot(series, now)
    document = draft(slot)
    xml = StoredFile.keep_new(_signed(document, series, slot, about), media_type="application/xml", now=now)
    invoice = Invoice(
        station=series.station,
        kind=InvoiceKind.ORIGINAL,
        series=series,
        number=slot.number,
        sale=about if isinstance(about, Sale) else None,
        charge=about if isinstance(about, Charge) else None,
        buyer_name=document.buyer.name if document.buyer else "",
        buyer_tax_code=document.buyer.tax_code if document.buyer else "",
        net=document.totals.net,
        tax=document.totals.tax,
        gross=document.totals.gross,
        xml=xml,
        issued_at=slot.at,
    )
    insert(invoice)
    take_number(series.pk, slot.number, slot.at)
    facts = {"series": str(series), "number": slot.number, "gross": invoice.gross, "sha256": xml.sha256}
    obj = invoice.journal_name
    record(action="invoice_issued", obj=obj, station_id=series.station_id, by=None, now=now, facts=facts)
    outbox.enqueue(SUBMIT, {"invoice_id": invoice.pk}, now=now)
    return invoice


def _next_slot(series: Series, now: datetime) -> Slot:
    """The next number, at a time that never runs against the numbers; refused when the clock was set back."""
    last = series.last_at or now
    if now < last - CLOCK_SLACK:
        at, last_at = (f"{clock.local(moment):%H:%M:%S %d/%m/%Y}" for moment in (now, last))
        raise ClockWentBack(now=at, last=last_at, series=str(series))
    return Slot(series=series, number=series.last_number + 1, at=max(now, last))


def _signed(document: InvoiceDocument, series: Series, slot: Slot, about: Sale | Charge) -> bytes:
    """The bytes, checked against the rules and our schema before the station puts its name under them."""
    if found := problems(document):
        raise InvalidDocument(about=str(about), problems="; ".join(found))
    xml = build_xml(document)
    if found := validate_xml(xml):
        raise InvalidDocument(about=str(about), problems="; ".join(found))
    # The station signs its own invoices, and as trustee those of the operators (NĐ 254/2026 Phụ lục 9.m).
    key = organisation_key(tax_code=series.station.tax_code, name=series.station.legal_name)
    return sign_xml(xml, key=key, at=slot.at)
