"""One e-invoice as values; the names of the tax format stand in the comments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from station.money import TaxedAmount, round_half_up

# NĐ 254/2026 Đ.10: a buyer who gives no data is named by this fixed phrase.
CONSUMER = "Bán cho người tiêu dùng"
_PLAIN_RATES = ("0%", "5%", "8%", "10%")
_UNTAXED = ("KCT", "KKKNT")
_OTHER_RATE = "KHAC:"


class LineKind(StrEnum):
    """TChat"""

    SERVICE = "1"
    PROMOTION = "2"
    DISCOUNT = "3"
    NOTE = "4"
    SPECIAL = "5"  # special goods, passenger transport among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller, buyer or trustee."""

    name: str
    tax_code: str = ""
    address: str = ""
    customer_code: str = ""
    phone: str = ""
    personal_id: str = ""
    email: str = ""
    contact: str = ""
    bank_account: str = ""
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class Transport:
    """Domestic road transport shows its plate and journey (NĐ 254/2026 PL 5.a.1.2).

    A ticket sold days ahead may not know its coach yet: then the plate is empty and left out.
    """

    plate: str
    origin: str
    destination: str


@dataclass(frozen=True, slots=True)
class Extra:
    """One free field: TTKhac/TTin."""

    name: str
    value: str
    kind: Literal["string", "numeric", "dateTime", "date"] = "string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """HHDVu. `amount` is net of tax; a known `tax` (of a price that includes it) is kept to the đồng."""

    name: str
    amount: int | None = None
    rate: str = ""
    tax: int | None = None
    code: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount: int = 0
    kind: LineKind = LineKind.SERVICE
    transport: Transport | None = None
    extras: tuple[Extra, ...] = ()

    @classmethod
    def priced(
        cls,
        name: str,
        price: TaxedAmount,
        *,
        rate: Decimal | str,
        unit: str = "",
        quantity: int = 1,
        code: str = "",
        transport: Transport | None = None,
        extras: tuple[Extra, ...] = (),
    ) -> Self:
        """A line whose whole price is known and paid: net, tax and gross stay exactly as they are."""
        unit_price = (Decimal(price.net) / quantity).quantize(Decimal("0.000001"))
        return cls(
            name=name,
            amount=price.net,
            tax=price.tax,
            rate=rate if isinstance(rate, str) else rate_label(rate),
            code=code,
            unit=unit,
            quantity=Decimal(quantity),
            unit_price=unit_price,
            kind=LineKind.SPECIAL if transport else LineKind.SERVICE,
            transport=transport,
            extras=extras,
        )

    @classmethod
    def note(cls, text: str) -> Self:
        return cls(name=text, kind=LineKind.NOTE)


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """LTSuat: what one rate adds up to."""

    rate: str
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Totals:
    groups: tuple[TaxGroup, ...]
    net: int
    tax: int
    gross: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """TTHDLQuan: the invoice that this one replaces (1) or adjusts (2), and the reason's code (01-14)."""

    nature: Literal["1", "2"]
    template: str
    symbol: str
    number: int
    issued_on: date
    reason: str = ""
    note: str = ""
    regime: Literal["1", "2", "3", "4"] = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """Everything that the seller signs. Totals and words are stated, as on paper; `problems` checks them."""

    format_version: str
    title: str
    template: str
    symbol: str
    number: int
    issued_on: date
    payment_method: str
    seller: Party
    lines: tuple[Line, ...]
    totals: Totals
    words: str
    buyer: Party | None = None
    trustee: Party | None = None
    solution_provider: str = ""
    related: Related | None = None
    extras: tuple[Extra, ...] = ()
    authority_code: str = ""
    with_lookup_code: bool = True

    @property
    def letter(self) -> str:
        """The kind letter inside the symbol: T ordinary, G ticket, M cash register …"""
        return self.symbol[3:4]

    @property
    def shows_tax(self) -> bool:
        """VAT invoices and VAT tickets; a sales invoice has prices with the tax inside."""
        return self.template == "1" or self.letter == "G"

    @property
    def element_id(self) -> str:
        return f"_{self.template}{self.symbol}-{self.number}"


def rate_label(rate: Decimal) -> str:
    """`8%` for 0.08; a rate without a name of its own is written out as the catalogue asks."""
    percent = (rate * 100).normalize()
    label = f"{percent:f}%"
    return label if label in _PLAIN_RATES else f"{_OTHER_RATE}{percent:05.2f}%"


def rate_value(label: str) -> Decimal | None:
    """The fraction behind a label; nothing for what is not taxed or not declared."""
    if not label or label in _UNTAXED:
        return None
    return Decimal(label.removeprefix(_OTHER_RATE).removesuffix("%")) / 100


def totals_of(lines: Iterable[Line]) -> Totals:
    """One group per rate, in the order of the lines. Known taxes are added; otherwise the group is taxed once."""
    by_rate: dict[str, list[Line]] = {}
    for line in lines:
        if line.amount is not None:
            by_rate.setdefault(line.rate, []).append(line)
    groups = tuple(TaxGroup(rate, _net(group), _tax(rate, group)) for rate, group in by_rate.items())
    net, tax = sum(group.net for group in groups), sum(group.tax for group in groups)
    return Totals(groups=groups, net=net, tax=tax, gross=net + tax)


def _net(lines: list[Line]) -> int:
    return sum(line.amount or 0 for line in lines)


def _tax(rate: str, lines: list[Line]) -> int:
    known = [line.tax for line in lines if line.tax is not None]
    if len(known) == len(lines):
        return sum(known)
    return round_half_up(_net(lines) * (rate_value(rate) or Decimal(0)))
