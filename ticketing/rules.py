"""Arithmetic of tickets: what a passenger pays, gets back, which legs a seat is taken on, and the ticket's code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from station.money import round_half_up
from station.rules.check_digits import check_digit

_THOUSAND = 1_000
_HUNDRED = 100
CODE_BODY_DIGITS = 17
LOOKUP_BODY_DIGITS = 15
_SCANNED = re.compile(r"(?:^|/)(?P<code>[0-9]{18})(?:/[0-9]{16}/?)?$")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays for a sale, as far as they say. `company` and `address` as its invoice names it."""

    name: str = ""
    phone: str = ""
    tax_code: str = ""
    company: str = ""
    address: str = ""

    @property
    def is_company(self) -> bool:
        return bool(self.tax_code or self.company or self.address)

    def columns(self) -> dict[str, str]:
        """As a sale keeps it."""
        return {f"buyer_{field.name}": getattr(self, field.name) for field in fields(self)}


NOBODY = Buyer()


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction somebody has a right to: *percent* of the posted fare with its surcharge."""

    code: str
    percent: Decimal
    name: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """What is declared on top of the posted fares for some days."""

    percent: Decimal
    name: str = ""
    declared_number: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """How the price of one ticket came about; all in đồng, tax included."""

    list_fare: int
    surcharge: int
    discount: int
    fare: int
    extra: Extra | None = None
    best: Discount | None = None

    @property
    def discount_code(self) -> str:
        return self.best.code if self.best else ""

    def explanation(self) -> dict[str, object]:
        """As the ticket keeps it: each number with the name it goes by; a free ticket says why."""
        said: dict[str, object] = {
            "list_fare": self.list_fare,
            "surcharge": self.surcharge,
            "discount": self.discount,
            "discount_code": self.discount_code,
            "fare": self.fare,
        }
        if self.extra and self.surcharge:
            said |= {
                "surcharge_name": self.extra.name,
                "surcharge_percent": _plain(self.extra.percent),
                "surcharge_declared": self.extra.declared_number,
            }
        if self.best:
            said |= {
                "discount_name": self.best.name,
                "discount_name_en": self.best.name_en,
                "discount_percent": _plain(self.best.percent),
            }
            said |= {} if self.fare else {"reason": self.best.name or self.best.code}
        return said


def _plain(percent: Decimal) -> str:
    """25 and 12.5, never 25.00."""
    return f"{percent.normalize():f}"


def price_ticket(list_fare: int, *, extra: Extra | None = None, discounts: Iterable[Discount] = ()) -> Price:
    """Posted fare plus posted surcharge, less the best single discount.

    Discounts never add up (TT 71/2011 Đ.2); a discounted fare is rounded down to 1 000 đ, a full one stays exact.
    """
    surcharge = round_half_up(list_fare * extra.percent / _HUNDRED) if extra else 0
    full = list_fare + surcharge
    best = max(discounts, key=lambda discount: (discount.percent, discount.code), default=None)
    if best is None or best.percent <= 0:
        return Price(list_fare=list_fare, surcharge=surcharge, discount=0, fare=full, extra=extra)
    reduced = max(full - round_half_up(full * best.percent / _HUNDRED), 0)
    fare = reduced // _THOUSAND * _THOUSAND
    return Price(list_fare=list_fare, surcharge=surcharge, discount=full - fare, fare=fare, extra=extra, best=best)


@dataclass(frozen=True, slots=True)
class RefundRule:
    """Who gives a ticket back at least *before* the departure gets *percent* of the fare."""

    before: timedelta
    percent: int
    km_over: int = -1  # routes longer than this
    km_up_to: int | None = None  # and not longer than this
    is_law: bool = True  # else the operator's own rule


# The least an operator must pay back (TT 36/2024 Đ.14(4)); an operator's own rules may only be better.
STATUTORY_REFUNDS = (
    RefundRule(before=timedelta(hours=2), percent=90, km_up_to=300),
    RefundRule(before=timedelta(hours=1), percent=70, km_up_to=300),
    RefundRule(before=timedelta(hours=4), percent=90, km_over=300),
    RefundRule(before=timedelta(hours=2), percent=70, km_over=300),
)


def refund_percent(rules: Iterable[RefundRule], *, distance_km: int | None, time_left: timedelta) -> int:
    """The best percent that applies, 0 when none does; the hour itself counts as "at least".

    A route of unknown length gets the better of both ladders.
    """
    fitting = (rule.percent for rule in rules if rule.before <= time_left and _fits(rule, distance_km))
    return max(fitting, default=0)


def refund_ladder(rules: Iterable[RefundRule], *, distance_km: int | None) -> list[RefundRule]:
    """The steps that count for a route, the longest before the departure first: a later step that is no worse
    than an earlier one leaves that one out."""
    fitting = [rule for rule in rules if _fits(rule, distance_km)]
    steps: list[RefundRule] = []
    for rule in sorted(fitting, key=lambda rule: (rule.before, -rule.percent, not rule.is_law)):
        if not steps or rule.percent > steps[-1].percent:
            steps.append(rule)
    return steps[::-1]


def _fits(rule: RefundRule, distance_km: int | None) -> bool:
    if distance_km is None:
        return True
    return rule.km_over < distance_km and (rule.km_up_to is None or distance_km <= rule.km_up_to)


def refund_amount(fare: int, percent: int) -> int:
    """*percent* of what was paid, rounded up to 1 000 đ (the law says "at least"), never more than was paid."""
    exact_hundredths = fare * percent
    thousands = -(-exact_hundredths // (_HUNDRED * _THOUSAND))
    return min(thousands * _THOUSAND, fare)


def legs_between(from_position: int, to_position: int) -> range:
    """The legs a seat is taken on: leg n lies between stop n and stop n + 1.

    Raises ValueError when the passenger would not move forward.
    """
    if not 0 <= from_position < to_position:
        raise ValueError(f"No leg from stop {from_position} to stop {to_position}")
    return range(from_position, to_position)


def ticket_code(number: int) -> str:
    """Seventeen digits of *number* and a check digit, so that a mistyped code is seen before it is looked up."""
    if not 0 <= number < 10**CODE_BODY_DIGITS:
        raise ValueError(f"A ticket number has at most {CODE_BODY_DIGITS} digits: {number}")
    body = f"{number:0{CODE_BODY_DIGITS}}"
    return body + check_digit(body)


def is_ticket_code(code: str) -> bool:
    return _is_checked(code, CODE_BODY_DIGITS)


def lookup_code(number: int) -> str:
    """Fifteen digits that nobody can guess and a check digit: what opens the passenger's page and the invoice."""
    if not 0 <= number < 10**LOOKUP_BODY_DIGITS:
        raise ValueError(f"A look-up number has at most {LOOKUP_BODY_DIGITS} digits: {number}")
    body = f"{number:0{LOOKUP_BODY_DIGITS}}"
    return body + check_digit(body)


