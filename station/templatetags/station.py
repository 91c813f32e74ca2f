"""How facts of the trade are written: the same on screen, ticket and report, in both languages."""

import uuid
from datetime import date, datetime, time
from decimal import Decimal

import segno
from django import template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from station.rules import plates
from station.rules.barcodes import bar_widths

register = template.Library()

NOTHING = "–"
MINUS = "−"
QUIET_ZONE = 4  # modules of white around a QR code (ISO/IEC 18004)
BAR_QUIET_ZONE = 10  # and beside a bar code (ISO/IEC 15417)
BAR_HEIGHT = 30
WEEKDAYS = (
    gettext_noop("Mon"),
    gettext_noop("Tue"),
    gettext_noop("Wed"),
    gettext_noop("Thu"),
    gettext_noop("Fri"),
    gettext_noop("Sat"),
    gettext_noop("Sun"),
)


@register.filter
def grouped(value: int | str | None) -> str:
    """1061 → 1.061, with a true minus sign; nothing known → a dash."""
    if value is None or value == "":
        return NOTHING
    number = int(value)
    return (MINUS if number < 0 else "") + f"{abs(number):,}".replace(",", ".")


@register.filter
def vnd(value: int | str | None) -> str:
    """Whole đồng: 290000 → 290.000đ. The letter đ, because the display face has no ₫."""
    return NOTHING if value is None or value == "" else f"{grouped(value)}đ"


@register.filter
def percent(value: Decimal | int | str | None) -> str:
    """25.00 → 25%, 12.50 → 12,5%."""
    if value is None or value == "":
        return NOTHING
    return f"{Decimal(value).normalize():f}".replace(".", ",") + "%"


@register.filter
def plate(value: str | None) -> str:
    """A stored plate as it is painted: 28B01005 → 28B-010.05, on a boat HB0334 → HB-0334."""
    return plates.display(value) if value else NOTHING


def _at_the_station(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def hhmm(value: datetime | time | None) -> str:
    """13:45 on the clock of the station."""
    return _clock(value, "%H:%M")


@register.filter
def hhmmss(value: datetime | time | None) -> str:
    """13:21:04, where the second matters (verdicts, last update)."""
    return _clock(value, "%H:%M:%S")


def _clock(value: datetime | time | None, pattern: str) -> str:
    if not value and value != time(0):
        return NOTHING
    return (_at_the_station(value) if isinstance(value, datetime) else value).strftime(pattern)


def _day(value: date) -> date:
    return _at_the_station(value).date() if isinstance(value, datetime) else value


@register.filter
def dmy(value: date | None) -> str:
    """22/11/2026, the day at the station."""
    return _day(value).strftime("%d/%m/%Y") if value else NOTHING


@register.filter
def weekday_dm(value: date | None) -> str:
    """CN 22/11 (Sun 22/11)."""
    if not value:
        return NOTHING
    day = _day(value)
    return f"{_(WEEKDAYS[day.weekday()])} {day:%d/%m}"


@register.simple_tag
def icon(name: str) -> str:
    """One symbol of the sprite, decoration only: the word beside it carries the meaning."""
    address = f"{static('icons/sprite.svg')}#{name}"
    return format_html('<svg class="bx-icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', address)


@register.simple_tag
def qr(payload: str, label: str) -> str:
    """*payload* as an inline QR code; medium correction survives a creased thermal ticket."""
    rows = list(segno.make(payload, error="m", micro=False).matrix_iter(border=QUIET_ZONE))
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="bx-qr" role="img" aria-label="{}" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        '<path d="{}"></path></svg>',
        label,
        squares,
        side=len(rows),
    )


@register.simple_tag
def barcode(digits: str, label: str) -> str:
    """*digits* as a Code 128 for hand scanners: digits alone, which no keyboard layout can spoil."""
    place, bars = BAR_QUIET_ZONE, ""
    for turn, width in enumerate(bar_widths(digits)):
        if turn % 2 == 0:
            bars += f"M{place} 0h{width}v{BAR_HEIGHT}h-{width}z"
        place += width
    return format_html(
        '<svg class="bx-bars" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" '
        'shape-rendering="crispEdges"><path d="{}"></path></svg>',
        label,
        place + BAR_QUIET_ZONE,
        BAR_HEIGHT,
        bars,
    )


@register.filter
def both(words: object) -> str:
    """A label for passengers who read either language: `{{ _("Seat")|both }}` → Ghế <small>/ Seat</small>."""
    with translation.override("vi"):
        first = str(words)
    with translation.override("en"):
        second = str(words)
    return format_html('{} <small lang="en">/ {}</small>', first, second)


@register.filter
def in_fours(digits: str) -> str:
    """1234 5678 9012 3456: how people read a long number aloud."""
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


@register.simple_tag
def idempotency_key() -> str:
    """A hidden key made when the form is drawn: a double click or a resend is answered, not done twice."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())


@register.simple_tag
def meter(part: int, whole: int, label: str) -> str:
    """A small bar, drawn as SVG because the security policy refuses style attributes."""
    share = 0 if not whole else round(100 * min(max(part, 0), whole) / whole)
    return format_html(
        '<svg class="bx-meter" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="{}" height="10"></rect></svg>',
        label,
        share,
    )
