"""One run on one day."""

from datetime import date, datetime, timedelta

from django.db import models

from station.clock import local
from station.enums import DepartureKind, DepartureState, Direction
from station.models.fleet import Driver, SeatMap, Vehicle
from station.models.network import Route, ServiceSlot
from station.models.partners import Operator
from station.models.site import Station
from station.models.stateful import Stateful

State = DepartureState


class Departure(Stateful):
    noun = "departure"
    transitions = {
        State.PLANNED: frozenset({State.BOARDING, State.DEPARTED, State.CANCELLED, State.MISSED}),
        State.BOARDING: frozenset({State.DEPARTED, State.CANCELLED, State.MISSED}),
        State.DEPARTED: frozenset({State.ARRIVED}),
        State.ARRIVED: frozenset(),
        State.CANCELLED: frozenset(),
        State.MISSED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="departures")
    slot = models.ForeignKey(ServiceSlot, null=True, blank=True, on_delete=models.PROTECT, related_name="departures")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="departures")
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.OUT)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="departures")
    kind = models.CharField(max_length=10, choices=DepartureKind, default=DepartureKind.REGULAR)
    service_on = models.DateField(help_text="local day")
    planned_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, blank=True, help_text="it was announced to leave so late")
    vehicle = models.ForeignKey(Vehicle, null=True, blank=True, on_delete=models.PROTECT, related_name="departures")
    driver = models.ForeignKey(Driver, null=True, blank=True, on_delete=models.PROTECT, related_name="departures")
    second_driver = models.ForeignKey(Driver, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seat_map = models.ForeignKey(SeatMap, null=True, blank=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    # Told from above (architecture: push down).
    is_on_sale = models.BooleanField(default=False, help_text="the station sells tickets for it")
    order_issued_at = models.DateTimeField(null=True, blank=True)
    exit_confirmed_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_slot_departs_once_a_day", fields=["slot", "service_on"]),
            models.CheckConstraint(
                name="a_departed_departure_says_when",
                condition=models.Q(state__in=[State.DEPARTED, State.ARRIVED], departed_at__isnull=False)
                | (~models.Q(state__in=[State.DEPARTED, State.ARRIVED]) & models.Q(departed_at=None)),
            ),
            models.CheckConstraint(
                name="a_delay_is_later_than_planned",
                condition=models.Q(expected_at=None) | models.Q(expected_at__gt=models.F("planned_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["station", "planned_at"]),
            models.Index(fields=["operator", "planned_at"]),
            models.Index(fields=["vehicle", "planned_at"]),
        ]

    def __str__(self) -> str:
        return f"{local(self.planned_at):%H:%M %d/%m} {self.route.name}"

    @property
    def is_live(self) -> bool:
        """Still to leave."""
        return self.state in {State.PLANNED, State.BOARDING}

    @property
    def bound_for(self) -> Station:
        """Where it ends: the other end of its route."""
        return self.route.destination if self.direction == Direction.OUT else self.route.origin

    @property
    def leaves_at(self) -> datetime:
        """When it is to leave: as planned, or as it was announced since."""
        return self.expected_at or self.planned_at

    @property
    def sale_ends_at(self) -> datetime:
        return self.leaves_at - timedelta(minutes=self.station.sale_closes_minutes)

    @property
    def sale_opens_on(self) -> date | None:
        """None: it is sold as soon as it is planned."""
        days = self.route.sale_days_ahead
        return None if days is None else self.service_on - timedelta(days=days)
