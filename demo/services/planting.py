"""What is always there for whoever looks: chosen before a round is played, put into its state after it, kept good."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F, Q, QuerySet

from demo.models import Planted, PlayedDay
from demo.rules.script import Fact, Kind, Run, Step
from demo.rules.script_runs import sheet_number
from demo.services.days import HELD_BY, holders, runs_of, script_of
from demo.services.performing import Performer
from demo.services.playing import Player, one_player
from demo.services.rounds import as_laid_out
from dispatch.enums import OrderState, RecordState
from dispatch.models import DispatchOrder, TransmissionRecord
from dispatch.providers import current as road_administration
from dispatch.providers.fake import FakeRoadAdministration
from dispatch.services import PaperSheet, create_order, enter_paper_order, transmit_record
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from einvoice.providers import current
from einvoice.providers.fake import FakeProvider
from einvoice.services import issue_for_sale
from fees.enums import ChargeState
from fees.models import Charge, TillClosing
from station import clock
from station.enums import DepartureState, DocumentKind, Role, TillState, VisitState
from station.errors import DomainError
from station.models import Departure, Document, Station, Till, User, YardVisit
from station.selectors.departures import LIVE
from ticketing.models import Sale

log = logging.getLogger(__name__)

STATION = "HB01"
WHO_SIGNS = "OP01"
# Whose chief the chooser shows without an electronic signature: the photo that is missing is one it can send.
WHO_BRINGS_PAPER = "OP03"
LATE, EXPIRED, UNPAID = "late_coach", "expired_coach", "unpaid_charge"
PAPER, REFUSED, ORDERS = "paper_without_photo", "refused_invoice", "orders_to_sign"
LATE_RECORD = "late_record"
_NEXT_ORDERS = 5
# The script signs what leaves sooner.
_SIGNED_BY_THEN = timedelta(minutes=70)
_RENEWED_FOR = timedelta(days=182)
_REFUSAL = "ERR:20 Ký hiệu hóa đơn chưa được đồng bộ ở nhà cung cấp. Gửi lại sau khi đồng bộ."


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@dataclass(frozen=True, slots=True)
class _Window:
    """When the departure of a planted thing leaves, counted from now; the nearest to *best* is taken."""

    first: timedelta
    last: timedelta
    best: timedelta
    # Afterwards it is no good any more.
    rots: timedelta


_WINDOWS = {
    LATE: _Window(_minutes(-40), _minutes(-12), _minutes(-25), _minutes(-70)),
    EXPIRED: _Window(_minutes(3), _minutes(90), _minutes(18), _minutes(-60)),
    UNPAID: _Window(_minutes(2), _minutes(90), _minutes(10), _minutes(-45)),
    LATE_RECORD: _Window(_minutes(-60), _minutes(-12), _minutes(-25), _minutes(-1440)),
    PAPER: _Window(_minutes(45), _minutes(600), _minutes(80), _minutes(20)),
}


def planted(now: datetime) -> dict[str, list[int]]:
    """Where each thing is now, by primary keys: departures (late_coach, expired_coach, paper_without_photo, and
    late_record, which has left), a charge, an invoice, a closing (short_till), and orders that wait for the operator
    nhaxe1. A thing that is nowhere is []."""
    found: dict[str, list[int]] = {what: [] for what in (*_WINDOWS, REFUSED)}
    for row in Planted.objects.order_by("pk"):
        if _is_good(row, now):
            found[row.what] = [pk for pk in (row.departure_id or row.obj_id,) if pk]
    charges = Charge.objects.filter(departure__in=found[UNPAID], state=ChargeState.DUE).order_by("pk")
    found[UNPAID] = list(charges.values_list("pk", flat=True))
    orders = DispatchOrder.objects.filter(
        operator__code=WHO_SIGNS, state=OrderState.DRAFT, legs__departure__planned_at__gt=now
    )
    found[ORDERS] = list(
        orders.order_by("legs__departure__planned_at", "pk").values_list("pk", flat=True)[:_NEXT_ORDERS]
    )
    short = TillClosing.objects.filter(till__station__code=STATION, difference__lt=0).order_by("-closed_at")
    found["short_till"] = list(short.values_list("pk", flat=True)[:1])
    return found


def choose(now: datetime) -> None:
    """Before a round: which coaches get no further than where they are to be found."""
    for what in (*HELD_BY, LATE_RECORD):
        _renew_choice(what, now)


def plant(now: datetime) -> None:
    """After a round, and from time to time: everything is where it belongs. Nobody else plays there meanwhile."""
    with one_player(Station.objects.get(code=STATION).pk):
        for what, put in _PUT.items():
            try:
                if what != LATE_RECORD:  # of which only a round that is played can make one
                    _renew_choice(what, now)
                put(now)
            except DomainError as refusal:
                log.warning("%s is not planted: %s", what, refusal)


def planted_departures() -> frozenset[int]:
    """Those that get no further than where they are to be found."""
    rows = Planted.objects.exclude(departure=None).exclude(what=LATE_RECORD).order_by("pk")
    return frozenset(pk for pk in rows.values_list("departure_id", flat=True) if pk)


def _station() -> Station | None:
    return Station.objects.filter(code=STATION, is_ours=True).first()


def _renew_choice(what: str, now: datetime) -> None:
    """Leave what is good; else choose the next coach for it."""
    row = Planted.objects.select_related("departure__vehicle").filter(what=what).first()
    if what not in _WINDOWS or (row and _is_good(row, now)):
        return
    if row:
        _release(row, now)
    chosen = _best(what, now)
    values = {"departure_id": chosen.departure if chosen else None, "planted_at": now}
    Planted.objects.update_or_create(what=what, defaults=values)
    if chosen and what == EXPIRED:
        _end_inspection(chosen.departure, now)
    if chosen and what == LATE_RECORD:
        _keep_silent(chosen)


def _best(what: str, now: datetime) -> Run | None:
    """The run that suits *what*: electronic ones where a person shall need few keys, else the nearest in time."""
    station, window = _station(), _WINDOWS[what]
    if station is None:
        return None
    fresh = _untouched(station, now, window)
    is_paper = what == PAPER
    # By night the next coaches may be those of tomorrow, of which nothing is played yet.
    days = {clock.local_day(now + window.first), clock.local_day(now + window.last)}
    runs = [
        run
        for day in sorted(days)
        for run in runs_of(station, day)
        if run.departure in fresh and run.needs_order and run.is_fit and not (is_paper and run.signer)
    ]
    return min(runs, key=lambda run: (not _suits(what, run), abs(run.planned_at - now - window.best)), default=None)


def _suits(what: str, run: Run) -> bool:
    """Better than others, however much later: fewer keys, or somebody in the chooser whose paper it is."""
    if what == PAPER:
        return run.operator == WHO_BRINGS_PAPER
    return what == LATE or bool(run.signer)


def _untouched(station: Station, now: datetime, window: _Window) -> frozenset[int]:
    rows = Departure.objects.filter(
        station=station, state__in=LIVE, planned_at__gte=now + window.first, planned_at__lte=now + window.last
    )
    rows = rows.exclude(pk__in=Planted.objects.exclude(departure=None).values("departure"))
    rows = rows.exclude(pk__in=YardVisit.objects.filter(departure__in=rows).values("departure"))
    if window is _WINDOWS[PAPER]:
        rows = rows.exclude(order_legs__isnull=False)
    return frozenset(rows.order_by("pk").values_list("pk", flat=True))


def _is_good(row: Planted, now: datetime) -> bool:
    if row.what == REFUSED:
        return Invoice.objects.filter(pk=row.obj_id or 0, state=InvoiceState.REFUSED).exists()
    departure = row.departure
    if departure is not None and row.what == LATE_RECORD and departure.state == DepartureState.DEPARTED:
        late = Q(state=RecordState.PENDING) | Q(acked_at__gt=F("due_at"))
        return departure.service_on == clock.local_day(now) and departure.transmission_records.filter(late).exists()
    if departure is None or departure.state not in LIVE:
        return False
    if departure.planned_at - now < _WINDOWS[row.what].rots:
        return False
    return _GOOD[row.what](departure)


def _waits_for_its_check(departure: Departure) -> bool:
    left = YardVisit.objects.filter(departure=departure, state=VisitState.LEFT)
    return not left.exists() and not departure.inspections.exists()


def _is_still_out(departure: Departure) -> bool:
    return not YardVisit.objects.filter(departure=departure).exists()


def _is_unpaid(departure: Departure) -> bool:
    return not departure.charges.exclude(state=ChargeState.DUE).exists()


def _has_no_photo(departure: Departure) -> bool:
    return not departure.order_legs.filter(order__scan__isnull=False).exists()


_GOOD: Mapping[str, Callable[[Departure], bool]] = {
    LATE: _is_still_out,
    EXPIRED: _waits_for_its_check,
    UNPAID: _is_unpaid,
    PAPER: _has_no_photo,
    LATE_RECORD: _is_still_out,
}


def _release(row: Planted, now: datetime) -> None:
    """Nobody took it up: the coach with the old paper gets a new one and goes. What was refused stays refused."""
    if row.what == EXPIRED and row.departure and not row.departure.inspections.exists():
        renewed = clock.local_day(now) + _RENEWED_FOR
        _inspections(row.departure).update(valid_until=renewed)


def _end_inspection(departure_id: int, now: datetime) -> None:
    departure = Departure.objects.get(pk=departure_id)
    _inspections(departure).update(valid_until=clock.local_day(now))


def _keep_silent(run: Run) -> None:
    """The administration does not hear of that coach the first time; a worker sends it again when the round is over."""
    administration = road_administration()
    if isinstance(administration, FakeRoadAdministration):
        administration.say_nothing_once(plate=run.plate, planned_at=run.planned_at)


def _inspections(departure: Departure) -> QuerySet[Document]:
    return Document.objects.filter(vehicle=departure.vehicle_id, kind=DocumentKind.INSPECTION)


# Putting things where they belong


def _bring(what: str, kinds: Sequence[Kind], now: datetime) -> None:
    """The coach of *what* goes through *kinds* of its own script now, unless it has already."""
    row = Planted.objects.filter(what=what).first()
    departure = (
        Departure.objects.select_related("station", "operator").filter(pk=(row and row.departure_id) or 0).first()
    )
    if departure is None:
        return
    station, day = departure.station, departure.service_on
    if departure.operator.signs_electronically and not departure.order_legs.exists():
        Player(station).do(partial(_draw_up, departure.pk, holders(station, Role.DISPATCHER)[0]), at=now)
    played = PlayedDay.objects.select_related("station").filter(station=station, day=day).first()
    script = script_of(played or as_laid_out(station, day, present=now))
    steps = [step for step in script if step.departure == departure.pk and step.kind in kinds]
    Player(station).play((replace(step, at=now), None) for step in steps)


def _put_late(now: datetime) -> None:
    """It is enough that nobody brings it."""


def _put_expired(now: datetime) -> None:
    _bring(EXPIRED, (Kind.SIGN, Kind.ENTER), now)


def _put_unpaid(now: datetime) -> None:
    _bring(UNPAID, (Kind.SIGN, Kind.ENTER, Kind.CHECK), now)


def _put_paper(now: datetime) -> None:
    departure = Planted.objects.get(what=PAPER).departure
    if departure is None or departure.order_legs.exists():
        return
    station, day = departure.station, departure.service_on
    run = next(run for run in runs_of(station, day) if run.departure == departure.pk)
    sheet = PaperSheet(sheet_number(run, day), day, day)
    by = holders(station, Role.DISPATCHER)[0]

    def enter(moment: datetime) -> None:
        enter_paper_order(departure_id=run.departure, sheet=sheet, by=by, now=moment)

    Player(station).do(enter, at=now)


def _put_orders(now: datetime) -> None:
    """In the evening the next ones are those of tomorrow's first coaches."""
    missing = _NEXT_ORDERS - len(planted(now)[ORDERS])
    station = _station()
    if missing <= 0 or station is None:
        return
    rows = Departure.objects.filter(station=station, operator__code=WHO_SIGNS, state__in=LIVE, order_legs=None)
    rows = rows.filter(planned_at__gt=now + _SIGNED_BY_THEN).exclude(vehicle=None).exclude(driver=None)
    by = holders(station, Role.DISPATCHER)[0]
    for pk in rows.order_by("planned_at", "pk").values_list("pk", flat=True)[:missing]:
        Player(station).do(partial(_draw_up, pk, by), at=now)


