"""The nine digits of a counter."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ticketing.models.favourites import MOST_FAVOURITES

DIGITS = range(1, MOST_FAVOURITES + 1)


class FavouritesForm(forms.Form):
    """A place for each digit, and which of them is the default; an empty one is filled by the day's plan."""

    default = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places
        choices = [("", "–"), *places.items()]
        for digit in DIGITS:
            self.fields[f"place_{digit}"] = forms.ChoiceField(
                label=_("Digit %(digit)s") % {"digit": digit}, choices=choices, required=False
            )
        default = self.fields["default"]
        default.label = _("Chosen when nothing is typed")
        default.choices = [("", _("the first one that still runs")), *((n, str(n)) for n in DIGITS)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        default = said.get("default")
        if default and not said.get(f"place_{default}"):
            self.add_error("default", _("Name the place of this digit first."))
        return said

    @property
    def chosen(self) -> dict[int, tuple[str, str]]:
        keys = {digit: self.cleaned_data[f"place_{digit}"] for digit in DIGITS}
        return {digit: (key, self.places[key]) for digit, key in keys.items() if key}
