"""What the office types about reductions and surcharges."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from station.models import Operator, Route
from ticketing.models import DiscountGroup, Surcharge


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row to be: the service writes it, and says in words what the table would refuse."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        operators = self.fields["operator"]
        assert isinstance(operators, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        operators.queryset = Operator.objects.order_by("short_name", "pk")
        operators.empty_label = _("all operators")

    def validate_constraints(self) -> None:
        """The service checks them, with sentences a person understands."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, until = said.get("valid_from"), said.get("valid_until")
        if first and until and until <= first:
            self.add_error("valid_until", _("The end comes after the first day."))
        percent = said.get("percent")
        if percent is not None and not 0 <= percent <= 100:  # noqa: PLR2004 -- percent
            self.add_error("percent", _("Between 0 and 100."))
        return said


class GroupForm(_PriceForm):
    class Meta:
        model: type[Model] = DiscountGroup
        fields = ("code", "name", "name_en", "percent", "operator", "proof", "valid_from", "valid_until")
        widgets = {"valid_from": _Day(), "valid_until": _Day()}
        labels = {
            "code": _("Group code"), "name": _("Name (Vietnamese)"), "name_en": _("Name (English)"),
            "percent": _("Reduction, %"), "operator": _("Operator"), "proof": _("What the passenger shows"),
            "valid_from": _("First day"), "valid_until": _("Ends on (that day not included)"),
        }  # fmt: skip
        help_texts = {
            "code": _("Letters and digits, as machines name it: child"), "percent": "", "operator": "", "proof": "",
            "valid_from": _("Departures of this day or later"), "valid_until": _("Empty: until further notice"),
        }  # fmt: skip


class SurchargeForm(_PriceForm):
    class Meta:
        model: type[Model] = Surcharge
        fields = ("name", "percent", "operator", "route", "direction", "declared_number", "valid_from", "valid_until")
        widgets = {"valid_from": _Day(), "valid_until": _Day()}
        labels = {
            "name": _("Name on the ticket"), "percent": _("Surcharge, %"), "operator": _("Operator"),
            "route": _("Route"), "direction": _("Direction"), "declared_number": _("Number of the declaration"),
            "valid_from": _("First day"), "valid_until": _("Ends on (that day not included)"),
        }  # fmt: skip
        help_texts = {
            "percent": "", "operator": "", "route": "", "direction": "",
            "valid_from": _("Departures of this day or later"), "valid_until": "",
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        routes = self.fields["route"]
        assert isinstance(routes, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        routes.queryset = Route.objects.filter(fares__isnull=False).distinct().order_by("search_key", "pk")
        routes.empty_label = _("all routes")
        direction = self.fields["direction"]
        direction.choices = [("", _("both")), *direction.choices[1:]]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    on = forms.DateField(label=_("Ends on (that day not included)"), widget=_Day())
