"""What people type at the bay board and about shifts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from station.clock import local
from station.models import Bay, Departure, ShiftTemplate
from station.rules import plates
from station.rules.shifts import ShiftSpan


def departure_label(departure: Departure) -> str:
    """14:30 · Bến xe Mỹ Đình · 28B-010.05"""
    coach = plates.display(departure.vehicle.plate) if departure.vehicle else departure.operator.short_name
    return f"{local(departure.planned_at):%H:%M} · {departure.bound_for} · {coach}"


class MoveForm(forms.Form):
    """A departure and the bay it goes to, typed as its code."""

    departure = forms.TypedChoiceField(label=_("Departure"), coerce=int)
    bay = forms.CharField(label=_("To bay"), max_length=10)

    def __init__(self, *args: Any, departures: Iterable[Departure], bays: Iterable[Bay], **options: Any) -> None:
        super().__init__(*args, **options)
        self.bays = {bay.code.upper(): bay for bay in bays}
        choices = [("", "–"), *((row.pk, departure_label(row)) for row in departures)]
        self.fields["departure"].choices = choices  # type: ignore[attr-defined]
        self.fields["bay"].widget.attrs |= {
            "class": "bx-cmd", "data-key": "G", "autocomplete": "off", "inputmode": "text", "list": "bay-codes",
        }  # fmt: skip

    def clean_bay(self) -> Bay:
        code = self.cleaned_data["bay"].strip().upper()
        if code not in self.bays:
            raise forms.ValidationError(_("There is no bay «%(code)s» here."), params={"code": code})
        return self.bays[code]


class OpenShiftForm(forms.Form):
    """Which of the ca that may begin now."""

    template = forms.TypedChoiceField(label=_("Shift"), coerce=int)

    def __init__(self, *args: Any, spans: Iterable[tuple[ShiftTemplate, ShiftSpan]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [
            (row.pk, f"{span.name} · {local(span.starts_at):%H:%M}–{local(span.ends_at):%H:%M}") for row, span in spans
        ]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]


class CloseShiftForm(forms.Form):
    note = forms.CharField(
        label=_("Hand-over note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the next shift must know: coaches still in the yard, papers missing, incidents."),
    )
