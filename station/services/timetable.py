"""Slots whose time changes from a day on («điều chỉnh biểu đồ»)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from station.clock import STATION_TIME, local_day
from station.models import Departure, ServiceSlot, SlotSuspension, Station, User
from station.services.departures import unplan


@transaction.atomic
def change_times(
    *, station: Station, times: Mapping[int, time], since: datetime, by: User | None, now: datetime
) -> list[ServiceSlot]:
    """From *since* on the slots in *times* (by primary key) leave at another time of day.

    A slot is what was registered and stays as it is: it ends, and another one adjusts it, with the same days, places
    and crew. Departures of that day before *since* still run at the old times, those planned for later are taken out
    unless somebody touched them. Slots have a history of their own; the journal tells what was taken out.
    """
    olds = list(ServiceSlot.objects.filter(pk__in=times, station=station).order_by("pk"))
    day = local_day(since)
    _end(olds, day, since)
    unplan(station=station, slots=[slot.pk for slot in olds], since=since, by=by, now=now)
    pairs = [(old, _adjusted(old, times[old.pk], _first_day(times[old.pk], day, since))) for old in olds]
    news = _write(station, [new for _, new in pairs])
    _keep_suspensions({old.pk: new for (old, _), new in zip(pairs, news, strict=True)}, day)
    return news


def _end(olds: list[ServiceSlot], day: date, since: datetime) -> None:
    """An old slot runs a last time on *day* when its departure then is earlier than *since*."""
    earlier = Departure.objects.filter(slot__in=olds, service_on=day, planned_at__lt=since)
    running = set(earlier.values_list("slot_id", flat=True))
    for slot in olds:
        slot.valid_until = day + timedelta(days=1) if slot.pk in running else day
    ServiceSlot.objects.bulk_update(olds, ["valid_until"])


def _first_day(departs_at: time, day: date, since: datetime) -> date:
    leaves = datetime.combine(day, departs_at, STATION_TIME)
    return day if leaves >= since else day + timedelta(days=1)


def _adjusted(old: ServiceSlot, departs_at: time, first_day: date) -> ServiceSlot:
    return ServiceSlot(
        notice_id=old.notice_id, station_id=old.station_id, direction=old.direction, departs_at=departs_at,
        weekdays=old.weekdays, days_of_month=old.days_of_month, valid_from=first_day, seat_map_id=old.seat_map_id,
        vehicle_id=old.vehicle_id, driver_id=old.driver_id, adjusts_id=old.adjusts_id or old.pk,
    )  # fmt: skip


def _write(station: Station, news: list[ServiceSlot]) -> list[ServiceSlot]:
    """New rows; one that ended on this same day and comes back goes on instead."""
    days = {slot.valid_from for slot in news}
    there = {_key(slot): slot for slot in ServiceSlot.objects.filter(station=station, valid_from__in=days)}
    back = {key: there[key] for slot in news if (key := _key(slot)) in there}
    for slot in news:
        if again := back.get(_key(slot)):
            again.valid_until = None
            again.vehicle_id, again.driver_id, again.adjusts_id = slot.vehicle_id, slot.driver_id, slot.adjusts_id
    ServiceSlot.objects.bulk_update(back.values(), ["valid_until", "vehicle", "driver", "adjusts"])
    made = {_key(slot): slot for slot in ServiceSlot.objects.bulk_create(s for s in news if _key(s) not in back)}
    return [back.get(_key(slot)) or made[_key(slot)] for slot in news]


def _key(slot: ServiceSlot) -> tuple[object, ...]:
    return slot.notice_id, slot.direction, slot.departs_at, slot.valid_from


def _keep_suspensions(news: Mapping[int, ServiceSlot], day: date) -> None:
    """Days on which an old slot was not to run are none of the new one's either."""
    known = SlotSuspension.objects.filter(slot__in=news, last_day__gte=day).order_by("pk")
    SlotSuspension.objects.bulk_create(
        SlotSuspension(slot=news[row.slot_id], first_day=row.first_day, last_day=row.last_day, reason=row.reason)
        for row in known
    )
