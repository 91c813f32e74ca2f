"""Any sold ticket by a few keys: the end of its code, the end of a phone number, or seat and time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Right

from station.clock import local
from station.models import Station
from ticketing import rules
from ticketing.enums import LIVE_STATES
from ticketing.models import Ticket
from ticketing.selectors.tickets import tickets

TAIL = 5  # digits; both columns have an index on so many
MOST_FOUND = 50
_JUST_LEFT = timedelta(hours=6)
_SOON = timedelta(hours=12)
_DAYS = range(-1, 8)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody remembers of a ticket: digits of its code or of a phone, or a seat, and perhaps a time."""

    digits: str = ""
    seat: str = ""
    at: time | None = None

    @property
    def is_whole_code(self) -> bool:
        return len(self.digits) == rules.CODE_BODY_DIGITS + 1


def found_tickets(wanted: Wanted, stations: Sequence[Station], now: datetime) -> list[Ticket]:
    """Tickets sold at *stations* that fit, those of the next departures first; at most MOST_FOUND."""
    here = tickets().filter(sale__station__in=stations)
    if wanted.is_whole_code:
        return list(here.filter(code=wanted.digits).order_by("pk"))
    found = _by_digits(here, wanted.digits) if wanted.digits else _by_seat(here, wanted, now)
    return sorted(found, key=lambda ticket: _nearness(ticket, now))[:MOST_FOUND]


def _by_digits(here: QuerySet[Ticket], digits: str) -> Iterable[Ticket]:
    """By the ends of code and phone. Two questions, because one with OR would use neither index."""
    tail = digits[-TAIL:]
    codes = here.alias(tail=Right("code", TAIL)).filter(tail=tail, code__endswith=digits)
    # That there is a phone is said as the index says it: only then does the database use it.
    called = here.filter(~Q(sale__buyer_phone="")).alias(tail=Right("sale__buyer_phone", TAIL))
    phones = called.filter(tail=tail, sale__buyer_phone__endswith=digits)
    newest = [rows.order_by("-sold_at", "-pk")[: MOST_FOUND * 4] for rows in (codes, phones)]
    return {ticket.pk: ticket for rows in newest for ticket in rows}.values()


def _by_seat(here: QuerySet[Ticket], wanted: Wanted, now: datetime) -> Iterable[Ticket]:
    rows = here.filter(seat_label__iexact=wanted.seat)
    if wanted.at is None:
        near = Q(departure__planned_at__gte=now - _JUST_LEFT, departure__planned_at__lte=now + _SOON)
    else:
        today = datetime.combine(local(now).date(), wanted.at, tzinfo=local(now).tzinfo)
        near = Q(departure__planned_at__in=[today + timedelta(days=days) for days in _DAYS])
    return rows.filter(near).order_by("-sold_at", "-pk")[: MOST_FOUND * 4]


def _nearness(ticket: Ticket, now: datetime) -> tuple[bool, bool, timedelta]:
    """Still good before over, still to leave before gone, and then by time."""
    left = ticket.departure.planned_at - now
    return (ticket.state not in LIVE_STATES, left < -_JUST_LEFT, abs(left))
