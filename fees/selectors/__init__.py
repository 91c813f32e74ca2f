"""Reads of money."""

from fees.selectors.charges import (
    charge_of_departure,
    charges_of,
    charges_of_the_day,
    departures_without_charge,
    fact_of,
    open_charges,
    receipt,
    total_of,
    typed_plate,
    with_plate,
)
from fees.selectors.prices import explain, explain_line, pays_monthly, tariff_on, vat_on
from fees.selectors.tills import (
    TillLine,
    TillSummary,
    closing_slip,
    drawer_balance,
    journal_seal,
    last_closing,
    payments_of,
    till_summary,
    till_taken,
)

__all__ = [
    "TillLine",
    "TillSummary",
    "charge_of_departure",
    "charges_of",
    "charges_of_the_day",
    "closing_slip",
    "departures_without_charge",
    "drawer_balance",
    "explain",
    "explain_line",
    "fact_of",
    "journal_seal",
    "last_closing",
    "open_charges",
    "payments_of",
    "pays_monthly",
    "receipt",
    "tariff_on",
    "till_summary",
    "till_taken",
    "total_of",
    "typed_plate",
    "vat_on",
    "with_plate",
]
