"""Fares and refund policies are master data; sales, tickets and holds are not edited here."""

from django.contrib import admin

from ticketing.models import DiscountGroup, Fare, FreightRate, RefundPolicy, Surcharge


@admin.register(Fare)
class FareAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("operator", "route", "from_stop", "to_stop", "amount", "valid_from", "valid_until")
    list_filter = ("operator", "valid_from")
    search_fields = ("route__code", "route__code_old", "route__search_key", "operator__search_key")
    list_select_related = ("operator", "route", "from_stop", "to_stop")
    raw_id_fields = ("operator", "route", "from_stop", "to_stop")
    ordering = ("route", "operator", "-valid_from")


@admin.register(RefundPolicy)
class RefundPolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("operator", "minutes_before", "percent", "km_over", "km_up_to", "valid_from", "valid_until")
    list_filter = ("valid_from",)
    list_select_related = ("operator",)
    raw_id_fields = ("operator",)
    ordering = ("operator", "-valid_from", "-minutes_before")


@admin.register(Surcharge)
class SurchargeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "operator", "route", "direction", "percent", "declared_number", "valid_from", "valid_until")
    list_filter = ("valid_from",)
    list_select_related = ("operator", "route")
    raw_id_fields = ("operator", "route")
    ordering = ("-valid_from", "name")


@admin.register(DiscountGroup)
class DiscountGroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "operator", "percent", "proof", "valid_from", "valid_until")
    list_filter = ("code", "valid_from")
    list_select_related = ("operator",)
    raw_id_fields = ("operator",)
    ordering = ("code", "operator", "-valid_from")


@admin.register(FreightRate)
class FreightRateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("kind", "operator", "free_kg", "per_kg", "least", "valid_from", "valid_until")
    list_filter = ("kind", "valid_from")
    list_select_related = ("operator",)
    raw_id_fields = ("operator",)
    ordering = ("kind", "operator", "-valid_from")
