"""The bay board: who stands where, and moving them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from station import clock
from station.enums import BoardState
from station.errors import DomainError
from station.forms import MoveForm
from station.models import Bay, Departure
from station.place import StaffRequest
from station.rights import right
from station.rules.timeline import STEP, Bar, Cell, cells, steps
from station.selectors import bays as selectors
from station.selectors.departures import board_state
from station.services.bays import assign_bay
from station.services.departures import open_for_boarding
from station.web import go_to, refuse, submit_once

BEFORE, AFTER = timedelta(minutes=30), timedelta(hours=5)
HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)
REFUSED = 422
MOST_DIGITS = 19  # of an id
STATION_TITLE = "Bến xe "


@dataclass(frozen=True)
class Choice:
    """What the person looks at: a day, its next hours or all of it, as a grid or a list, one departure chosen."""

    day: date
    today: date
    whole_day: bool
    as_list: bool
    chosen: int | None

    @classmethod
    def of(cls, asked: Mapping[str, str], now: datetime) -> "Choice":
        today = clock.local_day(now)
        chosen = asked.get("departure", "")
        return cls(
            day=(day := _day(asked.get("day", "")) or today),
            today=today,
            whole_day=day != today or asked.get("hours") == "all",
            as_list=asked.get("view") == "list",
            chosen=int(chosen) if chosen.isdecimal() and len(chosen) < MOST_DIGITS else None,
        )

    @property
    def as_grid(self) -> bool:
        return not self.as_list

    @property
    def next_hours(self) -> bool:
        return not self.whole_day

    def query(self, **other: str | int) -> str:
        """The same choice as a query string, with *other* in it."""
        asked: dict[str, str | int] = {"day": "" if self.day == self.today else self.day.isoformat()}
        asked |= {"hours": "all" if self.whole_day and self.day == self.today else ""}
        asked |= {"view": "list" if self.as_list else "", **other}
        return urlencode({name: value for name, value in asked.items() if value})


def _day(text: str) -> date | None:
    """A day the board can show, with a day before and after it; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date.min < day < date.max else None


@dataclass(frozen=True)
class BoardRow:
    """One departure as the board shows it."""

    departure: Departure
    state: BoardState
    bay: Bay | None
    is_chosen: bool

    @property
    def place(self) -> str:
        """The destination for a narrow bar: «Mỹ Đình» for «Bến xe Mỹ Đình»."""
        return self.departure.bound_for.name.removeprefix(STATION_TITLE)


@dataclass(frozen=True)
class Mark:
    """A time written above the grid, over *span* steps from step *at* on."""

    moment: datetime
    at: int
    span: int


@dataclass(frozen=True)
class GridRow:
    bay: Bay
    cells: list[tuple[Cell, BoardRow | None]]


@require_GET
@right("station.see_board")
def bays(request: StaffRequest) -> HttpResponse:
    return _board(request, Choice.of(request.GET.dict(), clock.now()))


