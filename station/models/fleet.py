"""Vehicles, seats, drivers and their papers."""

import pghistory
import pgtrigger
from django.db import models

from station.enums import DocumentKind, LicenceRegime, SeatKind, VehicleKind
from station.models.partners import Operator


class SeatMap(models.Model):
    """A layout of passenger places. A sold ticket keeps the map of its sale, so a map is never edited."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    decks = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """One passenger place of a map; `ordinal` counts from 1, front to rear."""

    seat_map = models.ForeignKey(SeatMap, on_delete=models.PROTECT, related_name="seats")
    ordinal = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=5)
    kind = models.CharField(max_length=8, choices=SeatKind)
    deck = models.PositiveSmallIntegerField()
    row = models.PositiveSmallIntegerField()
    column = models.PositiveSmallIntegerField()
    is_priority = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="seat_ordinal_is_unique_on_its_map", fields=["seat_map", "ordinal"]),
            models.UniqueConstraint(name="seat_label_is_unique_on_its_map", fields=["seat_map", "label"]),
            models.UniqueConstraint(name="one_seat_per_place_on_a_map", fields=["seat_map", "deck", "row", "column"]),
        ]
        triggers = [pgtrigger.Protect(name="seat_is_never_edited", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.label


@pghistory.track()
class Vehicle(models.Model):
    plate = models.CharField(max_length=12, help_text="without spaces, dots and dashes: 28B01234")
    kind = models.CharField(max_length=8, choices=VehicleKind, default=VehicleKind.COACH)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="vehicles")
    seat_map = models.ForeignKey(SeatMap, null=True, blank=True, on_delete=models.PROTECT)
    fee_seats = models.PositiveSmallIntegerField(help_text="seats of the inspection book, the fee is computed on")
    fee_beds = models.PositiveSmallIntegerField(default=0)
    brand = models.CharField(max_length=50, blank=True)
    first_used_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            # A plate belongs to its owner and moves with him: only active vehicles are unique.
            models.UniqueConstraint(
                name="plate_is_unique_among_active_vehicles", fields=["plate"], condition=models.Q(is_active=True)
            ),
            models.CheckConstraint(
                name="only_a_bus_has_no_seat_map",
                condition=models.Q(kind=VehicleKind.BUS) | models.Q(seat_map__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.plate


@pghistory.track()
class Driver(models.Model):
    full_name = models.CharField(max_length=100)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="drivers")
    birth_on = models.DateField()
    id_number = models.CharField(max_length=12, unique=True)
    phone = models.CharField(max_length=20, blank=True)
    licence_class = models.CharField(max_length=5)
    licence_regime = models.CharField(max_length=10, choices=LicenceRegime)
    is_active = models.BooleanField(default=True)
    search_key = models.CharField(max_length=200, db_index=True, editable=False)

    def __str__(self) -> str:
        return self.full_name


@pghistory.track()
class Document(models.Model):
    """One paper of a vehicle or a driver, valid from a day until before another."""

    kind = models.CharField(max_length=15, choices=DocumentKind)
    vehicle = models.ForeignKey(Vehicle, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    driver = models.ForeignKey(Driver, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    number = models.CharField(max_length=100)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive; empty = no end")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_document_has_one_owner",
                condition=models.Q(vehicle__isnull=True) ^ models.Q(driver__isnull=True),
            ),
            models.CheckConstraint(
                name="a_document_ends_after_it_begins",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["vehicle", "kind"]), models.Index(fields=["driver", "kind"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
