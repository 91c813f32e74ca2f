"""Drawing up orders: electronic ones for their operator to sign, paper ones as somebody typed them in."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dispatch import selectors
from dispatch.enums import OrderSource, OrderState
from dispatch.errors import (
    BusNeedsNoOrder,
    DepartureWithoutDriver,
    DepartureWithoutVehicle,
    OrderExists,
    PaperNotValidThatDay,
    PaperNumberUsed,
    PaperOnly,
    ScanRefused,
)
from dispatch.models import DispatchOrder, OrderLeg, OrderNumber
from dispatch.services.contents import contents_of
from station import clock
from station.enums import RouteKind
from station.errors import DepartureNotOpen, DomainError
from station.models import Departure, Station, StoredFile, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox

FIRST_LINE = 1
MAX_SCAN_MEGABYTES = 5
# First bytes tell what a file is; its name and what the browser says about it do not.
_SCAN_TYPES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))

Counters = dict[int, OrderNumber]


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What a dispatcher reads off the paper order, and its photo when there is one."""

    number: str
    valid_from: date
    valid_until: date
    scan: bytes = b""


@transaction.atomic
def create_order(*, departure_id: int, by: User | None, now: datetime) -> DispatchOrder:
    """Draw up the electronic order of one departure, ready for its operator to sign.

    Raises DepartureNotOpen, BusNeedsNoOrder, OrderExists, DepartureWithoutVehicle, DepartureWithoutDriver, PaperOnly.
    """
    departure = _locked([departure_id])[0]
    _refuse_unfit(departure)
    if not departure.operator.signs_electronically:
        raise PaperOnly(operator=departure.operator.name)
    return _draw_up(departure, _electronic(departure), lock_counters([departure], now), by, now)


@transaction.atomic
def draw_up_orders(*, station: Station, day: date, by: User | None, now: datetime) -> list[DispatchOrder]:
    """Draw up every electronic order of *day* whose departure has its coach and driver; the rest is left alone."""
    departures = _locked(selectors.departures_without_order(station, day))
    ready = [departure for departure in departures if _unfitness(departure) is None]
    ready.sort(key=lambda departure: (departure.planned_at, departure.pk))
    counters = lock_counters(ready, now)
    return [_draw_up(departure, _electronic(departure), counters, by, now) for departure in ready]


@transaction.atomic
def enter_paper_order(*, departure_id: int, sheet: PaperSheet, by: User, now: datetime) -> DispatchOrder:
    """Enter the paper order of one departure (TT 12/2020 Đ.25(3)): it goes the same way as an electronic one.

    Its operator signed on paper, so the document is rendered at once, and says so. Raises DepartureNotOpen,
    BusNeedsNoOrder, OrderExists, DepartureWithoutVehicle, DepartureWithoutDriver, PaperNumberUsed, ScanRefused,
    PaperNotValidThatDay.
    """
    departure = _locked([departure_id])[0]
    _refuse_unfit(departure)
    _refuse_wrong_day(departure, sheet)
    media_type = media_type_of(sheet.scan) if sheet.scan else ""
    used = DispatchOrder.objects.filter(operator=departure.operator, paper_number=sheet.number)
    if used.exclude(state=OrderState.CANCELLED).exists():
        raise PaperNumberUsed(number=sheet.number, operator=departure.operator.name)
    draft = DispatchOrder(
        source=OrderSource.PAPER,
        paper_number=sheet.number,
        scan=StoredFile.keep(sheet.scan, media_type=media_type, now=now) if sheet.scan else None,
        valid_from=sheet.valid_from,
        valid_until=sheet.valid_until,
    )
    order = _draw_up(departure, draft, lock_counters([departure], now), by, now)
    order.become(OrderState.SIGNING, by=by, now=now)
    outbox.tell("order.signature_requested", now=now, order_id=order.pk)
    return order


def redraw(departure: Departure, by: User | None, counters: Counters, now: datetime) -> DispatchOrder:
    """A new electronic order in place of a withdrawn one; inside the caller's transaction, all locks taken."""
    _refuse_unfit(departure)
    return _draw_up(departure, _electronic(departure), counters, by, now)


