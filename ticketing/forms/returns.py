"""What a clerk, and perhaps a second person, type to give a ticket back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fees.enums import Method
from fees.forms import MoneyField
from ticketing.enums import RefundReason

_QUIET = {"autocomplete": "off"}


class RefundForm(forms.Form):
    """By the rule: how the money goes. Outside the rule: how much, why, and who agrees."""

    method = forms.ChoiceField(label=_("Paid out by"), choices=Method.choices, required=False)
    reference = forms.CharField(
        label=_("Reference"), help_text=_("Of the bank message or the card terminal; not for cash"), max_length=50,
        required=False, widget=forms.TextInput(attrs=_QUIET),
    )  # fmt: skip
    amount = MoneyField(label=_("Give back"), help_text=_("Empty: what the rule gives"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=RefundReason.choices, required=False)
    note = forms.CharField(
        label=_("Why, in a few words"), max_length=255, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    username = forms.CharField(
        label=_("Shift lead or manager"), max_length=150, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    password = forms.CharField(
        label=_("Their password"), max_length=128, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    @property
    def is_by_two(self) -> bool:
        """Whether it was the form for two people."""
        return "username" in self.data

    @property
    def how(self) -> dict[str, Any]:
        """By what means and why, as the service takes it."""
        return {
            "method": Method(self.cleaned_data["method"] or Method.CASH),
            "reference": self.cleaned_data["reference"],
            "reason": RefundReason(self.cleaned_data["reason"] or RefundReason.PASSENGER),
        }
