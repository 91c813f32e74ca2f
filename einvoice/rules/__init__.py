"""What a Vietnamese e-invoice says and which sums and symbols fit together. Plain values, no framework."""

from einvoice.rules.check import problems
from einvoice.rules.document import (
    CONSUMER,
    Extra,
    InvoiceDocument,
    Line,
    LineKind,
    Party,
    Related,
    TaxGroup,
    Totals,
    Transport,
    rate_label,
    rate_value,
    totals_of,
)
from einvoice.rules.lookup import checksum, lookup_code

__all__ = [
    "CONSUMER",
    "Extra",
    "InvoiceDocument",
    "Line",
    "LineKind",
    "Party",
    "Related",
    "TaxGroup",
    "Totals",
    "Transport",
    "checksum",
    "lookup_code",
    "problems",
    "rate_label",
    "rate_value",
    "totals_of",
]
