"""A visitor's ten minutes: begun, walked step by step, ticked off as the database shows them done."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from demo.enums import LOOKED_AT, Step
from demo.models import Tour, TourTick
from demo.selectors import tour as selectors


def start_tour(*, now: datetime) -> Tour:
    return Tour.objects.create(started_at=now)


@transaction.atomic
def open_step(*, tour: Tour, step: Step, now: datetime) -> None:
    """The visitor goes to *step*; one that only looks is done with that."""
    Tour.objects.filter(pk=tour.pk).update(step=step)
    tour.step = step
    if step in LOOKED_AT:
        _tick(tour, [step], now)


def tick_off(*, tour: Tour, steps: Collection[Step], now: datetime) -> None:
    """Tick those of *steps* that were done since the tour began."""
    _tick(tour, selectors.steps_done(tour, steps), now)


def _tick(tour: Tour, steps: Collection[Step], now: datetime) -> None:
    ticks = [TourTick(tour=tour, step=step, ticked_at=now) for step in steps]
    # Two pages of one visitor may ask at the same moment.
    TourTick.objects.bulk_create(ticks, ignore_conflicts=True)