@require_POST
@right("station.move_bays")
def move_bay(request: StaffRequest) -> HttpResponse:
    choice = Choice.of(request.POST.dict(), clock.now())
    board = selectors.board(request.place.station, choice.day, _night_of(choice))
    form = MoveForm(request.POST, departures=_live(board), bays=board.bays)
    if form.is_valid():
        try:
            moved = submit_once(request, lambda: _moved(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("%(departure)s: bay %(bay)s.") % moved)
            return go_to(request, f"{reverse('station:bays')}?{choice.query()}")
    return _board(request, choice, form=form, status=REFUSED)


def _moved(request: StaffRequest, form: MoveForm) -> Mapping[str, object]:
    booking = assign_bay(
        departure_id=form.cleaned_data["departure"],
        bay_id=form.cleaned_data["bay"].pk,
        by=request.user,
        now=clock.now(),
    )
    return {"departure": str(booking.departure), "bay": booking.bay.code}


@require_POST
@right("station.move_bays")
def open_boarding(request: StaffRequest, departure_id: int) -> HttpResponse:
    """Passengers may board; a refusal becomes its own page or toast."""
    departure = get_object_or_404(Departure, pk=departure_id, station=request.place.station)
    open_for_boarding(departure_id=departure.pk, by=request.user, now=clock.now())
    choice = Choice.of(request.POST.dict(), clock.now())
    return go_to(request, f"{reverse('station:bays')}?{choice.query(departure=departure.pk)}")


def _night_of(choice: Choice) -> datetime:
    """Until when the coaches of the next day count: its first ones take their bays before midnight."""
    return datetime.combine(choice.day, time(), clock.STATION_TIME) + timedelta(days=1) + AFTER + HOUR


def _live(board: selectors.BayBoard) -> list[Departure]:
    return [departure for departure in board.departures if departure.is_live]


def _board(request: StaffRequest, choice: Choice, form: MoveForm | None = None, status: int = 200) -> HttpResponse:
    now = clock.now()
    board = selectors.board(request.place.station, choice.day, _night_of(choice))
    rows = [_row(departure, choice, now) for departure in board.departures]
    chosen = next((row for row in rows if row.is_chosen), None)
    live = _live(board)
    if form is None:
        initial = {"departure": choice.chosen} if chosen and chosen.departure.is_live else {}
        form = MoveForm(initial=initial, departures=live, bays=board.bays)
    of_the_day = [row for row in rows if row.departure.service_on == choice.day]
    start, end = _window(choice, of_the_day, now)
    shown = of_the_day if choice.whole_day else [row for row in rows if start <= row.departure.planned_at < end]
    context = {
        "choice": choice, "form": form, "chosen": chosen, "rows": shown, "now": now,
        "waiting": [row for row in shown if row.bay is None and row.departure.is_live],
        "free": _free_bays(board, chosen),
        "grid": _grid(board, rows, start, end), "hours": _hours(start, end),
        "columns": range(steps(start, end)), "length": steps(start, end),
        "now_step": steps(start, now) if start <= now < end else None,
        "may_move": "station.move_bays" in request.place.rights,
        "grid_query": choice.query(view=""), "list_query": choice.query(view="list"),
        "hours_query": choice.query(hours=""), "day_query": choice.query(hours="all"), "query": choice.query(),
        "day_before": choice.day - timedelta(days=1), "day_after": choice.day + timedelta(days=1),
    }  # fmt: skip
    part = "#move" if status == REFUSED else "#board"
    return render(request, "station/bays.html" + (part if request.htmx else ""), context, status=status)


def _row(departure: Departure, choice: Choice, now: datetime) -> BoardRow:
    booking = getattr(departure, "bay_booking", None)
    bay = booking.bay if booking and (booking.is_live or not departure.is_live) else None
    return BoardRow(departure, board_state(departure, now), bay, departure.pk == choice.chosen)


def _window(choice: Choice, rows: list[BoardRow], now: datetime) -> tuple[datetime, datetime]:
    """The hours of the grid: the next ones, or from the first coach of the day to its last."""
    if not choice.whole_day:
        begun = clock.local(now - BEFORE)
        start = begun.replace(minute=begun.minute // 30 * 30, second=0, microsecond=0)
        return start, start + BEFORE + AFTER
    noon = datetime.combine(choice.day, time(12), clock.STATION_TIME)
    moments = [row.departure.planned_at for row in rows] or [noon]
    first, last = clock.local(min(moments) - HALF_HOUR), clock.local(max(moments) + HOUR)
    return first.replace(minute=0, second=0, microsecond=0), last.replace(minute=0, second=0, microsecond=0) + HALF_HOUR


def _grid(board: selectors.BayBoard, rows: list[BoardRow], start: datetime, end: datetime) -> list[GridRow]:
    by_id = {row.departure.pk: row for row in rows}
    bars: dict[int, list[Bar]] = {bay.pk: [] for bay in board.bays}
    for row in rows:
        bar = _bar(row)
        if row.bay and bar and row.bay.pk in bars:
            bars[row.bay.pk].append(bar)
    grid = []
    for bay in board.bays:
        found = cells(bars[bay.pk], starts_at=start, ends_at=end)
        grid.append(GridRow(bay, [(cell, by_id[cell.key] if cell.key else None) for cell in found]))
    return grid


def _bar(row: BoardRow) -> Bar | None:
    """Until it left, if it left early; a cancelled departure holds nothing."""
    departure = row.departure
    booking = getattr(departure, "bay_booking", None)
    if booking is None or row.state == BoardState.CANCELLED:
        return None
    ends_at = min(booking.period.upper, departure.departed_at or booking.period.upper)
    return Bar(departure.pk, booking.period.lower, ends_at)


def _hours(start: datetime, end: datetime) -> list[Mark]:
    """Every half hour of the grid."""
    moments = [start + HALF_HOUR * number for number in range(-(-(end - start) // HALF_HOUR))]
    return [Mark(moment, steps(start, moment), min(HALF_HOUR, end - moment) // STEP) for moment in moments]


def _free_bays(board: selectors.BayBoard, chosen: BoardRow | None) -> list[Bay]:
    """Bays that are free when the chosen departure needs one."""
    if chosen is None or not chosen.departure.is_live:
        return []
    start, end = selectors.occupation_of(chosen.departure)
    taken = {
        booking.bay_id
        for departure in board.departures
        if departure.pk != chosen.departure.pk and (booking := getattr(departure, "bay_booking", None))
        if booking.is_live and booking.period.lower < end and start < booking.period.upper
    }
    return [bay for bay in board.bays if bay.is_active and bay.pk not in taken]
