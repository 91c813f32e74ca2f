"""How far a visitor's tour is: which of its steps the database shows done since it began."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, QuerySet
from django.utils.functional import Promise

from demo.accounts import BY_NAME, Account
from demo.enums import LOOKED_AT, Step
from demo.models import Tour
from dispatch.enums import InspectionResult, SignatureField
from dispatch.models import Inspection, Signature
from fees.models import TillClosing
from station.enums import ExitKind, VehicleKind
from station.models import BayBooking, JournalEntry, YardVisit
from ticketing.models import Sale

PLAYED = ":played-"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as the pages show it."""

    step: Step
    number: int
    is_done: bool
    is_current: bool

    @property
    def title(self) -> str:
        return str(self.step.label)

    @property
    def sentence(self) -> str | Promise:
        return self.step.sentence

    @property
    def account(self) -> Account:
        return BY_NAME[self.step.people[0]]


@dataclass(frozen=True, slots=True)
class Itinerary:
    """All steps, the one the visitor is at, and the one to propose next; None where there is none."""

    lines: list[StepLine]
    is_begun: bool

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def open_steps(self) -> list[Step]:
        return [line.step for line in self.lines if not line.is_done]

    @property
    def current(self) -> StepLine | None:
        return next((line for line in self.lines if line.is_current), None)

    @property
    def proposed(self) -> StepLine | None:
        """What to do now: the current step while it is open."""
        here = self.current
        return here if here and not here.is_done else self.following

    @property
    def following(self) -> StepLine | None:
        """The first open step after the current one, else the first open one of all."""
        here = self.current.number if self.current else 0
        still = [line for line in self.lines if not line.is_done and not line.is_current]
        return next((line for line in still if line.number > here), next(iter(still), None))


def tour_by(token: str) -> Tour | None:
    """The tour behind a cookie; None for anything that is no token of ours."""
    try:
        wanted = uuid.UUID(token)
    except ValueError:
        return None
    return Tour.objects.filter(token=wanted).order_by("pk").first()


def itinerary(tour: Tour | None) -> Itinerary:
    ticked = set(tour.ticks.order_by("pk").values_list("step", flat=True)) if tour else set()
    current = tour.step if tour else ""
    lines = [
        StepLine(step, number, is_done=step.value in ticked, is_current=step.value == current)
        for number, step in enumerate(Step, start=1)
    ]
    return Itinerary(lines, is_begun=tour is not None)


def steps_done(tour: Tour, steps: Collection[Step]) -> list[Step]:
    """Which of *steps* were done since *tour* began: one query however many."""
    asked = [step for step in Step if step in steps and step not in LOOKED_AT]
    if not asked:
        return []
    questions = {f"has_{step.value}": Exists(_DONE[step](step.people, tour.started_at)) for step in asked}
    answers = Tour.objects.filter(pk=tour.pk).annotate(**questions).values(*questions).get()
    return [step for step in asked if answers[f"has_{step.value}"]]


People = Collection[str]
Rows = QuerySet[Sale] | QuerySet[BayBooking] | QuerySet[Signature] | QuerySet[Inspection] | QuerySet[YardVisit]
AnyRows = Rows | QuerySet[JournalEntry] | QuerySet[TillClosing]


def _sold(people: People, since: datetime) -> QuerySet[Sale]:
    # What the player of the demonstration sells in their name is nobody's doing.
    rows = Sale.objects.filter(sold_by__username__in=people, sold_at__gte=since)
    return rows.exclude(idempotency_key__contains=PLAYED)


def _moved(people: People, since: datetime) -> QuerySet[BayBooking]:
    return BayBooking.objects.filter(booked_by__username__in=people, booked_at__gte=since)


def _signed(people: People, since: datetime) -> QuerySet[Signature]:
    return Signature.objects.filter(
        signer__username__in=people, field=SignatureField.OPERATOR, requested_at__gte=since
    )  # fmt: skip


def _refused(people: People, since: datetime) -> QuerySet[Inspection]:
    return Inspection.objects.filter(
        checked_by__username__in=people, result=InspectionResult.REFUSED, checked_at__gte=since
    )  # fmt: skip


def _paid_and_left(people: People, since: datetime) -> QuerySet[YardVisit]:
    return YardVisit.objects.filter(
        left_by__username__in=people, left_at__gte=since, exit_kind=ExitKind.DEPARTURE,
        departure__charges__payment__by__username__in=people, departure__charges__payment__at__gte=since,
    )  # fmt: skip


def _bus_came_in(people: People, since: datetime) -> QuerySet[YardVisit]:
    return YardVisit.objects.filter(
        entered_by__username__in=people, entered_at__gte=since, vehicle__kind=VehicleKind.BUS
    )  # fmt: skip


def _sent_again(people: People, since: datetime) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(actor__username__in=people, at__gte=since, action="invoice_issued")


def _closed(people: People, since: datetime) -> QuerySet[TillClosing]:
    return TillClosing.objects.filter(closed_by__username__in=people, closed_at__gte=since)


_DONE: dict[Step, Callable[[People, datetime], AnyRows]] = {
    Step.SELL: _sold,
    Step.MOVE: _moved,
    Step.SIGN: _signed,
    Step.REFUSE: _refused,
    Step.LEAVE: _paid_and_left,
    Step.BUS: _bus_came_in,
    Step.INVOICE: _sent_again,
    Step.CLOSE: _closed,
}
