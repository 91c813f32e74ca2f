"""Cash is made of notes: what can be counted, and what a debt becomes when it is paid in notes."""

from collections.abc import Mapping

# Notes in use. Smaller ones exist in law but not in drawers.
DENOMINATIONS = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
SMALLEST_NOTE = DENOMINATIONS[-1]


def cash_rounding(amount: int) -> int:
    """What must be added to *amount* đồng so that notes can pay it: 56 376 → −376, 46 980 → +20; a half goes up.

    A refund mirrors its sale.
    """
    size = abs(amount)
    paid = (size + SMALLEST_NOTE // 2) // SMALLEST_NOTE * SMALLEST_NOTE
    return paid - size if amount >= 0 else size - paid


def total_of(counts: Mapping[int, int]) -> int:
    """đồng in a drawer, from denomination → number of notes."""
    return sum(denomination * quantity for denomination, quantity in counts.items())
