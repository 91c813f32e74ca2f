"""The ca of a station: opened by its lead, handed over when every till in it is counted."""

from datetime import datetime

from django.db import IntegrityError, transaction

from station.enums import ShiftState, TillState
from station.errors import NoShiftNow, ShiftAlreadyOpen, ShiftHasOpenTills, ShiftMayNotClose, ShiftNotOpen
from station.models import Shift, ShiftTemplate, Station, Till, User
from station.models.journal import record
from station.models.locks import lock
from station.questions import ask
from station.rules.shifts import ShiftSpan, ShiftTimes, span_at
from station.selectors import shifts as selectors


@transaction.atomic
def open_shift(*, station: Station, lead: User, now: datetime, template_id: int | None = None) -> Shift:
    """Begin the ca of a template, by default the one that *now* falls into; up to an hour early.

    Raises NoShiftNow, ShiftAlreadyOpen.
    """
    span = _span(station, template_id, now)
    if span is None:
        raise NoShiftNow(station=station.name)
    shift = Shift(
        station=station, name=span.name, business_on=span.business_on, starts_at=span.starts_at, ends_at=span.ends_at,
        lead=lead, opened_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        held = Shift.objects.select_related("lead").get(station=station, starts_at=span.starts_at)
        raise ShiftAlreadyOpen(shift=str(held), lead=str(held.lead)) from error
    record(action="shift_open", obj=shift.journal_name, station_id=station.pk, by=lead, now=now)
    return shift


def _span(station: Station, template_id: int | None, now: datetime) -> ShiftSpan | None:
    templates = ShiftTemplate.objects.filter(station=station).order_by("starts_at", "pk")
    if template_id is not None:
        return selectors.span_of(templates.get(pk=template_id), now)
    return span_at(now, [ShiftTimes(row.name, row.starts_at, row.ends_at) for row in templates])


@transaction.atomic
def close_shift(*, shift_id: int, note: str, by: User, now: datetime) -> Shift:
    """Hand the ca over with *note*; nothing in it changes afterwards.

    Raises ShiftNotOpen, ShiftHasOpenTills, ShiftMayNotClose (what an upper app still misses).
    """
    shift = lock(Shift.objects.select_related("station").filter(pk=shift_id)).get()
    if shift.state != ShiftState.OPEN:
        raise ShiftNotOpen
    still_open = Till.objects.filter(shift=shift, state=TillState.OPEN).select_related("clerk").order_by("pk")
    if still_open:
        raise ShiftHasOpenTills(clerks=", ".join(str(till.clerk) for till in still_open))
    if reasons := reasons_against(shift):
        raise ShiftMayNotClose(reasons="; ".join(reasons))
    shift.become(ShiftState.CLOSED, by=by, now=now, closed_at=now, closed_by=by, hand_over_note=note)
    return shift


def reasons_against(shift: Shift) -> list[str]:
    """What upper apps have against closing *shift*, each in a sentence."""
    answers = ask("shift.may_close", shift)
    return [str(reason) for answer in answers if isinstance(answer, list) for reason in answer]
