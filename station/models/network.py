"""Fixed routes, their stops, and the recurring slots that operators registered."""

from functools import cached_property

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from station.enums import Direction, NoticeState, RouteKind, RouteStatus
from station.models.fleet import Driver, SeatMap, Vehicle
from station.models.guards import no_delete
from station.models.partners import Operator
from station.models.site import Station
from station.models.written_once import asked_often


@pghistory.track()
class Route(models.Model):
    """A route that an authority announced, between two stations; both its old and its new code find it."""

    code = models.CharField(max_length=20, unique=True)
    code_old = models.CharField(max_length=20, blank=True, db_index=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=RouteKind)
    origin = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="routes_out")
    destination = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="routes_in")
    distance_km = models.PositiveIntegerField(null=True, blank=True, help_text="null: not published or not credible")
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    itinerary = models.TextField(blank=True)
    trips_permitted = models.PositiveIntegerField(null=True, blank=True, help_text="per month")
    trips_operated = models.PositiveIntegerField(null=True, blank=True, help_text="per month")
    sale_days_ahead = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="sale opens so many days before; null: with the day plan"
    )
    min_interval_minutes = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=RouteStatus, default=RouteStatus.UNKNOWN)
    decision_number = models.CharField(max_length=100, blank=True)
    decision_on = models.DateField(null=True, blank=True)
    issuing_authority = models.CharField(max_length=255, blank=True)
    search_key = models.CharField(max_length=600, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_route_joins_two_places_unless_a_bus",
                condition=models.Q(kind=RouteKind.BUS) | ~models.Q(origin=models.F("destination")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def stop_list(self) -> "list[RouteStop]":
        """Its stops from the origin on: those that were prefetched, else asked for once."""
        if "stops" in getattr(self, "_prefetched_objects_cache", {}):
            return sorted(self.stops.all(), key=lambda stop: stop.position)
        return _stops(self.pk)


class RouteStop(models.Model):
    """A place of a route, counted from its origin. Seats are claimed between consecutive stops, so a stop that
    exists is never renumbered: a route that changes its stops is a new variant with a new letter."""

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField(help_text="0 = origin")
    name = models.CharField(max_length=100)
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.PROTECT)
    km = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(help_text="from the origin")
    search_key = models.CharField(max_length=120, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_stop_per_position", fields=["route", "position"])]
        triggers = [
            pgtrigger.Protect(
                name="stop_is_never_renumbered",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("position", "route"),
            ),
            no_delete(),
        ]

    def __str__(self) -> str:
        return self.name


@asked_often
def _stops(route_id: int) -> models.QuerySet[RouteStop]:
    return RouteStop.objects.filter(route=route_id).order_by("position")


@pghistory.track()
class Notice(models.Model):
    """«Thông báo đăng ký khai thác tuyến thành công»: one operator may run one route (NĐ 158/2024 Đ.22)."""

    number = models.CharField(max_length=100, unique=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="notices")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="notices")
    issued_on = models.DateField()
    effective_on = models.DateField()
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.IN_FORCE)

    def __str__(self) -> str:
        return self.number


@pghistory.track()
class ServiceSlot(models.Model):
    """A recurring departure time («nốt») from one station, on the days its pattern names."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="slots")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="slots")
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.OUT)
    departs_at = models.TimeField(help_text="local time")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="1 = Monday; empty = every day"
    )
    days_of_month = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="empty = every day"
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")
    seat_map = models.ForeignKey(SeatMap, null=True, blank=True, on_delete=models.PROTECT)
    vehicle = models.ForeignKey(
        Vehicle, null=True, blank=True, on_delete=models.PROTECT, related_name="slots", help_text="runs it as a rule"
    )
    driver = models.ForeignKey(
        Driver, null=True, blank=True, on_delete=models.PROTECT, related_name="slots", help_text="drives it as a rule"
    )
    adjusts = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="adjustments",
        help_text="the slot as it was registered, when this one only changes its time from a day on",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_slot_is_registered_once",
                fields=["notice", "station", "direction", "departs_at", "valid_from"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.departs_at:%H:%M} {self.notice.route}"


class SlotSuspension(models.Model):
    """Days on which a slot does not run, with the paper that says so."""

    slot = models.ForeignKey(ServiceSlot, on_delete=models.PROTECT, related_name="suspensions")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_suspension_ends_after_it_begins", condition=models.Q(last_day__gte=models.F("first_day"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.first_day} – {self.last_day}"
