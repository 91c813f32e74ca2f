"""What a ride costs: dated, declared, never overwritten."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Value

from station.models import Operator, Route, RouteStop
from station.models.ranges import DateRange, OneId


@pghistory.track()
class Fare(models.Model):
    """The price an operator declared and posted between two stops of a route (L35 Art. 58(2)c, 59(4))."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="fares")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="fares")
    from_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    to_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(help_text="đồng, VAT and passenger insurance included")
    declared_number = models.CharField(max_length=50, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_fare_per_stretch_and_day",
                expressions=[
                    (OneId("operator"), RangeOperators.OVERLAPS),
                    (OneId("from_stop"), RangeOperators.OVERLAPS),
                    (OneId("to_stop"), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["route", "operator"])]

    def __str__(self) -> str:
        return f"{self.from_stop} – {self.to_stop}: {self.amount}"