def is_lookup_code(code: str) -> bool:
    return _is_checked(code, LOOKUP_BODY_DIGITS)


def scanned_code(words: str) -> str:
    """The ticket's digits in what a scanner typed: from the bars, or from the address inside the QR code; or nothing.

    Only what stands behind the last letter is looked at: a Vietnamese input method garbles letters, not digits.
    """
    address = _SCANNED.search(words.strip())
    return address["code"] if address and is_ticket_code(address["code"]) else ""


def _is_checked(code: str, body_digits: int) -> bool:
    is_shaped = len(code) == body_digits + 1 and code.isascii() and code.isdigit()
    return is_shaped and check_digit(code[:-1]) == code[-1]


PARCEL_BODY_DIGITS = 13


def freight(weight_kg: Decimal, *, free_kg: int, per_kg: int, least: int) -> int:
    """đồng for what weighs more than *free_kg*, rounded up to 1 000 đ and *least* at least; nothing within it."""
    beyond = weight_kg - free_kg
    if beyond <= 0:
        return 0
    thousands = (beyond * per_kg / _THOUSAND).to_integral_value(ROUND_CEILING)
    return max(int(thousands) * _THOUSAND, least)


def parcel_code(number: int) -> str:
    """Thirteen digits of *number* and a check digit: shorter than a ticket's, never taken for one."""
    if not 0 <= number < 10**PARCEL_BODY_DIGITS:
        raise ValueError(f"A parcel number has at most {PARCEL_BODY_DIGITS} digits: {number}")
    body = f"{number:0{PARCEL_BODY_DIGITS}}"
    return body + check_digit(body)


def is_parcel_code(code: str) -> bool:
    is_shaped = len(code) == PARCEL_BODY_DIGITS + 1 and code.isascii() and code.isdigit()
    return is_shaped and check_digit(code[:-1]) == code[-1]
