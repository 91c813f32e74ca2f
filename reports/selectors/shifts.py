"""The report of one shift (ca): people, tickets, departures, and money as the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncHour

from fees.enums import Account, Method
from fees.models import TillClosing, TillCorrection
from reports.rules import percent, percent_change
from reports.selectors import books
from reports.selectors.attention import Attention, attention, coaches_due
from reports.selectors.pace import Pace, pace_by_till, pace_of_shift
from station import clock
from station.enums import TillState
from station.models import Departure, Operator, Shift, Station, Till, User
from ticketing.models import Refund, Ticket

ON_TIME = timedelta(minutes=5)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OperatorLine:
    operator: Operator
    tickets: int
    held: int


@dataclass(frozen=True, slots=True)
class TillLine:
    till: Till
    tickets: int
    cash: int
    not_cash: int
    moved: int
    closing: TillClosing | None
    difference: int
    is_blind: bool
    pace: Pace


@dataclass(frozen=True, slots=True)
class HourLine:
    starts_at: datetime
    tickets: int


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Coaches that should have left by now, that left, and that left on time."""

    due: int
    left: int
    on_time: int

    @property
    def percent(self) -> Decimal | None:
        return percent(self.on_time, self.due)


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """Ticket money is held for the operators: it is never part of what the station earned."""

    shift: Shift
    tickets_held: int
    tickets_sold: int
    tickets_returned: int
    pace: Pace
    week_ago: "WeekAgo | None"
    departures: Punctuality
    cash_difference: int
    services: Sequence[books.ServiceLine]
    methods: Sequence[books.MethodLine]
    operators: Sequence[OperatorLine]
    tills: Sequence[TillLine]
    hours: Sequence[HourLine]
    attention: Sequence[Attention]
    corrections: Sequence[TillCorrection]

    @property
    def corrected(self) -> int:
        """Of earlier tills, booked in this shift."""
        return sum(row.payment.amount for row in self.corrections)

    @property
    def is_blind(self) -> bool:
        """Whoever reads has a drawer to count in this shift: what is in the drawers is not for them yet."""
        return any(line.is_blind for line in self.tills)

    @property
    def held_change(self) -> Decimal | None:
        """Percent against the same ca a week ago."""
        return percent_change(self.tickets_held, self.week_ago.tickets_held) if self.week_ago else None

    @property
    def sold_change(self) -> Decimal | None:
        return percent_change(self.tickets_sold, self.week_ago.tickets_sold) if self.week_ago else None

    @property
    def tills_closed(self) -> int:
        return sum(line.closing is not None for line in self.tills)

    @property
    def moved(self) -> int:
        return sum(line.moved for line in self.tills)

    @property
    def services_net(self) -> int:
        return sum(line.net for line in self.services)

    @property
    def services_tax(self) -> int:
        return sum(line.tax for line in self.services)

    @property
    def services_collected(self) -> int:
        return sum(line.collected for line in self.services)

    @property
    def money_in(self) -> int:
        return sum(line.total for line in self.methods)

    @property
    def cash_in(self) -> int:
        return sum(line.total for line in self.methods if line.method == Method.CASH)

    @property
    def not_cash_in(self) -> int:
        return self.money_in - self.cash_in


@dataclass(frozen=True, slots=True)
class WeekAgo:
    """The same ca one week earlier."""

    shift: Shift
    tickets_held: int
    tickets_sold: int


def shifts_of(station: Station) -> QuerySet[Shift]:
    """Newest first."""
    return Shift.objects.filter(station=station).select_related("station", "lead", "closed_by").order_by("-starts_at")


def newest_shift(station: Station, now: datetime) -> Shift | None:
    """The shift that runs, else the last one that did."""
    return Shift.current(station.pk, now) or shifts_of(station).filter(starts_at__lte=now).first()


def newest_day(station: Station, now: datetime) -> date:
    """The business date of newest_shift; today, where no shift ever was."""
    shift = newest_shift(station, now)
    return shift.business_on if shift else clock.local_day(now)


def neighbours(shift: Shift) -> tuple[Shift | None, Shift | None]:
    """The shifts of the station before and after *shift*."""
    rows = Shift.objects.filter(station=shift.station_id)
    before = rows.filter(starts_at__lt=shift.starts_at).order_by("-starts_at").first()
    after = rows.filter(starts_at__gt=shift.starts_at).order_by("starts_at").first()
    return before, after


