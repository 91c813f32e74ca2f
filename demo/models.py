"""What the demonstration remembers about itself; nothing of the station."""

import uuid

from django.db import models


class Tour(models.Model):
    """One visitor's ten minutes. Known by a cookie: the visitor changes person at each step, and with it the session."""

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
