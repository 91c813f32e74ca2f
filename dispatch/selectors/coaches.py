"""One coach on the desk: how far it is, what is wrong with it in words, and what is done with it next."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import DispatchOrder, Inspection, OrderLeg
from dispatch.rules import FeeStanding, Finding, Progress, Step, for_the_check, for_the_operator, next_step
from dispatch.selectors.findings import sentence
from fees.enums import ChargeState
from fees.models import Charge
from fees.money import cash_rounding
from station.clock import local, local_day
from station.enums import RouteKind, VisitState
from station.models import Departure, Station, User, YardVisit

# Driver and coach are present ten minutes before departure (TT 12/2020 Đ.27(10)).
EXPECTED_BEFORE = timedelta(minutes=10)
LATE_IN_HOURS = 120  # minutes; from here on nobody counts them
STEPS: dict[Step, Promise | str] = {
    Step.ENTER: gettext_lazy("Let in"),
    Step.CHECK: gettext_lazy("Check"),
    Step.PAY: gettext_lazy("Take payment"),
    Step.CONFIRM: gettext_lazy("Confirm departure"),
    Step.LET_OUT: gettext_lazy("Let out"),
}
# The steps themselves put these right: no fault of a coach that has not come to them.
_OF_A_STEP = frozenset({"fee_unpaid", "fee_missing", "not_in_yard"})
_PASSES_BY_ITSELF = frozenset({"order_being_signed"})
_OF_THE_ORDER = frozenset({"order_missing", "order_not_signed"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one sentence; `tone` as in the house's colours: stop, warn, or "" for what may still come."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class StepMark:
    """A step of the way: who did it when, or whether it is the one to do now."""

    step: Step
    label: str
    at: datetime | None
    by: User | None
    is_next: bool


@dataclass
class Coach:
    """A row of the desk. Without departure: a coach that nobody expected; without visit: one that is not in yet."""

    station: Station
    plate: str
    departure: Departure | None
    visit: YardVisit | None
    now: datetime
    leg: OrderLeg | None = None
    charge: Charge | None = None
    inspection: Inspection | None = None
    findings: list[Finding] = field(default_factory=list)
    fee: FeeStanding = FeeStanding.MISSING
    sold: int = 0
    places: int = 0
    is_listed: bool = True
    elsewhere: str = ""  # the time of the departure for which it stands in the yard now
    known_sheet: DispatchOrder | None = None

    @cached_property
    def is_inside(self) -> bool:
        return self.visit is not None and self.visit.state == VisitState.IN_YARD

    @property
    def is_gone(self) -> bool:
        return self.visit is not None and not self.is_inside

    @cached_property
    def needs_order(self) -> bool:
        return self.departure is not None and RouteKind(self.departure.route.kind).runs_on_order

    @property
    def is_confirmed(self) -> bool:
        return self.leg is not None and self.leg.confirmed_at is not None

    @property
    def has_passed(self) -> bool:
        return self.inspection is not None and self.inspection.has_passed

    @cached_property
    def step(self) -> Step | None:
        """None: it has left, nobody named a coach, or the coach first runs another departure."""
        if self.is_gone or self.elsewhere or not self.plate:
            return None
        return next_step(
            Progress(
                in_yard=self.is_inside,
                serves_live_departure=self.departure is not None and self.departure.is_live,
                needs_order=self.needs_order,
                is_checked=self.has_passed,
                fee=self.fee,
                is_confirmed=self.is_confirmed,
            )
        )

    @property
    def step_label(self) -> str:
        return str(STEPS[self.step]) if self.step else ""

    @property
    def leaves_empty(self) -> bool:
        return self.departure is None or not self.departure.is_live

    @cached_property
    def address(self) -> str:
        """The query of the desk that chooses this coach and no other."""
        return urlencode({"q": self.plate, "at": self.station.code})

    @property
    def bay(self) -> str:
        booking = getattr(self.departure, "bay_booking", None) if self.departure else None
        return booking.bay.code if booking and booking.is_live else ""

    @property
    def passengers(self) -> int:
        """As confirmed, else as many as hold a ticket."""
        return self.leg.passengers if self.leg and self.leg.passengers is not None else self.sold

    @property
    def cash(self) -> int:
        """What is due, in whole notes."""
        return self.charge.gross + cash_rounding(self.charge.gross) if self.charge else 0

    @property
    def takes_paper(self) -> bool:
        """A sheet is typed in with the check: there is no order yet."""
        return self.step == Step.CHECK and self.leg is None

    @property
    def needs_paper(self) -> bool:
        """Its operator signs on paper, and no sheet of it is known."""
        return self.takes_paper and self.departure is not None and not self.departure.operator.signs_electronically

    @property
    def was_refused(self) -> bool:
        return self.step == Step.CHECK and self.inspection is not None and not self.inspection.has_passed

    @property
    def is_of_another_day(self) -> bool:
        return self.departure is not None and self.departure.service_on != local_day(self.now)

    @property
    def refused_because(self) -> list[str]:
        """As the last check found it, whatever has been put right since."""
        if not self.was_refused or self.inspection is None:
            return []
        return [sentence(Finding(one["code"], "block", one["facts"])) for one in self.inspection.findings]  # type: ignore[arg-type]

    @cached_property
    def problems(self) -> list[Problem]:
        """The worst first. Empty: nothing is wrong."""
        if self.is_gone or self.step is None:
            return list(self._waiting())
        found = [*self._faults(), *self._refusal(), *self._lateness(), *self._waiting()]
        return sorted(found, key=lambda one: ("stop", "warn", "").index(one.tone))

    def _faults(self) -> Iterator[Problem]:
        if self.departure is None:
            yield Problem("warn", _("No departure here is known for this coach."))
        elif not self.departure.is_live:
            text = _("Its departure is «%(state)s»: it leaves without passengers.")
            yield Problem("warn", text % {"state": self.departure.get_state_display()})
        for finding in self._blocking():
            tone = "" if finding.code in _PASSES_BY_ITSELF else "stop"
            if not self.is_inside and finding.code in _OF_THE_ORDER:
                tone = ""
            yield Problem(tone, sentence(finding))

    def _blocking(self) -> list[Finding]:
        """What matters at the step that comes next."""
        if self.step == Step.ENTER:
            unsigned = [finding for finding in self.findings if finding.code == "order_not_signed"]
            return [*for_the_operator(self.findings), *unsigned]
        found = for_the_check(self.findings) if self.step == Step.CHECK else self.findings
        own = {"order_missing"} if self.takes_paper and (self.needs_paper or self.known_sheet) else set()
        return [one for one in found if one.code not in _OF_A_STEP | own]

    def _refusal(self) -> Iterator[Problem]:
        if self.was_refused and self.inspection is not None and not self._blocking():
            text = _("Refused at %(at)s, put right since: check again.")
            yield Problem("warn", text % {"at": f"{local(self.inspection.checked_at):%H:%M}"})

    def _lateness(self) -> Iterator[Problem]:
        if self.departure is None or not self.departure.is_live:
            return
        late = int((self.now - self.departure.planned_at).total_seconds() // 60)
        if late >= LATE_IN_HOURS:
            text = _("%(hours)s h late") if self.is_inside else _("%(hours)s h late, not in the yard")
            yield Problem("warn", text % {"hours": late // 60})
        elif late > 0:
            text = _("%(minutes)s min late") if self.is_inside else _("%(minutes)s min late, not in the yard")
            yield Problem("warn", text % {"minutes": late})
        elif not self.is_inside and self.departure.planned_at - self.now <= EXPECTED_BEFORE:
            yield Problem("warn", _("Not in the yard yet"))
        elif self.step == Step.LET_OUT and -late > EXPECTED_BEFORE.total_seconds() // 60:
            # Whoever holds a ticket comes for the time on it; boats wait at their pier, ready from the start.
            text = _("%(minutes)s min before its time")
            yield Problem("warn" if self.needs_order else "", text % {"minutes": -late})

    def _waiting(self) -> Iterator[Problem]:
        if self.is_gone:
            return
        if not self.plate:
            yield Problem("warn", _("No coach is named for this departure yet."))
        elif self.elsewhere:
            yield Problem("", _("In the yard for %(time)s; this comes next.") % {"time": self.elsewhere})

    @property
    def marks(self) -> list[StepMark]:
        """The whole way with who did what when; buses and boats have fewer steps."""
        visit, check, leg, charge = self.visit, self.inspection, self.leg, self.charge
        paid = charge.payment if charge and charge.state == ChargeState.PAID else None
        done: dict[Step, tuple[datetime | None, User | None]] = {
            Step.ENTER: (visit.entered_at, visit.entered_by) if visit else (None, None),
            Step.CHECK: (check.checked_at, check.checked_by) if check and check.has_passed else (None, None),
            Step.PAY: (paid.at, paid.by) if paid else (None, None),
            Step.CONFIRM: (leg.confirmed_at, leg.confirmed_by) if leg else (None, None),
            Step.LET_OUT: (visit.left_at, visit.left_by) if visit else (None, None),
        }
        way = list(Step)
        if not self.needs_order:
            way = [step for step in way if step not in {Step.CHECK, Step.CONFIRM}]
        if not self.needs_order and charge is None:
            way.remove(Step.PAY)
        return [StepMark(step, str(STEPS[step]), *done[step], is_next=step == self.step) for step in way]
