"""What an operator owes the station for one fact, and how it came about."""

from django.db import models
from django.db.models import Q

from fees.enums import ChargeState
from fees.models.ledger import Payment
from fees.models.tariffs import Service, Tariff
from station.models import Departure, Operator, Stateful, Station
from station.models.guards import frozen_in, no_delete


class Charge(Stateful):
    """Arises once per fact and service, however often the event repeats."""

    noun = "charge"
    transitions = {
        ChargeState.DUE: frozenset({ChargeState.PAID, ChargeState.ON_ACCOUNT, ChargeState.CANCELLED}),
        ChargeState.ON_ACCOUNT: frozenset({ChargeState.PAID}),
        ChargeState.PAID: frozenset(),
        ChargeState.CANCELLED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="charges")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="charges")
    departure = models.ForeignKey(Departure, null=True, on_delete=models.PROTECT, related_name="charges")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="charges")
    fact = models.CharField(max_length=60, help_text="departure:12")
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="charges")
    units = models.DecimalField(max_digits=12, decimal_places=2)
    unit_price = models.BigIntegerField()
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    explanation = models.JSONField(help_text="every input of the formula, as it was")
    plate = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=12, choices=ChargeState, default=ChargeState.DUE)
    payment = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="charge")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_fact_is_charged_once", fields=["fact", "service"]),
            models.CheckConstraint(name="net_and_tax_make_gross", condition=Q(gross=models.F("net") + models.F("tax"))),
            models.CheckConstraint(
                name="a_paid_charge_has_its_payment",
                condition=Q(state=ChargeState.PAID, payment__isnull=False)
                | (~Q(state=ChargeState.PAID) & Q(payment=None)),
            ),
        ]
        indexes = [models.Index(fields=["station", "state"]), models.Index(fields=["departure"])]
        triggers = [
            no_delete(),
            frozen_in(
                "what_was_charged_never_changes",
                ChargeState.values,
                *("station", "operator", "departure", "service", "fact", "tariff", "plate", "opened_at"),
                *("units", "unit_price", "net", "tax", "gross", "vat_rate", "explanation"),
            ),
            frozen_in("a_paid_charge_keeps_its_payment", [ChargeState.PAID], "state", "payment"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.plate}"
