"""What the Road Administration is told, what it has received, and what is still missing there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from dispatch.enums import RecordKind, RecordState
from dispatch.models import TransmissionRecord
from dispatch.selectors.orders import live_leg
from station import clock
from station.enums import DepartureState, DocumentKind, ExitKind, MessageState
from station.models import Departure, Document, Driver, Station, YardVisit

_COUNTED = ("in_time", "late", "waiting", "refused")
_SHOWN = ("departure__route__origin", "departure__route__destination", "departure__operator", "visit", "corrects")


def payload_of(departure: Departure, now: datetime) -> str:
    """Canonical JSON of the fields of TT 12/2020 Đ.51(4), and of those that it had before TT 18/2024. *departure* has
    left, on the line of an order."""
    return json.dumps(_facts(departure, now), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _facts(departure: Departure, now: datetime) -> dict[str, Any]:
    station, route, vehicle = departure.station, departure.route, departure.vehicle
    leg = live_leg(departure)
    drivers = [driver for driver in (departure.driver, departure.second_driver) if driver]
    day = clock.local_day(departure.departed_at or now)
    return {
        "station": {"name": station.name, "code": station.official_code or station.code},
        "operator": {"name": departure.operator.name, "tax_code": departure.operator.tax_code},
        "drivers": [_driver(driver, day) for driver in drivers],
        "vehicle": {
            "plate": vehicle.plate if vehicle else "",
            "brand": vehicle.brand if vehicle else "",
            "seats": vehicle.fee_seats + vehicle.fee_beds if vehicle else 0,
        },
        "route": {
            "code": route.code,
            "origin": route.origin.name,
            "destination": route.destination.name,
            "issued_by": route.issuing_authority,
        },
        "planned_at": clock.local(departure.planned_at).isoformat(timespec="seconds"),
        "departed_at": clock.local(departure.departed_at or now).isoformat(timespec="seconds"),
        "passengers": leg.passengers if leg else None,
    }


def _driver(driver: Driver, day: date) -> dict[str, str]:
    papers = Document.objects.filter(driver=driver, kind=DocumentKind.LICENCE, valid_from__lte=day)
    newest = papers.order_by("-valid_from", "-pk").first()
    return {
        "full_name": driver.full_name,
        "licence_class": driver.licence_class,
        "licence_no": newest.number if newest else "",
    }


def records_not_received(before: datetime) -> QuerySet[TransmissionRecord]:
    """Older than *before*, and the administration has not said that it has them; nor has a correction of them."""
    waiting = TransmissionRecord.objects.exclude(state=RecordState.ACKED).filter(created_at__lte=before)
    return _not_corrected(waiting).order_by("pk")


def records_without_message(before: datetime) -> QuerySet[TransmissionRecord]:
    """Still on their way since *before*, and their message is done or given up."""
    rows = TransmissionRecord.objects.filter(state=RecordState.PENDING, created_at__lte=before)
    return rows.exclude(message__state=MessageState.PENDING).order_by("pk")


def _later() -> Exists:
    return Exists(TransmissionRecord.objects.filter(corrects=OuterRef("pk")))


def _not_corrected(rows: QuerySet[TransmissionRecord]) -> QuerySet[TransmissionRecord]:
    return rows.exclude(_later(), state=RecordState.REFUSED)


@dataclass(frozen=True, slots=True)
class RecordDay:
    """How complete the records of one day are; `missing` are departures that left without one."""

    on: date
    left: int
    in_time: int
    late: int
    waiting: int
    refused: int
    missing: int

    @property
    def not_received(self) -> int:
        return self.waiting + self.refused + self.missing

    @property
    def is_complete(self) -> bool:
        return self.left == self.in_time + self.late


def record_days(station: Station, last: date, days: int) -> list[RecordDay]:
    """The last *days* up to *last* on which a coach left, the newest first."""
    span = (last - timedelta(days=days - 1), last)
    told = _told_by_day(station, span)
    left = _left_by_day(station, span)
    return [_record_day(day, left.get(day, 0), told.get(day, {})) for day in sorted({*left, *told}, reverse=True)]


def _record_day(day: date, left: int, told: Mapping[str, int]) -> RecordDay:
    counts = {name: told.get(name, 0) for name in _COUNTED}
    return RecordDay(on=day, left=left, missing=left - sum(counts.values()), **counts)


def _told_by_day(station: Station, span: tuple[date, date]) -> dict[date, dict[str, int]]:
    """Each exit by the newest of its records; late when what was told first was late."""
    rows = TransmissionRecord.objects.filter(~_later(), station=station, visit__left_at__date__range=span)
    acked = Q(state=RecordState.ACKED)
    first_in_time = Q(kind=RecordKind.DEPARTURE, acked_at__lte=F("due_at"))
    in_time = acked & (first_in_time | Q(corrects__acked_at__lte=F("corrects__due_at")))
    counted = rows.values_list(TruncDate("visit__left_at")).annotate(
        in_time=Count("pk", filter=in_time),
        received=Count("pk", filter=acked),
        waiting=Count("pk", filter=Q(state=RecordState.PENDING)),
        refused=Count("pk", filter=Q(state=RecordState.REFUSED)),
    )
    return {
        day: {"in_time": punctual, "late": received - punctual, "waiting": waiting, "refused": refused}
        for day, punctual, received, waiting, refused in counted.order_by()
    }


def _left_by_day(station: Station, span: tuple[date, date]) -> dict[date, int]:
    """Exits on a departure that ran on an order."""
    on_order = Departure.objects.filter(order_legs__isnull=False, state=DepartureState.DEPARTED)
    exits = YardVisit.objects.filter(station=station, exit_kind=ExitKind.DEPARTURE, left_at__date__range=span)
    exits = exits.filter(departure__in=on_order)
    return dict(exits.values_list(TruncDate("left_at")).annotate(Count("pk")).order_by())


def records_on(station: Station, day: date) -> QuerySet[TransmissionRecord]:
    """Records that arose on *day*, as they follow each other."""
    rows = TransmissionRecord.objects.filter(station=station, created_at__date=day)
    return rows.select_related(*_SHOWN).annotate(is_corrected=_later()).order_by("-seq")


def records_to_mend(station: Station, now: datetime) -> Sequence[TransmissionRecord]:
    """Of any day: refused, or on their way for longer than the law gives; the oldest first."""
    rows = TransmissionRecord.objects.filter(station=station)
    stuck = Q(state=RecordState.REFUSED) | Q(state=RecordState.PENDING, due_at__lt=now)
    rows = _not_corrected(rows.filter(stuck))
    return list(rows.select_related(*_SHOWN).order_by("seq"))