def lock_counters(departures: Iterable[Departure], now: datetime) -> Counters:
    """The last numbers of the operators of *departures* this year, locked together and before the journal."""
    year = clock.local(now).year
    operators = {departure.operator_id for departure in departures}
    fresh = [OrderNumber(operator_id=pk, year=year) for pk in sorted(operators)]
    OrderNumber.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = lock(OrderNumber.objects.filter(operator__in=operators, year=year))
    return {row.operator_id: row for row in rows}


def contents_hash(contents: object) -> str:
    """SHA-256 of the contents in canonical JSON."""
    text = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _locked(departure_ids: Sequence[int]) -> list[Departure]:
    rows = Departure.objects.select_related(
        "operator", "vehicle", "driver", "second_driver", "seat_map", "station", "route__origin", "route__destination"
    )
    return list(lock(rows.filter(pk__in=departure_ids)))


def _unfitness(departure: Departure) -> DomainError | None:
    """Why no order can be drawn up for *departure* now."""
    name = str(departure)
    if not departure.is_live:
        return DepartureNotOpen(departure=name, state=departure.get_state_display())
    if not RouteKind(departure.route.kind).runs_on_order:
        return BusNeedsNoOrder(departure=name)
    if departure.vehicle is None:
        return DepartureWithoutVehicle(departure=name)
    if departure.driver is None:
        return DepartureWithoutDriver(departure=name)
    leg = selectors.live_leg(departure)
    return OrderExists(departure=name, order=leg.order.number) if leg else None


def _refuse_unfit(departure: Departure) -> None:
    if refusal := _unfitness(departure):
        raise refusal


def _refuse_wrong_day(departure: Departure, sheet: PaperSheet) -> None:
    day = clock.local_day(departure.planned_at)
    if not sheet.valid_from <= day <= sheet.valid_until:
        raise PaperNotValidThatDay(
            first=f"{sheet.valid_from:%d/%m/%Y}", last=f"{sheet.valid_until:%d/%m/%Y}", day=f"{day:%d/%m/%Y}"
        )


def media_type_of(scan: bytes) -> str:
    """By its first bytes. Raises ScanRefused."""
    known = next((media_type for start, media_type in _SCAN_TYPES if scan.startswith(start)), None)
    if known is None or len(scan) > MAX_SCAN_MEGABYTES * 1024 * 1024:
        raise ScanRefused(megabytes=MAX_SCAN_MEGABYTES)
    return known


def _electronic(departure: Departure) -> DispatchOrder:
    day = clock.local_day(departure.planned_at)
    return DispatchOrder(source=OrderSource.ELECTRONIC, valid_from=day, valid_until=day)


def _draw_up(
    departure: Departure, draft: DispatchOrder, counters: Counters, by: User | None, now: datetime
) -> DispatchOrder:
    """Number *draft*, take down what it says, and give it its one line."""
    draft.station, draft.operator = departure.station, departure.operator
    draft.created_at, draft.created_by = now, by
    draft.number = _next_number(departure, counters)
    draft.contents = contents_of(departure, draft, by, now)
    draft.contents_sha256 = contents_hash(draft.contents)
    _write(draft)
    OrderLeg.objects.create(order=draft, direction=departure.direction, position=FIRST_LINE, departure=departure)
    record(
        action="dispatch_drawn_up", obj=draft.journal_name, station_id=draft.station_id, by=by, now=now,
        facts={"number": draft.number, "departure": departure.pk, "source": draft.source},
    )  # fmt: skip
    outbox.push(f"orders-{draft.station.code}", now=now)
    outbox.push(f"operator-{draft.operator.code}", now=now)
    return draft


def _write(draft: DispatchOrder) -> None:
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        # Somebody typed in the same sheet for another departure at this very moment.
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "a_paper_sheet_is_entered_once":
            raise
        raise PaperNumberUsed(number=draft.paper_number, operator=draft.operator.name) from error


def _next_number(departure: Departure, counters: Counters) -> str:
    counter = counters[departure.operator_id]
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return f"{departure.operator.code}/{counter.year}/{counter.last_number:06d}"
