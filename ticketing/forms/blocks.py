"""Which seats are taken off sale, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ticketing.enums import BlockKind
from ticketing.forms.counter import Words


class BlockForm(forms.Form):
    seat = Words(required=False, label=_("Seats"))
    kind = forms.ChoiceField(label=_("Why it is not sold"), choices=BlockKind.choices)
    reason = forms.CharField(
        label=_("In a few words"), max_length=255, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    @property
    def labels(self) -> list[str]:
        return self.data.getlist("seat")[:60] if hasattr(self.data, "getlist") else []
