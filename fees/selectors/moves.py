"""Cash that moved, and cash that waits for somebody to count and take it."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from fees.enums import MoveState
from fees.models import CashMove
from station.enums import TillState
from station.models import Till
from station.money import vnd
from station.questions import answers


def moves_of(till: Till) -> QuerySet[CashMove]:
    """What moved out of *till* and into it, or waits to; newest first."""
    rows = CashMove.objects.filter(Q(till=till) | Q(to_till=till)).exclude(state=MoveState.DECLINED)
    return rows.select_related("by", "other", "till__clerk", "to_till__clerk").order_by("-made_at", "-pk")


def offers_to(till: Till) -> QuerySet[CashMove]:
    """Cash that was offered to *till* and not counted yet, oldest first."""
    rows = CashMove.objects.filter(to_till=till, state=MoveState.OFFERED)
    return rows.select_related("by").order_by("made_at", "pk")


def other_tills(till: Till) -> QuerySet[Till]:
    """Open tills of the same station that cash can be handed to."""
    rows = Till.objects.filter(station=till.station_id, state=TillState.OPEN).exclude(pk=till.pk)
    return rows.select_related("clerk", "counter", "shift").order_by("clerk__username", "pk")


@answers("till.may_close")
def hand_overs_in_the_air(till: Till, _now: datetime) -> list[str]:
    """Cash of *till* that two people do not agree on yet."""
    waiting = moves_of(till).filter(state=MoveState.OFFERED)
    return [_reason(move, till) for move in waiting]


def _reason(move: CashMove, till: Till) -> str:
    facts = {"amount": vnd(move.amount), "by": str(move.by), "other": str(move.other)}
    if move.till_id == till.pk:
        return _("%(amount)s wait for %(other)s to take them: wait, or take the offer back.") % facts
    return _("%(by)s hands over %(amount)s: take them or send them back first.") % facts
