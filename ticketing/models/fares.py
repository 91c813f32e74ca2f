"""What a ride costs: dated, declared, never overwritten."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from station.enums import Direction
from station.models import Operator, Route, RouteStop
from station.models.ranges import DateRange, OneId, OneWord


def _one_or_all(name: str) -> Func:
    """A foreign key as a one-point range; «all» (null) is a point of its own, so it stands beside a single one."""
    one = Coalesce(F(name), Value(0))
    return Func(one, one, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


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


@pghistory.track()
class Surcharge(models.Model):
    """What an operator declared on top of its fares for some days, as before Tết; of several the narrowest counts."""

    name = models.CharField(max_length=100)
    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="surcharges", help_text="or all"
    )
    route = models.ForeignKey(
        Route, null=True, blank=True, on_delete=models.PROTECT, related_name="surcharges", help_text="or all"
    )
    direction = models.CharField(max_length=4, choices=Direction, blank=True, help_text="or both")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    declared_number = models.CharField(max_length=50)
    valid_from = models.DateField(help_text="departures of this day or later")
    valid_until = models.DateField(help_text="exclusive")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_surcharge_at_most_doubles_the_fare", condition=Q(percent__gte=0) & Q(percent__lte=100)
            ),
            models.CheckConstraint(
                name="a_surcharge_ends_after_it_begins", condition=Q(valid_until__gt=F("valid_from"))
            ),
            ExclusionConstraint(
                name="one_surcharge_for_the_same_coaches_and_day",
                expressions=[
                    (_one_or_all("operator"), RangeOperators.OVERLAPS),
                    (_one_or_all("route"), RangeOperators.OVERLAPS),
                    (OneWord("direction"), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} +{self.percent}%"


@pghistory.track()
class DiscountGroup(models.Model):
    """Passengers who pay less and what they show for it (L35 Art. 58(2)đ). A passenger has one reduction, the best."""

    code = models.SlugField(max_length=20, help_text="as machines name it: child, disability")
    name = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50)
    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="discount_groups", help_text="or all"
    )
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    proof = models.CharField(max_length=255, blank=True, help_text="what the passenger shows")
    valid_from = models.DateField(help_text="departures of this day or later")
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_discount_is_a_part_of_the_fare", condition=Q(percent__gt=0) & Q(percent__lte=100)
            ),
            models.CheckConstraint(
                name="a_group_ends_after_it_begins", condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))
            ),
            ExclusionConstraint(
                name="one_group_of_a_code_per_operator_and_day",
                expressions=[
                    (_one_or_all("operator"), RangeOperators.OVERLAPS),
                    (OneWord("code"), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} −{self.percent}%"
