"""Coaches in the yard, and the bays booked for departures."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable

from station.enums import ExitKind, VisitState
from station.models.departures import Departure
from station.models.fleet import Vehicle
from station.models.ranges import OneId
from station.models.site import Bay, Station
from station.models.stateful import Stateful


class YardVisit(Stateful):
    """From the gate in to the gate out."""

    noun = "visit"
    transitions = {
        VisitState.IN_YARD: frozenset({VisitState.LEFT}),
        VisitState.LEFT: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="visits")
    plate = models.CharField(max_length=12)
    vehicle = models.ForeignKey(Vehicle, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    departure = models.ForeignKey(
        Departure, null=True, blank=True, on_delete=models.PROTECT, related_name="visits",
        help_text="the departure this visit serves",
    )  # fmt: skip
    passengers_in = models.PositiveSmallIntegerField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    exit_kind = models.CharField(max_length=10, choices=ExitKind, blank=True)
    state = models.CharField(max_length=10, choices=VisitState, default=VisitState.IN_YARD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_plate_is_in_one_yard", fields=["plate"], condition=models.Q(state=VisitState.IN_YARD)
            ),
            models.UniqueConstraint(
                name="one_open_visit_per_departure",
                fields=["departure"],
                condition=models.Q(state=VisitState.IN_YARD),
            ),
            models.CheckConstraint(
                name="a_visit_that_left_says_when_and_how",
                condition=models.Q(state=VisitState.IN_YARD, left_at=None, exit_kind="")
                | (models.Q(state=VisitState.LEFT, left_at__isnull=False) & ~models.Q(exit_kind="")),
            ),
        ]
        indexes = [models.Index(fields=["station", "entered_at"])]

    def __str__(self) -> str:
        return self.plate


class BayBooking(models.Model):
    """A bay kept for one departure for a time. The database refuses two at once; an overstay is a fact of the
    visit, never a refused write. Deferrable, so that a plan may swap two coaches in one transaction."""

    bay = models.ForeignKey(Bay, on_delete=models.PROTECT, related_name="bookings")
    departure = models.OneToOneField(Departure, on_delete=models.PROTECT, related_name="bay_booking")
    period = DateTimeRangeField()
    is_live = models.BooleanField(default=True, help_text="false once cancelled or released")
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_bay_holds_one_departure_at_a_time",
                expressions=[
                    (OneId("bay"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(is_live=True),
                deferrable=Deferrable.IMMEDIATE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bay} – {self.departure}"
