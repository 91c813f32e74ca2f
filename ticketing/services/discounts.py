"""What the office enters: who pays less, and what is declared on top. Dated: a row is ended, never overwritten."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from station.models.locks import lock
from ticketing.errors import PriceOver, PriceOverlaps
from ticketing.models import DiscountGroup, Surcharge


@transaction.atomic
def open_group(group: DiscountGroup) -> DiscountGroup:
    """*group* counts from its first day on. Raises PriceOverlaps when the same code is known for the same operator."""
    known = DiscountGroup.objects.filter(code=group.code, operator=group.operator_id)
    _refuse_overlap(known, group.valid_from, group.valid_until)
    group.save(force_insert=True)
    return group


@transaction.atomic
def open_surcharge(surcharge: Surcharge) -> Surcharge:
    """*surcharge* counts on its days. Raises PriceOverlaps when another one names the same coaches and days."""
    known = Surcharge.objects.filter(
        operator=surcharge.operator_id, route=surcharge.route_id, direction=surcharge.direction
    )
    _refuse_overlap(known, surcharge.valid_from, surcharge.valid_until)
    surcharge.save(force_insert=True)
    return surcharge


@transaction.atomic
def end_group(*, pk: int, on: date) -> DiscountGroup:
    """The last day is the one before *on*. Raises PriceOver."""
    row = lock(DiscountGroup.objects.filter(pk=pk)).get()
    _end(row, on)
    return row


@transaction.atomic
def end_surcharge(*, pk: int, on: date) -> Surcharge:
    """The last day is the one before *on*. Raises PriceOver."""
    row = lock(Surcharge.objects.filter(pk=pk)).get()
    _end(row, on)
    return row


def _end(row: DiscountGroup | Surcharge, on: date) -> None:
    if on <= row.valid_from or (row.valid_until and row.valid_until <= on):
        raise PriceOver(name=row.name)
    row.valid_until = on
    row.save(update_fields=["valid_until"])


def _refuse_overlap(
    known: "QuerySet[DiscountGroup] | QuerySet[Surcharge]", first: date, until: date | None
) -> None:  # fmt: skip
    later = known.filter(Q(valid_until=None) | Q(valid_until__gt=first))
    if until is not None:
        later = later.filter(valid_from__lt=until)
    if found := later.order_by("valid_from", "pk").first():
        raise PriceOverlaps(name=found.name)
