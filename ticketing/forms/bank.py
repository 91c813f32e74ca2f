"""What a person types about money at the bank."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fees.forms import MoneyField


class BankLineForm(forms.Form):
    """A line of a statement; told by the bank later under the same number, it is the same line."""

    number = forms.CharField(
        label=_("Bank's reference"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    amount = MoneyField(label=_("Amount"))
    text = forms.CharField(label=_("Content of the transfer"), max_length=255, required=False)
    payer = forms.CharField(label=_("Payer"), max_length=255, required=False)

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Some money must have arrived."), code="nothing")
        return int(amount)


class SendBackForm(forms.Form):
    reference = forms.CharField(label=_("Reference of the transfer back"), max_length=50)


class PayBackForm(forms.Form):
    returned_as = forms.CharField(
        label=_("Reference of the transfer back"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    why = forms.CharField(label=_("Why it goes back"), max_length=255)
