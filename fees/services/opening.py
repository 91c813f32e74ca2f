"""Opening a till: a person takes a float from the safe."""

from datetime import datetime

from django.db import transaction

from fees.enums import Account
from fees.services.ledger import Line, post
from station.errors import NoOpenShift
from station.models import Shift, Station, Till, User
from station.services import tills


@transaction.atomic
def open_till(*, station: Station, clerk: User, counter_id: int | None, opening_float: int, now: datetime) -> Till:
    """Open the clerk's till in the shift that runs now, with *opening_float* đồng from the safe.

    Raises NoOpenShift, TillAlreadyOpen.
    """
    shift_id = Shift.current_id(station.pk, now)
    if shift_id is None:
        raise NoOpenShift(station=str(station))
    till = tills.open_till(shift_id=shift_id, clerk=clerk, counter_id=counter_id, opening_float=opening_float, now=now)
    if opening_float:
        lines = [Line(Account.DRAWER, opening_float, till=till), Line(Account.SAFE, -opening_float)]
        post(station_id=station.pk, till=till, obj=f"till:{till.pk}", text="float", lines=lines, by=clerk, now=now)
    return till
