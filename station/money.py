"""Money is a whole number of đồng; tax is arithmetic on it, never a fraction kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Self

_MINUS = "\N{MINUS SIGN}"

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_UNITS_AFTER_TEN = {5: "lăm"}
_UNITS_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
_TRIPLE_UNITS = ("", "nghìn", "triệu")
_BILLION = "tỷ"
OddWord = Literal["lẻ", "linh"]


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount of đồng and the tax inside it; cannot exist unless the three numbers agree."""

    net: int
    tax: int
    gross: int

    def __post_init__(self) -> None:
        if any(type(part) is not int for part in (self.net, self.tax, self.gross)):
            raise TypeError(f"Money is a whole number of đồng: {self!r}")
        if self.net + self.tax != self.gross:
            raise ValueError(f"Net and tax do not add up to gross: {self!r}")

    @classmethod
    def from_net(cls, net: int, rate: Decimal) -> Self:
        """The tax is added to *net*."""
        tax = round_half_up(net * _checked(rate))
        return cls(net=net, tax=tax, gross=net + tax)

    @classmethod
    def from_gross(cls, gross: int, rate: Decimal) -> Self:
        """The price includes the tax and stays exact: 250 000 at 8 % is 231 481 + 18 519."""
        net = round_half_up(gross / (1 + _checked(rate)))
        return cls(net=net, tax=gross - net, gross=gross)

    @classmethod
    def total(cls, parts: Iterable[Self]) -> Self:
        net = tax = 0
        for part in parts:
            net += part.net
            tax += part.tax
        return cls(net=net, tax=tax, gross=net + tax)

    def __add__(self, other: Self) -> Self:
        return type(self)(net=self.net + other.net, tax=self.tax + other.tax, gross=self.gross + other.gross)

    def __neg__(self) -> Self:
        return type(self)(net=-self.net, tax=-self.tax, gross=-self.gross)


def _checked(rate: object) -> Decimal:
    if not isinstance(rate, Decimal) or not 0 <= rate < 1:
        raise ValueError(f"A tax rate is a decimal fraction such as 0.08, not {rate!r}")
    return rate


def round_half_up(amount: Decimal) -> int:
    """Whole đồng; a half goes away from zero, so that a refund mirrors its sale."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def vnd(amount: int) -> str:
    """`1.234.567đ`, with a real minus sign."""
    sign = _MINUS if amount < 0 else ""
    return f"{sign}{abs(amount):,}đ".replace(",", ".")


def in_words(amount: int, *, odd: OddWord = "lẻ") -> str:
    """The amount as it stands on Vietnamese accounting papers: `Một trăm lẻ năm đồng`.

    *odd* is the word between hundreds and a lone unit; both are correct Vietnamese, invoices use `lẻ`.
    """
    number = _read_whole(abs(amount), odd) if amount else _DIGITS[0]
    text = f"âm {number} đồng" if amount < 0 else f"{number} đồng"
    return text[0].upper() + text[1:]


def _read_whole(number: int, odd: OddWord) -> str:
    """Groups of nine digits; the k-th from the right is followed by k times the word for 10⁹."""
    words: list[str] = []
    power = (len(str(number)) - 1) // 9
    for k in range(power, -1, -1):
        group = number // 10 ** (9 * k) % 10**9
        if group:
            words += _read_group(group, odd, follows=bool(words)) + [_BILLION] * k
    return " ".join(words)


def _read_group(group: int, odd: OddWord, *, follows: bool) -> list[str]:
    words: list[str] = []
    for k in (2, 1, 0):
        triple = group // 1000**k % 1000
        if triple:
            words += _read_triple(triple, odd, follows=follows or bool(words))
            words += [_TRIPLE_UNITS[k]] if k else []
    return words


def _read_triple(triple: int, odd: OddWord, *, follows: bool) -> list[str]:
    """Three digits; when something stands before them even a zero hundred is read."""
    hundreds, rest = divmod(triple, 100)
    spoken = hundreds > 0 or follows
    words = [_DIGITS[hundreds], "trăm"] if spoken else []
    return words + _read_below_hundred(rest, odd, after_hundred=spoken)


def _read_below_hundred(rest: int, odd: OddWord, *, after_hundred: bool) -> list[str]:
    tens, unit = divmod(rest, 10)
    if tens == 0:
        return ([odd] if after_hundred else []) + [_DIGITS[unit]] if unit else []
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if unit:
        words.append(_unit_after_tens(tens, unit))
    return words


def _unit_after_tens(tens: int, unit: int) -> str:
    changed = _UNITS_AFTER_TEN if tens == 1 else _UNITS_AFTER_TENS
    return changed.get(unit, _DIGITS[unit])