def _draw_up(departure_id: int, by: User, moment: datetime) -> None:
    create_order(departure_id=departure_id, by=by, now=moment)


def _put_refused(now: datetime) -> None:
    """A ticket is sold whose invoice the provider does not take the first time."""
    row = Planted.objects.filter(what=REFUSED).first()
    provider, station = current(), _station()
    if (row and _is_good(row, now)) or station is None or not isinstance(provider, FakeProvider):
        return
    step = _sale_now(station, now)
    if step is None:
        return
    performer = Performer(station)

    def sell(moment: datetime) -> None:
        performer.perform(replace(step, at=moment))
        sale = Sale.objects.get(idempotency_key__endswith=f":played-{step.key}")
        if invoice := issue_for_sale(sale_id=sale.pk, message_id=None, now=moment):
            provider.refuse_once(key=str(invoice.key), text=_REFUSAL)
            values = {"obj_id": invoice.pk, "planted_at": now}
            Planted.objects.update_or_create(what=REFUSED, defaults=values)

    Player(station).do(sell, at=now)


def _put_late_record(now: datetime) -> None:
    """What was not heard when the coach left is sent again only now."""
    row = Planted.objects.filter(what=LATE_RECORD).first()
    waiting = TransmissionRecord.objects.filter(departure=(row and row.departure_id) or 0, state=RecordState.PENDING)
    for record in waiting.filter(due_at__lt=now):
        Player(record.station).do(partial(_send, record.message_id), at=now)


