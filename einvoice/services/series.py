"""Which line of numbers a document takes: one per outlet, subject, seller and year."""

from datetime import datetime
from itertools import product
from string import ascii_uppercase

from django.db.models import QuerySet

from einvoice import selectors
from einvoice.enums import Subject
from einvoice.models import Series
from station import clock
from station.models import Station
from station.models.locks import lock
from station.models.written_once import Changes, asked_often, changed_often

# Template and kind letter (TT 91/2026 PL I): 1 VAT invoice, T ordinary; 5 ticket, G ticket that is a VAT invoice.
_FORM = {Subject.SERVICE: ("1", "T"), Subject.TICKET: ("5", "G")}
_LETTERS = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)]


def locked_series(station: Station, subject: Subject, seller_tax_code: str, now: datetime) -> Series:
    """The series of this year, locked until commit; opened when its first document needs it, from number 1 again."""
    year = clock.local(now).year
    if not (found := _locked(station.pk, subject, seller_tax_code, year)):
        _open(station, subject, seller_tax_code, year)
        found = _locked(station.pk, subject, seller_tax_code, year)
    [series] = found
    series.station = station
    return series


@asked_often
def _locked(station_id: int, subject: Subject, seller_tax_code: str, year: int) -> QuerySet[Series]:
    rows = Series.objects.filter(station=station_id, subject=subject, seller_tax_code=seller_tax_code, year=year)
    return lock(rows)


@changed_often
def take_number(series_id: int, number: int, at: datetime) -> Changes:
    """Write *number* down as the last one of the locked series."""
    return Series.objects.filter(pk=series_id), {"last_number": number, "last_at": at}


def _open(station: Station, subject: Subject, seller_tax_code: str, year: int) -> None:
    template, letter = _FORM[subject]
    symbol = f"K{year % 100:02}{letter}{_outlet_letters(station)}"
    named = {"station": station, "subject": subject, "seller_tax_code": seller_tax_code, "year": year}
    Series.objects.get_or_create(**named, defaults={"template": template, "symbol": symbol})


def _outlet_letters(station: Station) -> str:
    """AA for our first station, AB for the second; kept for good, so two outlets never share a seller's numbers."""
    own, others = selectors.outlet_letters(station)
    if own:
        return own
    first = selectors.outlet_position(station)
    return next(letters for letters in _LETTERS[first:] + _LETTERS[:first] if letters not in others)
