"""Who works when: the ca of a day, the team of each, their tills and their hand-over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.rules.script_steps import Fact, Kind, Step

FLOAT = 2_000_000
SHORT = 20_000
_SHORT_REASON = "Thối nhầm cho khách một tờ 20.000 đ, đã báo trưởng ca."
_NOTES = (
    "Bàn giao đủ sổ sách, két đã kiểm đếm. Không có việc tồn.",
    "Đã bàn giao két và chìa khóa quầy. Khách đông buổi sáng, không có sự cố.",
    "Két khớp sổ. Nhắc ca sau kiểm tra giấy tờ các xe sắp hết hạn.",
)
_NOTE_SHORT = "Một két thiếu 20.000 đ, đã ghi lý do. Còn lại khớp sổ, không có việc tồn."
# Counters stop before the ca ends and count; the one who takes station fees, and the lead, stop last.
_SELLERS_STOP = timedelta(minutes=6)
_CASHIER_STOPS = timedelta(minutes=3)
_HANDED_OVER = timedelta(minutes=1)
_CLOSING = timedelta(minutes=8)


@dataclass(frozen=True, slots=True)
class Ca:
    """One shift of one day, from *starts_at* until before *ends_at*."""

    starts_at: datetime
    ends_at: datetime

    @property
    def is_night(self) -> bool:
        """One that runs past midnight, by the clock of its own time zone."""
        return self.starts_at.date() != self.ends_at.date()

    @property
    def name(self) -> str:
        return self.starts_at.isoformat()


@dataclass(frozen=True, slots=True)
class Staff:
    """Usernames by what they do; the first of each work while a visitor looks. A lead may do everything."""

    leads: tuple[str, ...]
    clerks: tuple[str, ...]
    dispatchers: tuple[str, ...]
    guards: tuple[str, ...]
    # A lead of several sites has one till only, at one of them.
    lead_has_till: bool = False
    counters: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    """Who works a ca: the sellers first, then who takes station fees."""

    lead: str
    sellers: tuple[str, ...]
    cashier: str
    dispatcher: str
    guard: str
    tills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shifts:
    cas: tuple[Ca, ...]
    staff: Staff
    present: datetime

    def ca_at(self, at: datetime) -> Ca:
        """The ca that holds *at*; the first or the last when none does."""
        begun = [ca for ca in self.cas if ca.starts_at <= at]
        return begun[-1] if begun else self.cas[0]

    def team_at(self, at: datetime) -> Team:
        return self.team_of(self.ca_at(at))

    def team_of(self, ca: Ca) -> Team:
        """The first team from the ca of the present on; before it by turns, and one lead alone through a night."""
        if ca.ends_at > self.present:
            return _team(self.staff, 0)
        if ca.is_night and len(self.staff.leads) > 1:
            return _alone(self.staff)
        later = [other for other in self.cas if ca.starts_at < other.starts_at <= self.present]
        return _team(self.staff, max(len(later), 1) % 2)

    @property
    def short_ca(self) -> Ca | None:
        """The ca before that of the present."""
        over = [ca for ca in self.cas if ca.ends_at <= self.present]
        return over[-1] if over and over[-1] is not self.cas[-1] else None

    def at_a_till(self, at: datetime) -> datetime:
        """*at*, or when the next ca has begun if it falls into the minutes in which drawers are counted."""
        ca = self.ca_at(at)
        # Before the first ca of the day works the night shift of the day before, which ends where that one begins.
        ends_at = ca.ends_at if ca.starts_at <= at else ca.starts_at
        if ends_at - _CLOSING <= at < ends_at:
            return ends_at + timedelta(seconds=40 + at.second)
        return at


def _team(staff: Staff, number: int) -> Team:
    clerks = _pair(staff.clerks, number) or (_turn(staff.leads, number),)
    lead = _turn(staff.leads, number)
    dispatcher = _turn(staff.dispatchers, number) if staff.dispatchers else lead
    cashier = dispatcher if staff.dispatchers else clerks[0]
    with_lead = (lead,) if staff.lead_has_till and number == 0 else ()
    tills = tuple(dict.fromkeys([*clerks, cashier, *with_lead]))
    return Team(lead, clerks, cashier, dispatcher, _turn(staff.guards, number) if staff.guards else lead, tills)


def _alone(staff: Staff) -> Team:
    lead = staff.leads[-1]
    guard = staff.guards[-1] if staff.guards else lead
    return Team(lead, (lead,), lead, lead, guard, (lead,))


def _pair(names: Sequence[str], number: int) -> tuple[str, ...]:
    """Two of *names* for each team; fewer names serve every team."""
    two = tuple(names[2 * number : 2 * number + 2])
    return two or tuple(names[:2])


def _turn(names: Sequence[str], number: int) -> str:
    return names[number % len(names)]


def shift_steps(shifts: Shifts) -> list[Step]:
    return [step for number, ca in enumerate(shifts.cas) for step in _steps_of(ca, number, shifts)]


def _steps_of(ca: Ca, number: int, shifts: Shifts) -> Iterator[Step]:
    team = shifts.team_of(ca)
    is_short = ca is shifts.short_ca
    yield Step(ca.starts_at, Kind.OPEN_SHIFT, team.lead, f"open_shift:{ca.name}", facts={"ca": ca.name})
    for place, clerk in enumerate(team.tills):
        opened: dict[str, Fact] = {
            "ca": ca.name,
            "float": FLOAT,
            "counter": place if place < shifts.staff.counters else -1,
        }
        yield Step(ca.starts_at, Kind.OPEN_TILL, clerk, f"open_till:{ca.name}:{clerk}", facts=opened)
    for place, clerk in enumerate(team.tills):
        stops = ca.ends_at - (_CASHIER_STOPS if clerk in {team.cashier, team.lead} else _SELLERS_STOP)
        counted: dict[str, Fact] = {"ca": ca.name, "short": 0, "reason": ""}
        if is_short and not place:
            counted |= {"short": SHORT, "reason": _SHORT_REASON}
        at = stops + timedelta(seconds=11 * place)
        yield Step(at, Kind.CLOSE_TILL, clerk, f"close_till:{ca.name}:{clerk}", facts=counted)
    note = _NOTE_SHORT if is_short else _NOTES[number % len(_NOTES)]
    closed: dict[str, Fact] = {"ca": ca.name, "note": note}
    yield Step(ca.ends_at - _HANDED_OVER, Kind.CLOSE_SHIFT, team.lead, f"close_shift:{ca.name}", facts=closed)