def _send(message_id: int, moment: datetime) -> None:
    transmit_record(message_id=message_id, clock=lambda: moment)


def _sale_now(station: Station, now: datetime) -> Step | None:
    tills = Till.objects.filter(station=station, state=TillState.OPEN, opened_at__lte=now).select_related("clerk")
    till = tills.filter(clerk__username__startswith="banve").order_by("-clerk__username").first() or tills.first()
    rows = Departure.objects.filter(station=station, state__in=LIVE, is_on_sale=True, planned_at__gt=now + _minutes(30))
    departure = rows.order_by("planned_at", "pk").first()
    if till is None or departure is None:
        return None
    facts: dict[str, Fact] = {
        "count": 1,
        "to_stop": 0,
        "method": "cash",
        "note": 0,
        "reference": "",
        "buyer": "",
        "phone": "",
    }
    return Step(now, Kind.SELL, till.clerk.username, f"sell:{now:%y%m%d%H%M%S}", departure.pk, facts)


_PUT: Mapping[str, Callable[[datetime], None]] = {
    LATE: _put_late,
    EXPIRED: _put_expired,
    UNPAID: _put_unpaid,
    PAPER: _put_paper,
    REFUSED: _put_refused,
    LATE_RECORD: _put_late_record,
    ORDERS: _put_orders,
}
