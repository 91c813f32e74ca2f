"""The ca of a station (1–4 people, a lead, a hand-over) and the till of one person inside it."""

from datetime import datetime

from django.conf import settings
from django.db import models

from station.enums import ShiftState, TillState
from station.models.guards import frozen_in, no_delete
from station.models.site import Counter, Station
from station.models.stateful import Stateful


class ShiftTemplate(models.Model):
    """One of the day's ca, by local time: 05–13, 13–21, 21–05."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="shift_templates")
    name = models.CharField(max_length=50)
    starts_at = models.TimeField()
    ends_at = models.TimeField(help_text="before starts_at: ends on the next day")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_ca_per_start", fields=["station", "starts_at"])]

    def __str__(self) -> str:
        return self.name


class Shift(Stateful):
    noun = "shift"
    transitions = {
        ShiftState.OPEN: frozenset({ShiftState.CLOSED}),
        ShiftState.CLOSED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="shifts")
    name = models.CharField(max_length=50)
    business_on = models.DateField(help_text="local day of its start, also for a night shift")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_shifts")
    state = models.CharField(max_length=10, choices=ShiftState, default=ShiftState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="closed_shifts"
    )
    hand_over_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_ca_is_held_once", fields=["station", "starts_at"]),
            models.CheckConstraint(
                name="a_closed_shift_says_when_and_by_whom",
                condition=models.Q(state=ShiftState.OPEN, closed_at=None, closed_by=None)
                | models.Q(state=ShiftState.CLOSED, closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]
        triggers = [
            no_delete(),
            frozen_in(
                "a_closed_shift_stays_as_it_is",
                [ShiftState.CLOSED],
                *("station", "name", "business_on", "starts_at", "ends_at", "lead", "state"),
                *("opened_at", "closed_at", "closed_by", "hand_over_note"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.business_on:%d/%m/%Y}"

    @classmethod
    def current_id(cls, station_id: int, now: datetime) -> int | None:
        shift = cls.current(station_id, now)
        return shift.pk if shift else None

    @classmethod
    def current(cls, station_id: int, now: datetime) -> "Shift | None":
        """The open shift of a station at *now*."""
        return cls.current_at(station_id, now).first()

    @classmethod
    def current_at(cls, station_id: int, now: datetime) -> "models.QuerySet[Shift]":
        """The open shifts of a station at *now*: the first of them, the latest that has begun, is the current one."""
        rows = cls.objects.filter(station_id=station_id, state=ShiftState.OPEN, starts_at__lte=now)
        return rows.order_by("-starts_at")


class Till(Stateful):
    """One person's money inside one shift."""

    noun = "till"
    transitions = {
        TillState.OPEN: frozenset({TillState.CLOSED}),
        TillState.CLOSED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="tills")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="tills")
    counter = models.ForeignKey(Counter, null=True, blank=True, on_delete=models.PROTECT, related_name="tills")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tills")
    opening_float = models.PositiveBigIntegerField(help_text="đồng")
    state = models.CharField(max_length=10, choices=TillState, default=TillState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_till_per_clerk", fields=["clerk"], condition=models.Q(state=TillState.OPEN)
            ),
            models.CheckConstraint(
                name="a_closed_till_says_when",
                condition=models.Q(state=TillState.OPEN, closed_at=None)
                | models.Q(state=TillState.CLOSED, closed_at__isnull=False),
            ),
        ]
        triggers = [
            no_delete(),
            frozen_in(
                "a_till_keeps_what_it_began_with",
                TillState.values,
                *("station", "shift", "clerk", "opening_float", "opened_at"),
            ),
            frozen_in("a_closed_till_stays_closed", [TillState.CLOSED], "state", "counter", "closed_at"),
        ]

    def __str__(self) -> str:
        return f"{self.clerk} – {self.shift}"
