"""What was agreed with whom on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from station.models import Contract
from station.models.written_once import asked_often


def contract_on(station_id: int, operator_id: int, day: date) -> Contract | None:
    """The contract between station and operator that is valid on *day*, with both."""
    return next(iter(_contracts(station_id, operator_id, day)), None)


@asked_often
def _contracts(station_id: int, operator_id: int, day: date) -> QuerySet[Contract]:
    valid = Contract.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    rows = valid.filter(station_id=station_id, operator_id=operator_id).select_related("station", "operator")
    return rows.order_by("pk")[:1]
