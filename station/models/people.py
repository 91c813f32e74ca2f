"""People and what they may do where."""

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models

from station.enums import Role
from station.models.fleet import Driver
from station.models.partners import Operator
from station.models.site import Station

STATION_ROLES = [role for role in Role.values if role not in {Role.OPERATOR, Role.DRIVER}]


class User(AbstractUser):
    """A person who logs in: of a station (memberships), of an operator, or a driver."""

    full_name = models.CharField(max_length=100)
    operator = models.ForeignKey(Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    driver = models.OneToOneField(Driver, null=True, blank=True, on_delete=models.PROTECT, related_name="user")
    language = models.CharField(max_length=5, default="vi")
    disabled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.full_name or self.username


@pghistory.track()
class Membership(models.Model):
    """One role of one person at one station, for a time; ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role, role) for role in STATION_ROLES])
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_role_is_held_once_at_a_station",
                fields=["user", "station", "role"],
                condition=models.Q(valid_until=None),
            ),
            models.CheckConstraint(
                name="a_membership_ends_after_it_begins",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()} – {self.station}"
