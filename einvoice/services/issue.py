"""An invoice is born numbered, built and signed in one transaction (ADR 0004)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from einvoice.documents import Slot, charge_document, ticket_document
from einvoice.enums import InvoiceKind, Subject
from einvoice.errors import ClockWentBack, InvalidDocument
from einvoice.models import Invoice, Series
from einvoice.rules.check import problems
from einvoice.rules.document import InvoiceDocument
from einvoice.selectors import original_of_charge, original_of_sale
from einvoice.services.series import series_for
from einvoice.xml import build_xml
from einvoice.xmldsig import sign_xml
from fees.models import Charge
from station import clock
from station.enums import TicketIssuer
from station.models import StoredFile
from station.models.journal import record
from station.models.locks import lock
from station.providers.keys import organisation_key
from station.selectors.partners import contract_on
from station.services import outbox
from ticketing.models import Sale

SUBMIT = "einvoice.submit_invoice"
# The database's clock and ours may differ by this much; more means that somebody set the clock back.
CLOCK_SLACK = timedelta(seconds=2)

Draft = Callable[[Slot], InvoiceDocument]


@transaction.atomic
def issue_for_sale(*, sale_id: int, message_id: int | None, now: datetime) -> Invoice | None:
    """The ticket invoice of one sale (TT 91/2026 Đ.9: issued for the operator by delegation).

    None when the operator issues its tickets itself. Running it twice gives the same invoice.
    """
    known = original_of_sale(sale_id)
    sale = Sale.objects.select_related("station", "departure__operator", "departure__route", "payment").get(pk=sale_id)
    operator = sale.departure.operator
    contract = contract_on(sale.station, operator, clock.local_day(sale.sold_at))
    if known or contract is None or contract.ticket_issuer == TicketIssuer.OPERATOR:
        outbox.finish(message_id, now=now)
        return known
    series = series_for(sale.station, Subject.TICKET, operator.tax_code, now)
    return _issue(
        series,
        lambda slot: ticket_document(sale, slot),
        message_id=message_id,
        now=now,
        sale=sale,
    )


@transaction.atomic
def issue_for_charge(*, charge_id: int, message_id: int | None, now: datetime) -> Invoice:
    """The VAT invoice of one station service, when it is done or paid (NĐ 254/2026 Đ.9.2). Safe to run twice."""
    known = original_of_charge(charge_id)
    if known:
        outbox.finish(message_id, now=now)
        return known
    charge = Charge.objects.select_related("station", "operator", "service", "departure", "payment").get(pk=charge_id)
    series = series_for(charge.station, Subject.SERVICE, charge.station.tax_code, now)
    return _issue(
        series,
        lambda slot: charge_document(charge, slot),
        message_id=message_id,
        now=now,
        charge=charge,
    )


def _issue(
    series: Series,
    draft: Draft,
    *,
    message_id: int | None,
    now: datetime,
    sale: Sale | None = None,
    charge: Charge | None = None,
) -> Invoice:
    """Take the next number under the lock of the series, build, check, sign, keep, tell."""
    taken = lock(Series.objects.filter(pk=series.pk)).get()
    if taken.last_at and now < taken.last_at - CLOCK_SLACK:
        raise ClockWentBack(now=f"{now:%H:%M:%S}", last=f"{taken.last_at:%H:%M:%S}", series=str(taken))
    document = draft(Slot(series=taken, number=taken.last_number + 1, at=now))
    if found := problems(document):
        raise InvalidDocument(about=str(sale or charge), problems="; ".join(found))
    key = organisation_key(tax_code=taken.station.tax_code, name=taken.station.legal_name)
    xml = sign_xml(build_xml(document), key=key, at=now)
    invoice = Invoice.objects.create(
        station=taken.station,
        kind=InvoiceKind.ORIGINAL,
        series=taken,
        number=document.number,
        sale=sale,
        charge=charge,
        buyer_name=document.buyer.name if document.buyer else "",
        buyer_tax_code=document.buyer.tax_code if document.buyer else "",
        net=document.totals.net,
        tax=document.totals.tax,
        gross=document.totals.gross,
        xml=StoredFile.keep(xml, media_type="application/xml", now=now),
        issued_at=now,
    )
    taken.last_number, taken.last_at = document.number, now
    taken.save(update_fields=["last_number", "last_at"])
    facts = {"series": str(taken), "number": document.number, "gross": document.totals.gross}
    record(
        action="invoice_issued", obj=f"invoice:{invoice.pk}", station_id=taken.station_id, by=None, now=now, facts=facts
    )
    outbox.enqueue(SUBMIT, {"invoice_id": invoice.pk}, now=now)
    outbox.finish(message_id, now=now)
    return invoice