def shift_report(shift: Shift, *, now: datetime, reader: User | None = None) -> ShiftReport:
    """*reader* is who looks at it: a drawer of their own that is not counted stays blind."""
    return ShiftReport(
        shift=shift,
        tickets_held=_held(shift),
        tickets_sold=_tickets(shift).count(),
        tickets_returned=Refund.objects.filter(payment__till__shift=shift).count(),
        pace=pace_of_shift(shift),
        week_ago=_week_ago(shift),
        departures=_punctuality(shift, now),
        cash_difference=sum(books.differences(shift).values()),
        corrections=_corrections(shift),
        services=books.by_service(shift),
        methods=books.by_method(shift),
        operators=_operators(shift),
        tills=_tills(shift, reader),
        hours=_hours(shift),
        attention=attention(shift, now),
    )


def _held(shift: Shift) -> int:
    return -books.balance(books.of_shift(shift), Account.HELD_FOR_OPERATOR)


def _tickets(shift: Shift) -> QuerySet[Ticket]:
    """Sold in *shift*, whatever became of them."""
    return Ticket.objects.filter(sale__till__shift=shift)


def _week_ago(shift: Shift) -> WeekAgo | None:
    then = shifts_of(shift.station).filter(starts_at=shift.starts_at - WEEK).first()
    return WeekAgo(then, _held(then), _tickets(then).count()) if then else None


def _punctuality(shift: Shift, now: datetime) -> Punctuality:
    due = Departure.objects.filter(coaches_due(shift, now))
    left = due.exclude(departed_at=None)
    on_time = left.filter(departed_at__lte=F("planned_at") + ON_TIME)
    return Punctuality(due=due.count(), left=left.count(), on_time=on_time.count())


def _operators(shift: Shift) -> list[OperatorLine]:
    held = books.held_by_operator(shift)
    rows = _tickets(shift).values_list("departure__operator").order_by("departure__operator").annotate(Count("pk"))
    sold = dict(rows)
    operators = Operator.objects.filter(pk__in={*held, *sold}).order_by("code")
    lines = [OperatorLine(one, sold.get(one.pk, 0), held.get(one.pk, 0)) for one in operators]
    return sorted(lines, key=lambda line: -line.held)


def _tills(shift: Shift, reader: User | None) -> list[TillLine]:
    tills = Till.objects.filter(shift=shift).select_related("clerk", "counter", "closing").order_by("opened_at", "pk")
    money, differences, moved = books.by_till(shift), books.differences(shift), books.moved_by_till(shift)
    tickets = dict(_tickets(shift).values_list("sale__till").order_by("sale__till").annotate(Count("pk")))
    paces = pace_by_till(shift)
    return [
        TillLine(
            till=till,
            tickets=tickets.get(till.pk, 0),
            cash=money.get(till.pk, books.TillMoney()).cash,
            not_cash=money.get(till.pk, books.TillMoney()).not_cash,
            moved=moved.get(till.pk, 0),
            closing=getattr(till, "closing", None),
            difference=differences.get(till.pk, 0),
            is_blind=reader is not None and till.clerk_id == reader.pk and till.state == TillState.OPEN,
            pace=paces.get(till.pk, Pace()),
        )
        for till in tills
    ]


def _corrections(shift: Shift) -> list[TillCorrection]:
    """Of tills closed earlier, booked at the tills of *shift*."""
    rows = TillCorrection.objects.filter(payment__till__shift=shift)
    return list(rows.select_related("payment", "closing", "by", "approved_by").order_by("pk"))


def _hours(shift: Shift) -> list[HourLine]:
    """Every hour of the shift, and those outside it in which something was sold."""
    rows = _tickets(shift).annotate(hour=TruncHour("sold_at", tzinfo=clock.STATION_TIME)).values_list("hour")
    sold = dict(rows.order_by("hour").annotate(Count("pk")))
    hour, hours = clock.local(shift.starts_at).replace(minute=0, second=0, microsecond=0), set(sold)
    while hour < shift.ends_at:
        hours.add(hour)
        hour += timedelta(hours=1)
    return [HourLine(hour, sold.get(hour, 0)) for hour in sorted(hours)]
