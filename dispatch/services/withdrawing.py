"""The station takes back a confirmation: the line on the sheet stays as it was, the run goes to the next one."""

from datetime import datetime

from django.db import transaction

from dispatch import selectors
from dispatch.enums import LegState
from dispatch.errors import NotConfirmed, WhyWithdrawn
from dispatch.models import DispatchOrder, OrderLeg
from dispatch.services.admitting import next_line, with_clearance
from station.enums import Milestone
from station.errors import DepartureNotOpen
from station.models import Departure, User
from station.models.locks import lock
from station.services import outbox
from station.services.departures import take_back


@transaction.atomic
def withdraw_confirmation(*, departure_id: int, reason: str, by: User, now: datetime) -> OrderLeg:
    """While the coach still stands here: sale opens again, and the departure is confirmed anew on the line returned.

    What was confirmed is not edited (NĐ 158/2024 Đ.4(7)): its line stays, crossed out, with its passengers, its hour
    and who it was. Raises DepartureNotOpen, NotConfirmed, WhyWithdrawn, NoFreeLine.
    """
    departure = lock(with_clearance(Departure.objects.filter(pk=departure_id))).get()
    if not departure.is_live:
        raise DepartureNotOpen(departure=str(departure), state=departure.get_state_display())
    leg = selectors.live_leg(departure)
    if leg is None or leg.state != LegState.CONFIRMED:
        raise NotConfirmed(plate=str(departure))
    if not reason.strip():
        raise WhyWithdrawn
    order = lock(DispatchOrder.objects.select_related("operator", "station").filter(pk=leg.order_id)).get()
    fresh = next_line(order, departure)
    leg.become(LegState.WITHDRAWN, by=by, now=now, reason=reason.strip())
    fresh.save()
    take_back(departure, Milestone.EXIT_CONFIRMED, by=by, now=now)
    for topic in ("orders", "gate", "sale"):
        outbox.push(f"{topic}-{departure.station.code}", now=now)
    return fresh
