"""On which paper, and how much of a sale."""

from typing import Any

from django import forms

from ticketing.enums import Paper


class PaperForm(forms.Form):
    """What cannot be read counts as not said: the receipt of one ticket."""

    paper = forms.ChoiceField(choices=Paper, required=False)
    sale = forms.BooleanField(required=False)

    @property
    def chosen(self) -> Paper:
        return Paper(self._said().get("paper") or Paper.RECEIPT)

    @property
    def whole_sale(self) -> bool:
        return bool(self._said().get("sale"))

    def _said(self) -> dict[str, Any]:
        self.is_valid()
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned
