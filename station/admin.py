"""Master data. Money, states and what happened are changed by services only, and are not here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from station import models
from station.rules import plates, route_codes
from station.rules.vietnamese import search_key


class MasterData(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are ended or switched off, never deleted: other rows tell of them. Keeps the search key in step."""

    ordering = ("pk",)
    searched: tuple[str, ...] = ()
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if self.searched:
            obj.search_key = search_key(" ".join(str(getattr(obj, name)) for name in self.searched))
        super().save_model(request, obj, form, change)


@admin.register(models.Station)
class StationAdmin(MasterData):
    list_display = ("code", "name", "kind", "is_ours")
    list_filter = ("is_ours", "kind")
    search_fields = ("code", "name", "search_key")
    searched = ("name",)


@admin.register(models.Bay)
class BayAdmin(MasterData):
    list_display = ("station", "code", "kind", "area", "position", "is_active")
    list_filter = ("station", "kind", "is_active")
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


@admin.register(models.Counter)
class CounterAdmin(MasterData):
    list_display = ("station", "code", "name")
    list_filter = ("station",)
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


@admin.register(models.Operator)
class OperatorAdmin(MasterData):
    list_display = ("code", "name", "tax_code", "signs_electronically")
    search_fields = ("code", "name", "search_key", "tax_code")
    searched = ("code", "name")


@admin.register(models.Contract)
class ContractAdmin(MasterData):
    list_display = ("number", "station", "operator", "valid_from", "valid_until", "sells_tickets", "ticket_issuer")
    list_filter = ("station", "sells_tickets")
    list_select_related = ("station", "operator")
    autocomplete_fields = ("station", "operator")


@admin.register(models.Vehicle)
class VehicleAdmin(MasterData):
    list_display = ("plate", "kind", "operator", "fee_seats", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("operator",)
    search_fields = ("plate",)
    autocomplete_fields = ("operator",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.plate = plates.normalise(obj.plate)
        super().save_model(request, obj, form, change)


@admin.register(models.Driver)
class DriverAdmin(MasterData):
    list_display = ("full_name", "operator", "licence_class", "licence_regime", "is_active")
    list_select_related = ("operator",)
    search_fields = ("full_name", "search_key")
    searched = ("full_name",)
    autocomplete_fields = ("operator",)


@admin.register(models.Document)
class DocumentAdmin(MasterData):
    list_display = ("kind", "number", "vehicle", "driver", "valid_from", "valid_until")
    list_filter = ("kind",)
    list_select_related = ("vehicle", "driver")
    search_fields = ("number", "vehicle__plate", "driver__full_name")
    autocomplete_fields = ("vehicle", "driver")


@admin.register(models.Route)
class RouteAdmin(MasterData):
    list_display = ("code", "code_old", "name", "kind", "status")
    list_filter = ("kind", "status")
    search_fields = ("code", "code_old", "search_key")
    searched = ("code", "code_old", "name")
    autocomplete_fields = ("origin", "destination")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.code, obj.code_old = route_codes.normalise(obj.code), route_codes.normalise(obj.code_old)
        super().save_model(request, obj, form, change)


@admin.register(models.Notice)
class NoticeAdmin(MasterData):
    list_display = ("number", "operator", "route", "effective_on", "state")
    list_filter = ("state",)
    list_select_related = ("operator", "route")
    search_fields = ("number",)
    autocomplete_fields = ("operator", "route")


class SuspensionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = models.SlotSuspension
    extra = 0


@admin.register(models.ServiceSlot)
class ServiceSlotAdmin(MasterData):
    list_display = ("departs_at", "station", "notice", "direction", "valid_from", "valid_until")
    list_filter = ("station", "direction")
    list_select_related = ("station", "notice")
    search_fields = ("notice__number",)
    autocomplete_fields = ("station", "notice", "vehicle", "driver", "adjusts")
    inlines = (SuspensionInline,)


@admin.register(models.ShiftTemplate)
class ShiftTemplateAdmin(MasterData):
    list_display = ("station", "name", "starts_at", "ends_at")
    list_select_related = ("station",)
    autocomplete_fields = ("station",)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = models.Membership
    extra = 0
    can_delete = False


@admin.register(models.User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """People and what they may do where."""

    list_display = ("username", "full_name", "operator", "is_active")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "full_name")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "full_name", "language")}),
        ("", {"fields": ("operator", "driver", "is_active", "is_staff", "is_superuser", "disabled_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "full_name", "password1", "password2")}),)
    autocomplete_fields = ("operator", "driver")
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
