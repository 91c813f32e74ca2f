"""What an accountant types to find an invoice."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _


class QueueForm(forms.Form):
    """A day, or words to search for over all days."""

    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    q = forms.CharField(label=_("Number, plate or ticket code"), required=False, max_length=40)

    def wanted(self, today: date) -> tuple[date, str]:
        """The day (*today* when none or nonsense was typed) and the words."""
        self.is_valid()
        return self.cleaned_data.get("day") or today, self.cleaned_data.get("q", "")
