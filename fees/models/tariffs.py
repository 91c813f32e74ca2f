"""Services and their prices as dated data (decisions of the province; no figure of law is a constant)."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value

from fees.enums import Unit
from station.enums import RouteKind
from station.models.ranges import DateRange, OneId, OneWord


class Service(models.Model):
    """Something the station is paid for. Names stand on invoices, so both are kept."""

    code = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=255)
    name_en = models.CharField(max_length=255)
    unit_name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class VatRate(models.Model):
    """A VAT rate of a group of services, for a time; 8 % ends on 31/12/2026 unless extended."""

    code = models.CharField(max_length=20, help_text="service, transport")
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_vat_rate_per_code_and_day",
                expressions=[
                    (OneWord("code"), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.rate:.0%}"


class KmRange(Func):
    """SQL `int4range(km_from, km_to)`, half open; an empty end has no limit."""

    function = "int4range"
    output_field = IntegerRangeField()


@pghistory.track()
class Tariff(models.Model):
    """One line of a price decision: the in/out price of a route kind and a distance band [km_from, km_to)."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="tariffs")
    decision_number = models.CharField(max_length=100)
    decision_on = models.DateField()
    station_class = models.PositiveSmallIntegerField()
    route_kind = models.CharField(max_length=10, choices=RouteKind)
    km_from = models.PositiveIntegerField(default=0)
    km_to = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Unit)
    unit_price = models.PositiveBigIntegerField(help_text="đồng, before VAT")
    bed_factor = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    night_from = models.TimeField(null=True, blank=True)
    night_until = models.TimeField(null=True, blank=True)
    night_factor = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    vat_code = models.CharField(max_length=20, default="service")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_tariff_line_per_case_and_day",
                expressions=[
                    (OneId("service"), RangeOperators.OVERLAPS),
                    (OneId("station_class"), RangeOperators.OVERLAPS),
                    (OneWord("route_kind"), RangeOperators.OVERLAPS),
                    (KmRange(F("km_from"), F("km_to"), Value("[)")), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.get_route_kind_display()} {self.km_from}–{self.km_to or ''} km"
