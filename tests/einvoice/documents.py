"""The two invoices of the samples beside this file, as documents."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from einvoice.rules import Extra, InvoiceDocument, Line, Party, Transport, totals_of
from station.money import TaxedAmount, in_words

SAMPLES = Path(__file__).parent / "samples"
STATION = Party(
    name="CÔNG TY CỔ PHẦN BẾN XE THỬ NGHIỆM",
    tax_code="0100000001",
    address="Số 1 đường Thử Nghiệm, phường Mẫu, tỉnh Mẫu",
    phone="02000000000",
    email="benxe@example.invalid",
)
OPERATOR = Party(
    name="HỢP TÁC XÃ VẬN TẢI THỬ NGHIỆM",
    tax_code="0100000002",
    address="Số 2 đường Thử Nghiệm, phường Mẫu, tỉnh Mẫu",
)


def service_invoice(number: int = 1) -> InvoiceDocument:
    """Station services to an operator: template 1, letter T."""
    lines = (
        service("Dịch vụ xe ra, vào bến", "DV01", 26, 60_000),
        service("Dịch vụ đỗ xe qua đêm", "DV02", 4, 50_000),
        Line.note("Theo bảng đối chiếu tháng 11 năm 2026"),
    )
    totals = totals_of(lines)
    return InvoiceDocument(
        format_version="2.1.0",
        title="Hóa đơn giá trị gia tăng",
        template="1",
        symbol="K26TAA",
        number=number,
        issued_on=date(2026, 11, 22),
        payment_method="Tiền mặt/Chuyển khoản",
        solution_provider="0100000003",
        seller=STATION,
        buyer=Party(
            name=OPERATOR.name,
            tax_code=OPERATOR.tax_code,
            address=OPERATOR.address,
            customer_code="DVVT-0001",
            contact="Nguyễn Văn Thử",
        ),
        lines=lines,
        totals=totals,
        words=in_words(totals.gross),
        extras=(Extra("Kỳ thanh toán", "11/2026"),),
    )


def service(name: str, code: str, quantity: int, price: int) -> Line:
    return Line(
        name=name,
        code=code,
        unit="lượt",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        amount=quantity * price,
        rate="8%",
    )


def ticket(number: int = 101) -> InvoiceDocument:
    """A passenger ticket that the station issues for an operator: template 5, letter G."""
    line = Line.priced(
        "Cước vận chuyển hành khách tuyến cố định",
        TaxedAmount.from_gross(250_000, Decimal("0.08")),
        rate=Decimal("0.08"),
        unit="vé",
        transport=Transport("00B-000.01", "Bến xe Thử Nghiệm A", "Bến xe Thử Nghiệm B"),
        extras=(Extra("Giờ xuất bến", "2026-11-22T18:30:00", "dateTime"), Extra("Số ghế", "A05")),
    )
    totals = totals_of([line])
    return InvoiceDocument(
        format_version="2.1.0",
        title="Vé xe khách",
        template="5",
        symbol="K26GAA",
        number=number,
        issued_on=date(2026, 11, 22),
        payment_method="Tiền mặt",
        solution_provider="0100000003",
        seller=OPERATOR,
        trustee=STATION,
        lines=(line,),
        totals=totals,
        words=in_words(totals.gross),
        with_lookup_code=False,
    )
