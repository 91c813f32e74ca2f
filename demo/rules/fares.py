"""Invented fares between the stops of a route."""

from collections.abc import Sequence
from itertools import combinations

_STEP = 5_000
_LEAST = 15_000


def stretch_fares(kms: Sequence[int], fare: int) -> dict[tuple[int, int], int]:
    """The fare between each two stops at *kms* from the origin: in proportion, up to whole 5 000 đ, never more than
    the full *fare* of the whole way."""
    whole = kms[-1] - kms[0]
    return {
        (start, end): min(fare, max(_LEAST, _up(fare * (kms[end] - kms[start]), whole)))
        for start, end in combinations(range(len(kms)), 2)
    }


def _up(amount: int, divisor: int) -> int:
    return -(-amount // (divisor * _STEP)) * _STEP
