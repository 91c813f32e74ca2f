"""Transport operators and what the station agreed with each."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Value

from station.enums import OperatorKind, PaymentCycle, TicketIssuer
from station.models.ranges import DateRange, OneId
from station.models.site import Station


@pghistory.track()
class Operator(models.Model):
    """A company, cooperative or household that runs coaches."""

    code = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=255)
    short_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=OperatorKind)
    tax_code = models.CharField(max_length=14, unique=True)
    address = models.CharField(max_length=255)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(max_length=50, blank=True)
    representative = models.CharField(max_length=100, blank=True)
    free_luggage_kg = models.PositiveSmallIntegerField(
        default=20, help_text="per passenger; posted by the operator (TT 12/2020 Đ.19)"
    )
    signs_electronically = models.BooleanField(default=False)
    search_key = models.CharField(max_length=300, db_index=True, editable=False)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Contract(models.Model):
    """What one station agreed with one operator, for a time."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="contracts")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=50)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")
    payment_cycle = models.CharField(max_length=10, choices=PaymentCycle, default=PaymentCycle.TRIP)
    sells_tickets = models.BooleanField(default=False, help_text="the station sells the operator's tickets")
    ticket_issuer = models.CharField(max_length=20, choices=TicketIssuer, default=TicketIssuer.STATION_DELEGATED)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_contract_per_operator_and_day",
                expressions=[
                    (OneId("station"), RangeOperators.OVERLAPS),
                    (OneId("operator"), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.number
