"""Shapes of what is typed at the gate, at the dispatcher's desk and on an operator's phone."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dispatch.enums import OrderState
from dispatch.services import PaperSheet
from dispatch.services.drawing import MAX_SCAN_MEGABYTES

MAX_PASSENGERS = 200
NO_ORDER = "none"
MOST_DIGITS = 18  # of an id: what is longer would not fit the database


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OrdersForm(forms.Form):
    """Which orders of which day."""

    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), (NO_ORDER, _("no order yet")), *OrderState.choices]
    )

    def chosen(self, today: date) -> tuple[date, str]:
        """Day and state that were asked for; what cannot be read counts as not asked."""
        self.is_valid()
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned.get("day") or today, cleaned.get("state") or ""


class PaperOrderForm(forms.Form):
    number = forms.CharField(label=_("Number of the paper order"), max_length=40)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    valid_until = forms.DateField(label=_("Valid until"), help_text=_("the last day, as printed"), widget=DayInput())
    scan = forms.FileField(
        label=_("Photo or scan"), required=False, help_text=_("JPEG, PNG or PDF, at most 5 MB"), allow_empty_file=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day comes before the first."))
        return cleaned

    def sheet(self) -> PaperSheet:
        cleaned = self.cleaned_data
        upload = cleaned["scan"]
        # One byte more than allowed is enough to refuse a file that is too large.
        scan = upload.read(MAX_SCAN_MEGABYTES * 1024 * 1024 + 1) if upload else b""
        return PaperSheet(cleaned["number"].strip(), cleaned["valid_from"], cleaned["valid_until"], scan)


class ConfirmForm(forms.Form):
    passengers = forms.IntegerField(label=_("Passengers"), min_value=0, max_value=MAX_PASSENGERS)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PassForm(forms.Form):
    """One coach passes the gate, in the way the guard was shown."""

    ENTER, LEAVE, LEAVE_EMPTY = "enter", "leave", "leave_empty"

    plate = forms.CharField(max_length=20)
    way = forms.ChoiceField(choices=[(way, way) for way in (ENTER, LEAVE, LEAVE_EMPTY)])
    passengers = forms.IntegerField(label=_("Passengers"), required=False, min_value=0, max_value=MAX_PASSENGERS)


class OrderIdsField(forms.TypedMultipleChoiceField):
    """Ids as posted. The view says which of them are the operator's own, so that a resend gets its answer."""

    def valid_value(self, value: object) -> bool:
        return str(value).isdecimal() and len(str(value)) <= MOST_DIGITS


class SignForm(forms.Form):
    """Orders chosen on the phone."""

    orders = OrderIdsField(coerce=int, error_messages={"required": _("Choose at least one order.")})
