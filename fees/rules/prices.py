"""The in/out price of a coach (giá dịch vụ xe ra, vào bến): the formula; every figure comes from a dated decision.

units = seats + beds × bed factor; net = units × unit price × time factor; tax on the rounded net; halves go up.
"""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Literal

from station.money import TaxedAmount, round_half_up

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price decision, for one kind of route and one distance band."""

    unit: Literal["seat", "trip"]
    unit_price: int  # đồng before tax
    bed_factor: Decimal = _ONE
    night_from: time | None = None
    night_until: time | None = None
    night_factor: Decimal = _ONE


@dataclass(frozen=True, slots=True)
class PricedDeparture:
    """What one departure costs, and every input that made it so."""

    line: PriceLine
    seats: int
    beds: int
    departs_at: time
    vat_rate: Decimal
    units: Decimal
    factor: Decimal
    amount: TaxedAmount

    def explanation(self) -> dict[str, object]:
        """The inputs as plain JSON values, kept with the charge; numbers with fractions as text."""
        return {
            "unit": self.line.unit,
            "unit_price": self.line.unit_price,
            "seats": self.seats,
            "beds": self.beds,
            "bed_factor": str(self.line.bed_factor),
            "units": str(self.units),
            "departs_at": f"{self.departs_at:%H:%M}",
            "time_factor": str(self.factor),
            "vat_rate": str(self.vat_rate),
            "net": self.amount.net,
            "tax": self.amount.tax,
            "gross": self.amount.gross,
        }


def price_departure(line: PriceLine, *, seats: int, beds: int, departs_at: time, vat_rate: Decimal) -> PricedDeparture:
    """The in/out price; *seats* and *beds* are those of the inspection book, *departs_at* the planned local time."""
    units = _ONE if line.unit == "trip" else seats + beds * line.bed_factor
    factor = line.night_factor if is_within(departs_at, line.night_from, line.night_until) else _ONE
    net = round_half_up(units * line.unit_price * factor)
    return PricedDeparture(
        line=line, seats=seats, beds=beds, departs_at=departs_at, vat_rate=vat_rate,
        units=units, factor=factor, amount=TaxedAmount.from_net(net, vat_rate),
    )  # fmt: skip


def is_within(at: time, start: time | None, until: time | None) -> bool:
    """Is *at* in the window [start, until)? A window that ends at or before its start runs past midnight."""
    if start is None or until is None:
        return False
    if start < until:
        return start <= at < until
    return at >= start or at < until


def is_in_band(distance_km: int, km_from: int, km_to: int | None) -> bool:
    """Distance bands are half open: 100 km is the first of 100–200, not the last of 50–100."""
    return km_from <= distance_km and (km_to is None or distance_km < km_to)
