"""Which line of numbers a document takes: one per outlet, subject, seller and year."""

from datetime import datetime
from itertools import product
from string import ascii_uppercase

from einvoice import selectors
from einvoice.enums import Subject
from einvoice.models import Series
from station import clock
from station.models import Station

# Template and kind letter (TT 91/2026 PL I): 1 VAT invoice, T ordinary; 5 ticket, G ticket that is a VAT invoice.
_FORM = {Subject.SERVICE: ("1", "T"), Subject.TICKET: ("5", "G")}
_LETTERS = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)]


def series_for(station: Station, subject: Subject, seller_tax_code: str, now: datetime) -> Series:
    """The series of this year, opened when its first document needs it; numbers begin at 1 again."""
    year = clock.local(now).year
    known = Series.objects.filter(station=station, subject=subject, seller_tax_code=seller_tax_code, year=year)
    if series := known.order_by("pk").first():
        return series
    template, letter = _FORM[subject]
    series, _ = Series.objects.get_or_create(
        station=station,
        subject=subject,
        seller_tax_code=seller_tax_code,
        year=year,
        defaults={"template": template, "symbol": f"K{year % 100:02}{letter}{_outlet_letters(station)}"},
    )
    return series


def _outlet_letters(station: Station) -> str:
    """AA for our first station, AB for the second; kept for good, so two outlets never share a seller's numbers."""
    own, others = selectors.outlet_letters(station)
    if own:
        return own
    first = selectors.outlet_position(station)
    return next(letters for letters in _LETTERS[first:] + _LETTERS[:first] if letters not in others)
