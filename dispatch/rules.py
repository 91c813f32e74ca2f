"""What is next for this coach, and may it leave? Pure decisions on plain facts (TT 12/2020 Đ.6, NĐ 158/2024 Đ.4(7))."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


class OrderStanding(StrEnum):
    """How far the operator's side of an order is."""

    UNSIGNED = "unsigned"
    SIGNING = "signing"
    ISSUED = "issued"


class FeeStanding(StrEnum):
    SETTLED = "settled"
    DUE = "due"
    MISSING = "missing"


class Step(StrEnum):
    """What is done next with a coach at a station, in the order of the law (TT 12/2020 Đ.6)."""

    ENTER = "enter"
    CHECK = "check"
    PAY = "pay"
    CONFIRM = "confirm"
    LET_OUT = "let_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found wrong; its sentence stands in dispatch/selectors/findings.py under the same code."""

    code: str
    severity: Severity
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        return self.severity == Severity.BLOCK


@dataclass(frozen=True, slots=True)
class Paper:
    """The document of one kind that counts now; `valid_until` is exclusive, None = no end."""

    kind: str
    number: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class CrewMember:
    name: str
    licence_fits: bool
    licence: Paper | None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the order of a departure says, as it was signed."""

    standing: OrderStanding
    plate: str
    drivers: tuple[str, ...]
    covers_day: bool


@dataclass(frozen=True, slots=True)
class ClearanceFacts:
    """What the station knows about one departure at the moment it is asked."""

    arrives_on: date
    runs_on_order: bool  # not a city bus, not a boat
    in_yard: bool
    plate: str
    order: OrderFacts | None
    crew: tuple[CrewMember, ...]
    fee: FeeStanding
    papers: Mapping[str, Paper]


# Papers of the vehicle that must be there and valid until the coach arrives (checklist V01–V04).
VEHICLE_PAPERS = ("registration", "inspection", "insurance", "badge")
# What only the operator can put right: shown to it before it signs.
OPERATORS_OWN = frozenset(
    {"order_other_plate", "order_other_driver", "driver_missing", "licence_class_too_low", "licence_missing"}
    | {"licence_expired"}
    | {f"{kind}_{what}" for kind in VEHICLE_PAPERS for what in ("missing", "expired")}
)

# What later steps put right, or the worker in a moment: no reason to refuse a coach at the check.
_NOT_FOR_THE_CHECK = frozenset({"fee_unpaid", "fee_missing", "order_being_signed"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a coach is on its way through the station."""

    in_yard: bool
    serves_live_departure: bool
    needs_order: bool
    is_checked: bool
    fee: FeeStanding
    is_confirmed: bool


def next_step(at: Progress) -> Step:
    """The one thing to do next; a coach that serves no departure has only the way out."""
    if not at.in_yard:
        return Step.ENTER
    if not at.serves_live_departure:
        return Step.LET_OUT
    if at.needs_order and not (at.is_checked or at.is_confirmed):
        return Step.CHECK
    # Buses and boats may run where no decision sets an in/out price for them.
    if at.fee == FeeStanding.DUE or (at.fee == FeeStanding.MISSING and at.needs_order):
        return Step.PAY
    if at.needs_order and not at.is_confirmed:
        return Step.CONFIRM
    return Step.LET_OUT


def clearance(facts: ClearanceFacts) -> list[Finding]:
    """Everything that speaks against leaving, blocks first."""
    findings = [*_order(facts), *_crew(facts), *_papers(facts), *_yard(facts)]
    return sorted(findings, key=lambda finding: not finding.blocks)


def blocks(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.blocks]


def for_the_check(findings: Iterable[Finding]) -> list[Finding]:
    """Those for which a coach is refused before it may take its departure."""
    return [finding for finding in findings if finding.blocks and finding.code not in _NOT_FOR_THE_CHECK]


def for_the_operator(findings: Iterable[Finding]) -> list[Finding]:
    """Those that the operator must put right before it signs."""
    return [finding for finding in findings if finding.code in OPERATORS_OWN]


def _order(facts: ClearanceFacts) -> Iterator[Finding]:
    order = facts.order
    if not facts.runs_on_order:
        return
    if order is None:
        yield _block("order_missing")
        return
    if order.standing == OrderStanding.UNSIGNED:
        yield _block("order_not_signed")
    elif order.standing == OrderStanding.SIGNING:
        yield _block("order_being_signed")
    if order.plate != facts.plate:
        yield _block("order_other_plate", plate=order.plate)
    if order.drivers != tuple(member.name for member in facts.crew):
        yield _block("order_other_driver", drivers=", ".join(order.drivers))
    if not order.covers_day:
        yield _block("order_not_valid_that_day")


def _crew(facts: ClearanceFacts) -> Iterator[Finding]:
    if not facts.crew and facts.runs_on_order:
        yield _block("driver_missing")
    for member in facts.crew:
        if not member.licence_fits:
            yield _block("licence_class_too_low", driver=member.name)
        if member.licence is None:
            if facts.runs_on_order:
                yield _block("licence_missing", driver=member.name)
        elif has_ended(member.licence, facts.arrives_on):
            yield _block("licence_expired", driver=member.name, **_of(member.licence))


def _papers(facts: ClearanceFacts) -> Iterator[Finding]:
    for kind in VEHICLE_PAPERS:
        paper = facts.papers.get(kind)
        if paper is None:
            if facts.runs_on_order:
                yield _block(f"{kind}_missing")
        elif has_ended(paper, facts.arrives_on):
            yield _block(f"{kind}_expired", **_of(paper))


def _yard(facts: ClearanceFacts) -> Iterator[Finding]:
    if not facts.in_yard:
        yield _block("not_in_yard")
    if facts.fee == FeeStanding.DUE:
        yield _block("fee_unpaid")
    # Buses and boats may run where no decision sets an in/out price for them.
    if facts.fee == FeeStanding.MISSING and facts.runs_on_order:
        yield _block("fee_missing")


def has_ended(paper: Paper, day: date) -> bool:
    return paper.valid_until is not None and paper.valid_until <= day


def _of(paper: Paper) -> dict[str, str]:
    """Number and last day of validity, as printed on the paper."""
    last = paper.valid_until - timedelta(days=1) if paper.valid_until else None
    return {"number": paper.number, "day": f"{last:%d/%m/%Y}" if last else ""}


def _block(code: str, **facts: str) -> Finding:
    return Finding(code, Severity.BLOCK, facts)


def masked_name(full_name: str) -> str:
    """What a stranger on the road may read of a person's name: `Trần Văn Bình` → `Trần Văn B.`"""
    words = full_name.split()
    return " ".join([*words[:-1], f"{words[-1][0]}."]) if words else ""
