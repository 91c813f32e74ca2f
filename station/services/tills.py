"""The till of one person: opened in a shift, closed once counted. The money in it is the business of fees."""

from datetime import datetime

from django.db import IntegrityError, transaction

from station.enums import ShiftState, TillState
from station.errors import ShiftNotOpen, TillAlreadyOpen, TillClosed
from station.models import Counter, Shift, Till, User
from station.models.journal import record
from station.models.locks import lock, share_lock


@transaction.atomic
def open_till(*, shift_id: int, clerk: User, counter_id: int | None, opening_float: int, now: datetime) -> Till:
    """One till for *clerk* in an open shift. Private to fees, which books the float.

    The shift is held so that it cannot close meanwhile. Raises ShiftNotOpen, TillAlreadyOpen.
    """
    share_lock(Shift, shift_id)
    shift = Shift.objects.select_related("station").get(pk=shift_id)
    if shift.state != ShiftState.OPEN:
        raise ShiftNotOpen
    if Till.objects.filter(clerk=clerk, state=TillState.OPEN).exists():
        raise TillAlreadyOpen(clerk=str(clerk))
    counter = Counter.objects.get(pk=counter_id, station=shift.station_id) if counter_id else None
    till = Till(
        station=shift.station, shift=shift, counter=counter, clerk=clerk, opening_float=opening_float, opened_at=now
    )
    try:
        with transaction.atomic():
            till.save()
    except IntegrityError as error:
        raise TillAlreadyOpen(clerk=str(clerk)) from error
    facts = {"float": opening_float, "counter": counter.code if counter else ""}
    record(
        action="till_open", obj=till.journal_name, station_id=till.station_id, by=clerk, now=now, till=till, facts=facts
    )
    return till


@transaction.atomic
def mark_closed(*, till_id: int, by: User, now: datetime) -> Till:
    """The till was counted: nobody books on it any more. Private to fees. Raises TillClosed."""
    till = lock(Till.objects.select_related("shift", "clerk", "station").filter(pk=till_id)).get()
    if till.state != TillState.OPEN:
        raise TillClosed
    till.become(TillState.CLOSED, by=by, now=now, till=till, closed_at=now)
    return till
