"""Closing a till: the drawer is counted blind, compared with the ledger, and emptied into the safe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fees import selectors
from fees.enums import Account
from fees.errors import DifferenceNeedsReason, NotANote, TillMayNotClose
from fees.models import CashCount, ClosingCounter, TillClosing
from fees.money import DENOMINATIONS, total_of
from fees.services.ledger import Line, post
from station.enums import TillState
from station.errors import NotYourTill, TillClosed
from station.models import Till, User
from station.models.journal import record
from station.models.locks import lock
from station.money import vnd
from station.questions import ask
from station.rights import has_right
from station.services import tills


@dataclass(frozen=True, slots=True)
class Count:
    """A drawer as it was counted, and what came of it."""

    expected: int
    counted: int
    closing: TillClosing | None

    @property
    def difference(self) -> int:
        return self.counted - self.expected


@transaction.atomic
def count_till(*, till_id: int, counts: Mapping[int, int], by: User, now: datetime) -> Count:
    """The clerk's first, blind count (denomination → notes): closes the till when it fits.

    Otherwise it is kept in the journal, so that nobody counts until it fits unseen, and close_till must follow.
    Raises what close_till raises.
    """
    till = _till_to_close(till_id, by, now)
    counted, expected = _checked_total(counts), selectors.drawer_balance(till)
    if counted == expected:
        return Count(expected, counted, _close(till, counts, expected=expected, reason="", by=by, now=now))
    _keep(till, counted, expected, by=by, now=now)
    return Count(expected, counted, None)


@transaction.atomic
def keep_count(*, till_id: int, counts: Mapping[int, int], by: User, now: datetime) -> None:
    """A count that was refused, and so told what is expected, is written down: the next one is not blind."""
    till = _till_to_close(till_id, by, now)
    _keep(till, _checked_total(counts), selectors.drawer_balance(till), by=by, now=now)


def _keep(till: Till, counted: int, expected: int, *, by: User, now: datetime) -> None:
    facts = {"counted": counted, "expected": expected}
    record(
        action="till_counted", obj=till.journal_name, station_id=till.station_id, by=by, now=now, till=till, facts=facts
    )  # fmt: skip


@transaction.atomic
def close_till(
    *, till_id: int, counts: Mapping[int, int], reason: str, by: User, now: datetime
) -> TillClosing:  # fmt: skip
    """Close with the notes *counts* (denomination → number) found in the drawer.

    Raises NotYourTill, TillClosed, NotANote, TillMayNotClose, DifferenceNeedsReason.
    """
    till = _till_to_close(till_id, by, now)
    counted, expected = _checked_total(counts), selectors.drawer_balance(till)
    if counted != expected and not reason.strip():
        raise DifferenceNeedsReason(counted=vnd(counted), expected=vnd(expected), difference=counted - expected)
    return _close(till, counts, expected=expected, reason=reason.strip(), by=by, now=now)


def _till_to_close(till_id: int, by: User, now: datetime) -> Till:
    """The till, locked against sales: what is read of it afterwards stays so."""
    rows = Till.objects.select_related("station", "shift", "clerk", "counter")
    till = lock(rows.filter(pk=till_id)).get()
    if till.clerk_id != by.pk and not has_right(by, "station.run_shift", till.station, now):
        raise NotYourTill(clerk=str(till.clerk))
    if till.state != TillState.OPEN:
        raise TillClosed
    if reasons := reasons_against(till, now):
        raise TillMayNotClose(reasons=" ".join(reasons))
    return till


def reasons_against(till: Till, now: datetime) -> list[str]:
    """What this app and those above have against closing *till*, each in a sentence."""
    return [str(reason) for answer in ask("till.may_close", till, now) for reason in _as_reasons(answer)]


def _as_reasons(answer: object) -> list[object]:
    if not isinstance(answer, list):
        raise TypeError(answer)
    return answer


def _checked_total(counts: Mapping[int, int]) -> int:
    for denomination in counts:
        if denomination not in DENOMINATIONS:
            raise NotANote(denomination=vnd(denomination))
    return total_of(counts)


def _close(
    till: Till, counts: Mapping[int, int], *, expected: int, reason: str, by: User, now: datetime
) -> TillClosing:  # fmt: skip
    """Empty the drawer into the safe, then take the number: last, so that nobody waits for our work."""
    counted = total_of(counts)
    lines = [
        Line(Account.SAFE, counted),
        Line(Account.DRAWER, -expected, till=till),
        Line(Account.OVER_SHORT, expected - counted),
    ]
    if any(line.amount for line in lines):
        post(station_id=till.station_id, till=till, obj=till.journal_name, text="closing", lines=lines, by=by, now=now)
    closing = _numbered(till, expected=expected, counted=counted, reason=reason, by=by, now=now)
    CashCount.objects.bulk_create(
        CashCount(closing=closing, denomination=denomination, quantity=quantity)
        for denomination, quantity in sorted(counts.items(), reverse=True)
        if quantity
    )
    tills.mark_closed(till_id=till.pk, by=by, now=now)
    # Outside checkers know a person's till as a shift (verify schema), and look for its closing under these words.
    record(
        action="shift_close", obj=f"shift:{till.pk}", station_id=till.station_id, by=by, now=now, till=till,
        facts={"number": closing.number, "counted": counted, "difference": closing.difference},
    )  # fmt: skip
    return closing


def _numbered(
    till: Till, *, expected: int, counted: int, reason: str, by: User, now: datetime
) -> TillClosing:  # fmt: skip
    """The next closing of the station: numbers without gaps, a grand total that never resets."""
    summary = selectors.till_summary(till)
    ClosingCounter.objects.bulk_create([ClosingCounter(station_id=till.station_id)], ignore_conflicts=True)
    counter = lock(ClosingCounter.objects.filter(station_id=till.station_id)).get()
    before = counter.grand_total
    counter.last_number += 1
    counter.grand_total += summary.total + summary.moved
    counter.save(update_fields=["last_number", "grand_total"])
    return TillClosing.objects.create(
        till=till, station_id=till.station_id, number=counter.last_number, expected_cash=expected,
        counted_cash=counted, difference=counted - expected, reason=reason if counted != expected else "",
        taken=summary.total, moved=summary.moved, grand_total_before=before, grand_total_after=counter.grand_total,
        closed_by=by, closed_at=now,
    )  # fmt: skip
