"""What a passenger types on the page of their ticket, and what a manager answers."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from station.providers.photo import MOST_MEGABYTES, NotAPhoto, fresh_jpeg
from ticketing.enums import ComplaintTopic
from ticketing.services.feedback import Grievance

_PHONE = RegexValidator(r"^\+?[0-9][0-9 .\-]{7,18}$", _("A phone number has digits only."))


class RatingForm(forms.Form):
    stars = forms.IntegerField(min_value=1, max_value=5)


class ComplaintForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput())
    topic = forms.ChoiceField(label=_("What is it about?"), choices=ComplaintTopic.choices)
    words = forms.CharField(
        label=_("What happened?"), min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    photo = forms.FileField(
        label=_("Photo, if it helps"), required=False, help_text=_("JPEG or PNG, at most 8 MB"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone number, if you want to be called"), required=False, max_length=20, validators=[_PHONE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("key", uuid4())

    def clean_photo(self) -> bytes:
        upload = self.cleaned_data["photo"]
        if not upload:
            return b""
        try:
            return fresh_jpeg(upload.read(MOST_MEGABYTES * 1024 * 1024 + 1))
        except NotAPhoto:
            raise forms.ValidationError(
                _("This is no photo that can be read, or it is larger than %(megabytes)s MB. JPEG or PNG, please."),
                params={"megabytes": MOST_MEGABYTES},
            ) from None

    @property
    def said(self) -> Grievance:
        cleaned = self.cleaned_data
        return Grievance(ComplaintTopic(cleaned["topic"]), cleaned["words"].strip(), cleaned["phone"], cleaned["photo"])


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer, as the passenger reads it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )
