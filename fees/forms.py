"""What a person types at a till."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from fees.enums import Method
from fees.money import DENOMINATIONS, total_of
from station.models import Counter, Till
from station.templatetags.station import grouped

MOST_NOTES = 100_000
MOST_MONEY = 100_000_000_000
MOST_DIGITS = 20


class MoneyField(forms.CharField):
    """Whole đồng, typed with or without grouping: 500.000, 500 000, 500000đ."""

    default_error_messages = {
        "not_money": _("Write whole đồng, with or without dots: 500.000"),
        "too_much": _("This is more than a drawer holds."),
    }

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "data-money": ""}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def prepare_value(self, value: object) -> object:
        return grouped(value) if isinstance(value, int) else value

    def to_python(self, value: object) -> int | None:  # type: ignore[override]
        text = re.sub(r"[\s.,đ]", "", str(value or ""))
        if not text:
            return None
        if not re.fullmatch(r"[0-9]+", text):
            raise forms.ValidationError(self.error_messages["not_money"], code="not_money")
        if len(text) > MOST_DIGITS or int(text) > MOST_MONEY:
            raise forms.ValidationError(self.error_messages["too_much"], code="too_much")
        return int(text)


class OpenTillForm(forms.Form):
    opening_float = MoneyField(label=_("Float"), help_text=_("Cash taken from the safe into the drawer"), initial=0)
    counter = forms.ModelChoiceField(
        label=_("Counter"), queryset=Counter.objects.none(), required=False, empty_label=_("no counter")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, counters: QuerySet[Counter]) -> None:
        super().__init__(data)
        field = self.fields["counter"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = counters

    @property
    def counter_id(self) -> int | None:
        counter = self.cleaned_data["counter"]
        return counter.pk if counter else None


class CountForm(forms.Form):
    """How many notes of each kind; an empty field is none."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        for note in DENOMINATIONS:
            attrs = {"inputmode": "numeric", "autocomplete": "off", "data-note": str(note)}
            self.fields[f"notes_{note}"] = forms.IntegerField(
                label=f"{grouped(note)} ×",
                min_value=0,
                max_value=MOST_NOTES,
                required=False,
                widget=forms.TextInput(attrs=attrs),
            )

    @property
    def counted(self) -> int:
        return total_of(self.counts)

    @property
    def counts(self) -> dict[int, int]:
        return {note: self.cleaned_data.get(f"notes_{note}") or 0 for note in DENOMINATIONS}


class DifferenceForm(CountForm):
    """The second step, only when the count does not fit: the same notes, and why."""

    reason = forms.CharField(
        label=_("Why it differs"),
        max_length=255,
        widget=forms.TextInput(attrs={"autofocus": "", "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for note in DENOMINATIONS:
            self.fields[f"notes_{note}"].widget = forms.HiddenInput()


class PayForm(forms.Form):
    method = forms.ChoiceField(
        label=_("Paid by"), choices=Method.choices, initial=Method.CASH, widget=forms.RadioSelect
    )
    received = MoneyField(label=_("Cash received"), help_text=_("Leave empty when it is exact"), required=False)
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("Of the bank message or the card terminal; not for cash"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


_QUIET = {"autocomplete": "off"}


class MoveForm(forms.Form):
    """Cash in, out, or to the safe, before a second person."""

    amount = MoneyField(label=_("Amount"))
    reason = forms.CharField(
        label=_("What for"), max_length=255, required=False, widget=forms.TextInput(attrs=_QUIET)
    )  # fmt: skip
    username = forms.CharField(
        label=_("Second person"), max_length=150, required=False, widget=forms.TextInput(attrs=_QUIET),
        help_text=_("Shift lead, accountant or manager: user name. Empty when you keep the safe yourself"),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Their password"), max_length=128, required=False, strip=False,
        widget=forms.PasswordInput(attrs=_QUIET),
    )  # fmt: skip


class HandOverForm(forms.Form):
    """Cash to the till of another person."""

    to_till = forms.ModelChoiceField(label=_("To"), queryset=Till.objects.none(), empty_label=None)
    amount = MoneyField(label=_("Amount"))
    reason = forms.CharField(
        label=_("What for"), max_length=255, required=False, widget=forms.TextInput(attrs=_QUIET)
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, tills: QuerySet[Till]) -> None:
        super().__init__(data)
        field = self.fields["to_till"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = tills


class CorrectionForm(forms.Form):
    """What turned up about a closed till."""

    amount = MoneyField(label=_("Amount"))
    direction = forms.ChoiceField(
        label=_("What happened"), initial="found", widget=forms.RadioSelect,
        choices=[("found", _("it turned up: take it in")), ("owed", _("it is owed: give it back"))],
    )  # fmt: skip
    method = forms.ChoiceField(label=_("How"), choices=Method.choices, initial=Method.CASH, widget=forms.RadioSelect)
    reference = forms.CharField(
        label=_("Reference"), help_text=_("Of the bank message or the card terminal; not for cash"), max_length=50,
        required=False, widget=forms.TextInput(attrs=_QUIET),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why, in a few words"), max_length=255, widget=forms.TextInput(attrs=_QUIET))
    username = forms.CharField(
        label=_("Second person"), max_length=150, widget=forms.TextInput(attrs=_QUIET),
        help_text=_("Shift lead, accountant or manager: user name"),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Their password"), max_length=128, strip=False, widget=forms.PasswordInput(attrs=_QUIET)
    )  # fmt: skip

    @property
    def signed_amount(self) -> int:
        amount = int(self.cleaned_data["amount"])
        return amount if self.cleaned_data["direction"] == "found" else -amount
