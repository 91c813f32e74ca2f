"""Luggage beyond what is free, and parcels that travel without their sender (L35 Art. 68, TT 12/2020)."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fees.models import Payment
from station.models import Departure, Operator, RouteStop, Stateful, Station
from station.models.guards import append_only, no_delete
from ticketing.enums import FreightKind, ParcelState
from ticketing.models.tickets import Ticket

_DECLARED = (
    "station", "departure_first", "code", "to_stop", "sender_name", "sender_id_number", "sender_phone",
    "sender_address", "receiver_name", "receiver_id_number", "receiver_phone", "receiver_address", "goods", "pieces",
    "weight_kg", "declared_value", "freight", "price", "payment", "received_by", "received_at",
)  # fmt: skip


@pghistory.track()
class FreightRate(models.Model):
    """What an operator takes for a parcel, or for luggage beyond what is free; its own line before the general one."""

    kind = models.CharField(max_length=8, choices=FreightKind)
    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="freight_rates", help_text="or all"
    )
    free_kg = models.PositiveSmallIntegerField(default=0, help_text="per passenger; luggage only")
    per_kg = models.PositiveBigIntegerField(help_text="đồng, VAT included")
    least = models.PositiveBigIntegerField(default=0, help_text="đồng for one consignment at least")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_rate_ends_after_it_begins", condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.operator or '*'} {self.per_kg}"


class Parcel(Stateful):
    """A consigned parcel with the declaration of its sender, tied to a departure."""

    noun = "parcel"
    transitions = {
        ParcelState.RECEIVED: frozenset({ParcelState.LOADED, ParcelState.RETURNED, ParcelState.LOST}),
        ParcelState.LOADED: frozenset({ParcelState.ARRIVED, ParcelState.RECEIVED, ParcelState.LOST}),
        ParcelState.ARRIVED: frozenset({ParcelState.HANDED_OVER, ParcelState.LOST}),
        ParcelState.HANDED_OVER: frozenset(),
        ParcelState.RETURNED: frozenset(),
        ParcelState.LOST: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="parcels")
    departure_first = models.ForeignKey(
        Departure, on_delete=models.PROTECT, related_name="+", help_text="it was received for"
    )
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="parcels", help_text="it rides on")
    code = models.CharField(max_length=14, unique=True, help_text="13 digits and a check digit, as in the QR")
    to_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    sender_name = models.CharField(max_length=100)
    sender_id_number = models.CharField(max_length=12)
    sender_phone = models.CharField(max_length=20)
    sender_address = models.CharField(max_length=255)
    receiver_name = models.CharField(max_length=100)
    receiver_id_number = models.CharField(max_length=12)
    receiver_phone = models.CharField(max_length=20)
    receiver_address = models.CharField(max_length=255)
    goods = models.CharField(max_length=255)
    pieces = models.PositiveSmallIntegerField()
    weight_kg = models.DecimalField(max_digits=7, decimal_places=2)
    declared_value = models.PositiveBigIntegerField(default=0, help_text="đồng; 0: not declared")
    freight = models.PositiveBigIntegerField(help_text="đồng, VAT included")
    price = models.JSONField(help_text="how the freight came about")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="parcel")
    state = models.CharField(max_length=12, choices=ParcelState, default=ParcelState.RECEIVED)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    refund = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="parcel_refund")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_parcel_weighs_something", condition=Q(weight_kg__gt=0, pieces__gt=0)),
            models.CheckConstraint(
                name="a_handed_over_parcel_says_when",
                condition=Q(state=ParcelState.HANDED_OVER, handed_over_at__isnull=False)
                | (~Q(state=ParcelState.HANDED_OVER) & Q(handed_over_at=None)),
            ),
            models.CheckConstraint(
                name="freight_goes_back_only_with_the_parcel",
                condition=Q(refund=None) | Q(state=ParcelState.RETURNED),
            ),
        ]
        indexes = [models.Index(fields=["station", "state"]), models.Index(fields=["departure"])]
        triggers = [
            no_delete(),
            pgtrigger.Protect(
                name="a_declaration_is_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*_DECLARED),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_on_the_way(self) -> bool:
        return self.state in {ParcelState.RECEIVED, ParcelState.LOADED, ParcelState.ARRIVED}


class LuggageTag(models.Model):
    """Luggage of one passenger beyond what is free, or tagged so that it is not mixed up."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="luggage")
    code = models.CharField(max_length=14, unique=True)
    pieces = models.PositiveSmallIntegerField()
    weight_kg = models.DecimalField(max_digits=7, decimal_places=2)
    fee = models.PositiveBigIntegerField()
    price = models.JSONField()
    payment = models.OneToOneField(
        Payment, null=True, on_delete=models.PROTECT, related_name="luggage", help_text="null: within what is free"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="luggage_weighs_something", condition=Q(weight_kg__gt=0, pieces__gt=0)),
            models.CheckConstraint(
                name="paid_luggage_has_its_payment",
                condition=Q(fee=0, payment=None) | Q(fee__gt=0, payment__isnull=False),
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.code
