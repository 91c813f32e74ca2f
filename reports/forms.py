"""What is asked of a report."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

_OLDEST, _LATEST = MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))


class DateForm(forms.Form):
    date = forms.DateField(label=_("Business date"), required=False, validators=[_OLDEST, _LATEST])
