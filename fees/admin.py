"""Prices are master data; money is not edited here."""

from django.contrib import admin

from fees.models import BankAccount, Service, Tariff, VatRate


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "unit_name")


@admin.register(Tariff)
class TariffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "decision_number", "station_class", "route_kind", "km_from", "km_to", "unit_price", "valid_from", "valid_until"
    )  # fmt: skip
    list_filter = ("station_class", "route_kind", "valid_from")
    list_select_related = ("service",)
    ordering = ("-valid_from", "station_class", "route_kind", "km_from")


@admin.register(VatRate)
class VatRateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "rate", "valid_from", "valid_until")
    ordering = ("code", "valid_from")


@admin.register(BankAccount)
class BankAccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("station", "bank_name", "number", "holder", "valid_from", "valid_until")
    list_select_related = ("station",)
    ordering = ("station", "valid_from")
