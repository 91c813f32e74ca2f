"""The declaration of a sender, as the counter types it; and luggage on the scales."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fees.enums import Method
from fees.forms import MoneyField
from station.models import Departure
from ticketing.services.freight import Declaration, Pay

_QUIET = {"autocomplete": "off"}
MOST_KG = Decimal(1000)


def _text(label: Any, length: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.TextInput(attrs=_QUIET))


def _kilograms() -> forms.DecimalField:
    return forms.DecimalField(label=_("Weight, kg"), min_value=Decimal("0.01"), max_value=MOST_KG, decimal_places=2)


class PayForm(forms.Form):
    method = forms.ChoiceField(label=_("Paid by"), choices=Method.choices, initial=Method.CASH)
    reference = forms.CharField(label=_("Reference"), max_length=50, required=False)

    @property
    def pay(self) -> Pay:
        return Pay(Method(self.cleaned_data["method"]), None, self.cleaned_data["reference"])


class ParcelForm(PayForm):
    """TT 12/2020 Đ.26(5): goods, and both people with their IDs."""

    departure = forms.TypedChoiceField(label=_("Departure"), coerce=int)
    to_stop = forms.TypedChoiceField(label=_("To"), coerce=int, required=False, empty_value=None)
    goods = _text(_("Goods"), 255)
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=999, initial=1)
    weight_kg = forms.DecimalField(
        label=_("Weight, kg"), min_value=Decimal("0.01"), max_value=MOST_KG, decimal_places=2
    )
    declared_value = MoneyField(label=_("Declared value"), help_text=_("empty: not declared"), required=False)
    sender_name = _text(_("Sender"), 100)
    sender_id_number = _text(_("Sender's ID number"), 12)
    sender_phone = _text(_("Sender's phone"), 15)
    sender_address = _text(_("Sender's address"), 255)
    receiver_name = _text(_("Receiver"), 100)
    receiver_id_number = _text(_("Receiver's ID number"), 12)
    receiver_phone = _text(_("Receiver's phone"), 15)
    receiver_address = _text(_("Receiver's address"), 255)
    is_allowed = forms.BooleanField(
        label=_("Looked at: nothing banned, dangerous, alive, smelly or dirty; it fits into the hold"), required=False
    )
    field_order = (
        "departure", "to_stop", "goods", "pieces", "weight_kg", "declared_value", "sender_name", "sender_id_number",
        "sender_phone", "sender_address", "receiver_name", "receiver_id_number", "receiver_phone", "receiver_address",
        "is_allowed", "method", "reference",
    )  # fmt: skip

    def __init__(self, *args: Any, departures: list[Departure], **options: Any) -> None:
        super().__init__(*args, **options)
        stops = {
            stop.pk: stop.name for row in departures for stop in row.route.stops.all() if stop.position or row.direction
        }
        self.fields["departure"].choices = [(row.pk, str(row)) for row in departures]  # type: ignore[attr-defined]
        ends: list[tuple[int | str, object]] = [
            ("", _("where the route ends")),
            *sorted(stops.items(), key=lambda pair: pair[1]),
        ]
        self.fields["to_stop"].choices = ends  # type: ignore[attr-defined]

    @property
    def declaration(self) -> Declaration:
        said = self.cleaned_data
        names = [name for name in Declaration.__dataclass_fields__ if name != "declared_value"]
        return Declaration(**{name: said[name] for name in names}, declared_value=said["declared_value"] or 0)


class LuggageForm(PayForm):
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=99, initial=1)
    weight_kg = forms.DecimalField(
        label=_("Weight, kg"), min_value=Decimal("0.01"), max_value=MOST_KG, decimal_places=2
    )


class HandOverForm(forms.Form):
    id_number = _text(_("Number of the ID that is shown"), 12)
