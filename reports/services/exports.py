"""Handing out documents as files, byte for byte as they were issued."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.selectors.documents import BATCH, invoices_between, orders_between


@dataclass(frozen=True, slots=True)
class Exported:
    orders: int
    invoices: int


def export_documents(*, first: date, last: date, folder: Path) -> Exported:
    """Write the orders and invoices issued from *first* to *last*, both included, below *folder*.

    A second run writes the same files again.
    """
    orders, invoices = folder / "orders", folder / "invoices"
    for place in (orders, invoices):
        place.mkdir(parents=True, exist_ok=True)
    written = {orders: 0, invoices: 0}
    for order in orders_between(first, last).iterator(chunk_size=BATCH):
        if order.document is not None:
            (orders / f"{order.number.replace('/', '-')}.pdf").write_bytes(bytes(order.document.content))
            written[orders] += 1
    for invoice in invoices_between(first, last).iterator(chunk_size=BATCH):
        series = invoice.series
        name = f"{series.seller_tax_code}-{series.template}{series.symbol}-{invoice.number}.xml"
        (invoices / name).write_bytes(bytes(invoice.xml.content))
        written[invoices] += 1
    return Exported(orders=written[orders], invoices=written[invoices])
