"""From a sale or a charge to the document that the seller signs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from einvoice.models import Series
from einvoice.rules import CONSUMER, Extra, InvoiceDocument, Line, Party, Transport, totals_of
from einvoice.selectors import parts_to_invoice, tickets_to_invoice
from fees.enums import Method
from fees.models import Charge
from fees.selectors import vat_on
from station import clock
from station.enums import RouteKind
from station.models import Contract, Operator, Station
from station.money import TaxedAmount, in_words
from station.rules.plates import display
from ticketing.models import Sale, Ticket

# HTTToan: the words of the tax format, not of our screens.
_PAID_BY = {Method.CASH: "Tiền mặt", Method.TRANSFER: "Chuyển khoản", Method.CARD: "Chuyển khoản"}
# The code that the passenger's ticket carries since its sale.
LOOKUP_FIELD = "Mã tra cứu"
_LONGEST_CONTACT = 100  # HVTNMHang
_ON_ACCOUNT = "Đối trừ công nợ"


@dataclass(frozen=True, slots=True)
class Slot:
    """The number a document is about to take."""

    series: Series
    number: int
    at: datetime


def charge_document(charge: Charge, slot: Slot) -> InvoiceDocument:
    """The VAT invoice of a station service to its operator."""
    price = TaxedAmount(net=charge.net, tax=charge.tax, gross=charge.gross)
    what = "tàu" if charge.explanation.get("route_kind") == RouteKind.BOAT else "xe"
    name = charge.service.name + (f", {what} {display(charge.plate)}" if charge.plate else "")
    line = Line.priced(name, price, rate=charge.vat_rate, unit=charge.service.unit_name, code=charge.service.code)
    paid_by = _PAID_BY[Method(charge.payment.method)] if charge.payment else _ON_ACCOUNT
    return _document(
        slot, title="Hóa đơn giá trị gia tăng", payment_method=paid_by,
        seller=_station(charge.station), buyer=_operator(charge.operator), trustee=None, lines=(line,),
    )  # fmt: skip


def ticket_document(sale: Sale, contract: Contract, slot: Slot) -> InvoiceDocument:
    """The tickets of one sale: the operator's invoice, issued and signed by the station as its trustee."""
    rate = vat_on("transport", clock.local_day(sale.sold_at)).rate
    vehicle = sale.departure.vehicle
    # Sold ahead, a ticket may not know its coach; what is known by now must be shown (NĐ 254/2026 Phụ lục 5.a.1.2).
    plate = vehicle.plate if vehicle else ""
    is_boat = sale.departure.route.kind == RouteKind.BOAT
    way = "đường thủy nội địa" if is_boat else "tuyến cố định"
    lines = tuple(_ticket_line(ticket, way=way, rate=rate, plate=plate) for ticket in tickets_to_invoice(sale.pk))
    return _document(
        slot, title="Vé tàu khách" if is_boat else "Vé xe khách", payment_method=_paid_by(sale),
        seller=_operator(contract.operator), buyer=_customer(sale),
        trustee=_station(contract.station), lines=lines, extras=(Extra(LOOKUP_FIELD, sale.lookup_code),),
    )  # fmt: skip


def _customer(sale: Sale) -> Party:
    """The company that wants the invoice, or whoever gave a name."""
    if sale.buyer_tax_code:
        contact = sale.buyer_name[:_LONGEST_CONTACT]
        return Party(name=sale.buyer_company, tax_code=sale.buyer_tax_code, address=sale.buyer_address, contact=contact)
    return Party(name=sale.buyer_name or CONSUMER)


def _paid_by(sale: Sale) -> str:
    """One way, or all of them in the order of the law's own words."""
    ways = {_PAID_BY[Method(one.method)] for one in (sale.payment, *(p.payment for p in parts_to_invoice(sale.pk)))}
    return "/".join(sorted(ways, reverse=True))


def _ticket_line(ticket: Ticket, *, way: str, rate: Decimal, plate: str) -> Line:
    """One seat, in the words that its ticket was sold with; its fare has the tax inside and stays exact."""
    said = ticket.printed
    departs = clock.local(datetime.fromisoformat(said["planned_at"]))
    return Line.priced(
        f"Cước vận chuyển hành khách {way}",
        TaxedAmount.from_gross(ticket.fare, rate),
        rate=rate,
        unit="vé",
        transport=Transport(plate=display(said["plate"] or plate), origin=said["from"], destination=said["to"]),
        extras=(
            Extra("Giờ xuất bến", f"{departs:%Y-%m-%dT%H:%M:%S}", "dateTime"),
            Extra("Số ghế", ticket.seat_label),
            Extra("Số vé", ticket.code),
        ),
    )


def _document(
    slot: Slot, *, title: str, payment_method: str,
    seller: Party, buyer: Party, trustee: Party | None, lines: tuple[Line, ...], extras: tuple[Extra, ...] = (),
) -> InvoiceDocument:  # fmt: skip
    totals = totals_of(lines)
    words = in_words(totals.gross)
    return InvoiceDocument(
        format_version=slot.series.format_version, title=title,
        template=slot.series.template, symbol=slot.series.symbol, number=slot.number,
        issued_on=clock.local_day(slot.at), payment_method=payment_method,
        seller=seller, buyer=buyer, trustee=trustee, lines=lines, totals=totals, words=words, extras=extras,
    )  # fmt: skip


def _station(station: Station) -> Party:
    return Party(name=station.legal_name, tax_code=station.tax_code, address=station.address, phone=station.phone)


def _operator(operator: Operator) -> Party:
    return Party(
        name=operator.name, tax_code=operator.tax_code, address=operator.address,
        phone=operator.phone, email=operator.email, customer_code=operator.code,
    )  # fmt: skip
