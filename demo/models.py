"""What the demonstration remembers about itself; nothing of the station."""

import uuid

from django.db import models


class Tour(models.Model):
    """One visitor's ten minutes. Known by a cookie: each step changes the person, and with it the session."""

    token = models.UUIDField(default=uuid.uuid4, unique=True)
    started_at = models.DateTimeField()
    step = models.CharField(max_length=20, blank=True, help_text="the step opened last")

    def __str__(self) -> str:
        return f"{self.started_at:%d/%m %H:%M} {self.step}"


class TourTick(models.Model):
    """A step of a tour that the database showed done."""

    tour = models.ForeignKey(Tour, on_delete=models.PROTECT, related_name="ticks")
    step = models.CharField(max_length=20)
    ticked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="a_step_is_ticked_once_a_tour", fields=["tour", "step"])]

    def __str__(self) -> str:
        return self.step


class Demonstration(models.Model):
    """That this database is a demonstration, and what is to be played in it; one row. Without it nothing is played."""

    built_at = models.DateTimeField()
    history_days = models.PositiveSmallIntegerField(
        default=0, help_text="days before it was built; 0: the same weekday of last week"
    )
    round_at = models.DateTimeField(null=True, blank=True, help_text="up to when the round in hand is played")
    done_before = models.PositiveIntegerField(default=0, help_text="steps done before the round in hand")
    is_ready = models.BooleanField(default=False, help_text="the round is played and the planted things are there")

    def __str__(self) -> str:
        return f"{self.built_at:%d/%m/%Y %H:%M}"


class PlayedDay(models.Model):
    """How far one day of one station is played; written in the transaction of each step."""

    station = models.ForeignKey("station.Station", on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text="local day")
    seed = models.PositiveIntegerField()
    present = models.DateTimeField(help_text="when the day was begun: from this ca on the first team works")
    tickets = models.PositiveSmallIntegerField(default=100, help_text="percentage of the usual sales")
    played_until = models.DateTimeField(null=True, blank=True, help_text="moment of the last step")
    played_key = models.CharField(max_length=80, blank=True, help_text="its place among the steps of that moment")
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0, help_text="up to the end of the round")
    skipped = models.JSONField(default=dict, help_text="refusals by code")
    is_over = models.BooleanField(default=False, help_text="played to its end")

    class Meta:
        constraints = [models.UniqueConstraint(name="a_day_is_played_once", fields=["station", "day"])]

    def __str__(self) -> str:
        return f"{self.station} {self.day:%d/%m/%Y}"


class Planted(models.Model):
    """Something that is always there for whoever looks: which row it is just now."""

    what = models.CharField(max_length=30, unique=True)
    departure = models.ForeignKey(
        "station.Departure", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    obj_id = models.BigIntegerField(null=True, blank=True, help_text="the row when it is no departure")
    planted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.what
