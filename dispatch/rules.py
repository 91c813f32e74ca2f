"""May this coach leave? Pure decisions on plain facts (TT 12/2020 Đ.6, NĐ 158/2024 Đ.4(7))."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found wrong; its sentence stands in dispatch/findings.py under the same code."""

    code: str
    severity: Severity
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """The newest document of one kind; `valid_until` is exclusive, None = no end."""

    kind: str
    number: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class ClearanceFacts:
    """What the station knows about one departure at the moment it is asked."""

    arrives_on: date
    is_bus: bool
    in_yard: bool
    plate: str
    order_plate: str | None  # None: no order
    order_is_issued: bool
    order_covers_day: bool
    has_driver: bool
    licence_fits: bool
    fee_is_settled: bool
    papers: Mapping[str, Paper]


# Kinds that must be there and valid until the coach arrives (checklist V01–V04, D02).
REQUIRED_PAPERS = ("registration", "inspection", "insurance", "badge", "licence")


def clearance(facts: ClearanceFacts) -> list[Finding]:
    """Everything that speaks against leaving, blocks first."""
    findings = [*_order(facts), *_crew(facts), *_papers(facts), *_yard(facts)]
    return sorted(findings, key=lambda finding: finding.severity != Severity.BLOCK)


def blocks(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == Severity.BLOCK]


def _order(facts: ClearanceFacts) -> Iterator[Finding]:
    if facts.is_bus:
        return
    if facts.order_plate is None:
        yield _block("order_missing")
    elif not facts.order_is_issued:
        yield _block("order_not_signed")
    elif facts.order_plate != facts.plate:
        yield _block("order_other_plate", plate=facts.order_plate)
    elif not facts.order_covers_day:
        yield _block("order_not_valid_today")


def _crew(facts: ClearanceFacts) -> Iterator[Finding]:
    if facts.is_bus:
        return
    if not facts.has_driver:
        yield _block("driver_missing")
    elif not facts.licence_fits:
        yield _block("licence_class_too_low")


def _papers(facts: ClearanceFacts) -> Iterator[Finding]:
    for kind in REQUIRED_PAPERS:
        paper = facts.papers.get(kind)
        if paper is None:
            if not facts.is_bus and (kind != "licence" or facts.has_driver):
                yield _block(f"{kind}_missing")
        elif paper.valid_until is not None and paper.valid_until <= facts.arrives_on:
            yield _block(f"{kind}_expired", number=paper.number, day=f"{paper.valid_until:%d/%m/%Y}")


def _yard(facts: ClearanceFacts) -> Iterator[Finding]:
    if not facts.in_yard:
        yield _block("not_in_yard")
    if not facts.fee_is_settled:
        yield _block("fee_unpaid")


def _block(code: str, **facts: str) -> Finding:
    return Finding(code, Severity.BLOCK, facts)
