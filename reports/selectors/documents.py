"""Signed documents looked at from outside: each is parsed and verified anew, as anybody could."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time

from django.db.models import QuerySet

from dispatch.models import DispatchOrder
from einvoice.models import Invoice
from einvoice.providers.xmldsig import verify_xml
from einvoice.rules.xml import validate_xml
from station import clock
from station.models import StoredFile
from station.providers.keys import ca_certificate
from station.providers.pdf_signature import UnreadablePdf, check_pdf

BATCH = 50


def orders_with_document() -> QuerySet[DispatchOrder]:
    return DispatchOrder.objects.filter(document__isnull=False).select_related("document").order_by("pk")


def invoices_with_bytes() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("series", "xml").order_by("pk")


def between(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of *first* to the first moment after *last*, by the clock of the stations."""
    begins = datetime.combine(first, time.min, tzinfo=clock.STATION_TIME)
    ends = datetime.combine(last, time.max, tzinfo=clock.STATION_TIME)
    return begins, ends


def orders_between(first: date, last: date) -> QuerySet[DispatchOrder]:
    """By the day of issue; a paper order too."""
    return orders_with_document().filter(issued_at__range=between(first, last))


def invoices_between(first: date, last: date) -> QuerySet[Invoice]:
    return invoices_with_bytes().filter(issued_at__range=between(first, last))


def document_faults(now: datetime) -> Iterator[str]:
    """One sentence for each document that is not what it was, or that an independent verifier would refuse."""
    for order in orders_with_document().prefetch_related("signatures").iterator(chunk_size=BATCH):
        yield from (f"order {order.number}: {fault}" for fault in _order_faults(order, now))
    for invoice in invoices_with_bytes().iterator(chunk_size=BATCH):
        yield from (f"invoice {invoice.series} {invoice.number}: {fault}" for fault in _invoice_faults(invoice))


def _order_faults(order: DispatchOrder, now: datetime) -> Iterator[str]:
    if order.document is None:
        return
    pdf = bytes(order.document.content)
    yield from _hash_faults(order.document, pdf)
    try:
        signatures = check_pdf(pdf, trust=[ca_certificate()], now=now)
    except UnreadablePdf as error:
        yield f"unreadable: {error}"
        return
    yield from (f"signature {report.field} does not hold" for report in signatures if not report.ok)
    asked = sorted(signature.field for signature in order.signatures.all() if signature.applied_at)
    found = sorted(report.field for report in signatures)
    if found != asked:
        yield f"signed in {found}, recorded as {asked}"


def _invoice_faults(invoice: Invoice) -> Iterator[str]:
    xml = bytes(invoice.xml.content)
    yield from _hash_faults(invoice.xml, xml)
    yield from validate_xml(xml)
    yield from verify_xml(xml, trust=[ca_certificate()]).faults


def _hash_faults(stored: StoredFile, content: bytes) -> Iterator[str]:
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        yield "its bytes are not those that were stored"
