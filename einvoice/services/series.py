"""Which line of numbers a document takes: one per outlet, subject, seller and year."""

from datetime import datetime
from itertools import product
from string import ascii_uppercase

from einvoice import selectors
from einvoice.enums import Subject
from einvoice.models import Series
from station import clock
from station.models import Station
from station.models.locks import lock

# Template and kind letter (TT 91/2026 PL I): 1 VAT invoice, T ordinary; 5 ticket, G ticket that is a VAT invoice.
_FORM = {Subject.SERVICE: ("1", "T"), Subject.TICKET: ("5", "G")}
_LETTERS = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)]


def locked_series(station: Station, subject: Subject, seller_tax_code: str, now: datetime) -> Series:
    """The series of this year, locked until commit; opened when its first document needs it, from number 1 again."""
    year = clock.local(now).year
    of_this_year = {"station": station, "subject": subject, "seller_tax_code": seller_tax_code, "year": year}
    rows = Series.objects.filter(**of_this_year).select_related("station")
    if series := lock(rows).first():
        return series
    template, letter = _FORM[subject]
    symbol = f"K{year % 100:02}{letter}{_outlet_letters(station)}"
    Series.objects.get_or_create(**of_this_year, defaults={"template": template, "symbol": symbol})
    return lock(rows).get()


def _outlet_letters(station: Station) -> str:
    """AA for our first station, AB for the second; kept for good, so two outlets never share a seller's numbers."""
    own, others = selectors.outlet_letters(station)
    if own:
        return own
    first = selectors.outlet_position(station)
    return next(letters for letters in _LETTERS[first:] + _LETTERS[:first] if letters not in others)
