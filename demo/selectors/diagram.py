"""Where the demonstration's diagram stands: the slots themselves say it."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from demo.rules.diagram import DAY
from station.models import JournalEntry, ServiceSlot, Station


def standing_slots(station: Station) -> QuerySet[ServiceSlot]:
    """The slots that run on without an end."""
    return ServiceSlot.objects.filter(station=station, valid_until=None).select_related("adjusts").order_by("pk")


def moving_stations() -> QuerySet[Station]:
    """Our stations that something leaves from."""
    return Station.objects.filter(is_ours=True, slots__isnull=False).distinct().order_by("pk")


def offset_at(station: Station) -> timedelta:
    """By how much the diagram of *station* is moved; a slot that somebody registered meanwhile does not count."""
    slot = standing_slots(station).filter(adjusts__isnull=False).first()
    if slot is None or slot.adjusts is None:
        return timedelta()
    moved, own = (datetime.combine(date.min, each.departs_at) for each in (slot, slot.adjusts))
    return (moved - own) % DAY


def current_offset() -> timedelta:
    """By how much the demonstration's diagram is moved; the same everywhere."""
    first = moving_stations().first()
    return offset_at(first) if first else timedelta()


def last_news(station: Station) -> datetime | None:
    """When *station* did something last."""
    last = JournalEntry.objects.filter(chain=f"station:{station.pk}").order_by("-seq").first()
    return last.at if last else None


def made_on() -> date | None:
    """The day on which the diagram was moved last."""
    rows = ServiceSlot.objects.filter(station__is_ours=True, valid_until=None, adjusts__isnull=False)
    return rows.order_by("valid_from").values_list("valid_from", flat=True).first()
