"""Fares as operators declare and post them (L35 Art. 58(2)c, 59(4)): dated, never overwritten."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from station.models import Operator, Route, RouteStop
from ticketing.models import Fare


@transaction.atomic
def set_fare(
    *,
    operator: Operator,
    route: Route,
    from_stop: RouteStop,
    to_stop: RouteStop,
    amount: int,
    valid_from: date,
    declared_number: str = "",
) -> Fare:
    """From *valid_from* on the stretch costs *amount* đồng; the fare before it ends on that day.

    The same fare again changes nothing. Fares that were to begin on or after that day are replaced.
    """
    known = Fare.objects.filter(operator=operator, from_stop=from_stop, to_stop=to_stop)
    current = known.filter(valid_from__lte=valid_from).order_by("-valid_from").first()
    if current and current.valid_until is None and current.amount == amount:
        return current
    known.filter(valid_from__gte=valid_from).delete()
    known.filter(valid_from__lt=valid_from, valid_until=None).update(valid_until=valid_from)
    known.filter(valid_from__lt=valid_from, valid_until__gt=valid_from).update(valid_until=valid_from)
    return Fare.objects.create(
        operator=operator, route=route, from_stop=from_stop, to_stop=to_stop, amount=amount,
        valid_from=valid_from, declared_number=declared_number,
    )  # fmt: skip


@transaction.atomic
def set_fares(
    *,
    operator: Operator,
    route: Route,
    amounts: Mapping[tuple[RouteStop, RouteStop], int],
    valid_from: date,
    declared_number: str = "",
) -> list[Fare]:
    """What *operator* takes between each two stops of *route*, as one declaration lists it."""
    if Fare.objects.filter(operator=operator, route=route).exists():
        return [
            set_fare(
                operator=operator, route=route, from_stop=from_stop, to_stop=to_stop, amount=amount,
                valid_from=valid_from, declared_number=declared_number,
            )
            for (from_stop, to_stop), amount in amounts.items()
        ]  # fmt: skip
    return Fare.objects.bulk_create(
        Fare(
            operator=operator, route=route, from_stop=from_stop, to_stop=to_stop, amount=amount,
            valid_from=valid_from, declared_number=declared_number,
        )
        for (from_stop, to_stop), amount in amounts.items()
    )  # fmt: skip
