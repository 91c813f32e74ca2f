"""A station, its bays and its counters."""

import pghistory
from django.db import models

from station.enums import BayKind, SaleCloses, StationKind


@pghistory.track()
class Station(models.Model):
    """A coach station or a port: one we run (`is_ours`) or the far end of a route."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=StationKind, default=StationKind.COACH)
    is_ours = models.BooleanField(default=False)
    official_code = models.CharField(max_length=20, blank=True, help_text="code of the Road Administration, BXnnn")
    station_class = models.PositiveSmallIntegerField(null=True, blank=True)
    legal_name = models.CharField(max_length=255, blank=True)
    tax_code = models.CharField(max_length=14, blank=True)
    address = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    province_legacy = models.CharField(max_length=100, blank=True)
    province_current = models.CharField(max_length=100, blank=True)
    search_key = models.CharField(max_length=300, db_index=True, editable=False)
    boarding_lead_minutes = models.PositiveSmallIntegerField(default=30, help_text="bay is taken before departure")
    boarding_tail_minutes = models.PositiveSmallIntegerField(default=5, help_text="and after it")
    sale_closes = models.CharField(max_length=12, choices=SaleCloses, default=SaleCloses.CONFIRMATION)
    sale_needs_order = models.BooleanField(
        default=False, help_text="nothing is sold before the dispatch order is there"
    )
    delay_refund_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="everything is given back when a departure is announced so late; null: never"
    )
    sale_closes_minutes = models.PositiveSmallIntegerField(default=0, help_text="before the planned departure")

    complaint_days = models.PositiveSmallIntegerField(default=7, help_text="within which a complaint is answered")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="our_station_has_a_tax_code", condition=models.Q(is_ours=False) | ~models.Q(tax_code="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Bay(models.Model):
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="bays")
    code = models.CharField(max_length=10)
    kind = models.CharField(max_length=12, choices=BayKind)
    area = models.CharField(max_length=50, blank=True)
    position = models.PositiveSmallIntegerField(help_text="order on the board")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="bay_code_is_unique_at_its_station", fields=["station", "code"])]

    def __str__(self) -> str:
        return self.code


class Counter(models.Model):
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="counters")
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=50)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="counter_code_is_unique_at_its_station", fields=["station", "code"])
        ]

    def __str__(self) -> str:
        return self.name
