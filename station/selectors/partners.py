"""What was agreed with whom on a day."""

from datetime import date

from django.db.models import Q

from station.models import Contract, Operator, Station


def contract_on(station: Station, operator: Operator, day: date) -> Contract | None:
    """The contract between *station* and *operator* that is valid on *day*."""
    valid = Contract.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    return valid.filter(station=station, operator=operator).order_by("pk").first()
