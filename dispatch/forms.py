"""Shapes of what is typed at the gate, at the dispatcher's desk and on an operator's phone."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dispatch.enums import OrderState
from dispatch.services import PaperSheet
from dispatch.services.drawing import MAX_SCAN_MEGABYTES
from station.forms import DatedForm, DayInput
from station.models import Departure, Driver, Vehicle
from station.rules import plates

MAX_PASSENGERS = 200
NO_ORDER = "none"
MOST_DIGITS = 18  # of an id: what is longer would not fit the database


class OrdersForm(forms.Form):
    """Which orders of which day."""

    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), (NO_ORDER, _("no order yet")), *OrderState.choices]
    )

    def chosen(self, today: date) -> tuple[date, str]:
        """Day and state that were asked for; what cannot be read counts as not asked."""
        self.is_valid()
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned.get("day") or today, cleaned.get("state") or ""


class PaperOrderForm(DatedForm):
    number = forms.CharField(label=_("Number of the paper order"), max_length=40)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    valid_until = forms.DateField(label=_("Valid until"), help_text=_("the last day, as printed"), widget=DayInput())
    scan = forms.FileField(
        label=_("Photo or scan"), required=False, help_text=_("JPEG, PNG or PDF, at most 5 MB"), allow_empty_file=False
    )

    def sheet(self) -> PaperSheet:
        cleaned = self.cleaned_data
        upload = cleaned["scan"]
        # One byte more than allowed is enough to refuse a file that is too large.
        scan = upload.read(MAX_SCAN_MEGABYTES * 1024 * 1024 + 1) if upload else b""
        return PaperSheet(cleaned["number"].strip(), cleaned["valid_from"], cleaned["valid_until"], scan)


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo of the paper order"), help_text=_("JPEG, PNG or PDF, at most 5 MB"), allow_empty_file=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )  # fmt: skip

    def content(self) -> bytes:
        # One byte more than allowed is enough to refuse a file that is too large.
        return bytes(self.cleaned_data["photo"].read(MAX_SCAN_MEGABYTES * 1024 * 1024 + 1))


class ConfirmForm(forms.Form):
    passengers = forms.IntegerField(label=_("Passengers"), min_value=0, max_value=MAX_PASSENGERS)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("Why it is taken back"), max_length=200)


class PassForm(forms.Form):
    """One coach passes the gate, in the way the guard was shown."""

    ENTER, LEAVE, LEAVE_EMPTY = "enter", "leave", "leave_empty"

    plate = forms.CharField(max_length=20)
    way = forms.ChoiceField(choices=[(way, way) for way in (ENTER, LEAVE, LEAVE_EMPTY)])
    passengers = forms.IntegerField(label=_("Passengers"), required=False, min_value=0, max_value=MAX_PASSENGERS)


class OrderIdsField(forms.TypedMultipleChoiceField):
    """Ids as posted. The view says which of them are the operator's own, so that a resend gets its answer."""

    def valid_value(self, value: object) -> bool:
        return str(value).isdecimal() and len(str(value)) <= MOST_DIGITS


class SignForm(forms.Form):
    """Orders chosen on the phone."""

    orders = OrderIdsField(coerce=int, error_messages={"required": _("Choose at least one order.")})


class EnterForm(forms.Form):
    """A coach at the desk of one station; how many got off is told where somebody counted."""

    plate = forms.CharField(max_length=20)
    at = forms.CharField(max_length=20, required=False)
    passengers = forms.IntegerField(label=_("Passengers"), required=False, min_value=0, max_value=MAX_PASSENGERS)


class CheckForm(DatedForm):
    """The check of a coach; with the paper sheet it came with, or the line of one that the station knows."""

    number = forms.CharField(
        label=_("Number of the paper order"),
        max_length=40,
        required=False,
        error_messages={"required": _("Type the number of the paper order: this coach has no other.")},
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DayInput())
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DayInput())
    next_leg_of = forms.IntegerField(required=False, min_value=1, max_value=10**MOST_DIGITS - 1)
    day: date

    def __init__(self, data: Mapping[str, Any] | None = None, *, needs_number: bool, day: date) -> None:
        super().__init__(data)
        self.day = day
        self.fields["number"].required = needs_number

    def sheet(self) -> PaperSheet | None:
        """What was typed; the days of the departure where none were."""
        cleaned = self.cleaned_data
        number = (cleaned.get("number") or "").strip()
        if not number:
            return None
        return PaperSheet(number, cleaned.get("valid_from") or self.day, cleaned.get("valid_until") or self.day)


class PayStepForm(forms.Form):
    """Exact cash, or a transfer by its reference."""

    CASH, TRANSFER = "cash", "transfer"

    method = forms.ChoiceField(choices=[(CASH, CASH), (TRANSFER, TRANSFER)])
    reference = forms.CharField(label=_("Reference of the transfer"), max_length=50, required=False)


class OutForm(forms.Form):
    """Out on its departure, or without one."""

    ON_DEPARTURE, EMPTY = "leave", "leave_empty"

    way = forms.ChoiceField(choices=[(ON_DEPARTURE, ON_DEPARTURE), (EMPTY, EMPTY)])


class DelayForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes late"), min_value=1, max_value=720)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReplaceForm(forms.Form):
    """Another coach of the same operator, and its driver when that changes too."""

    vehicle = forms.ModelChoiceField(label=_("Coach"), queryset=Vehicle.objects.none())
    driver = forms.ModelChoiceField(
        label=_("Driver"), help_text=_("empty: stays"), queryset=Driver.objects.none(), required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, coaches: tuple[QuerySet[Vehicle], QuerySet[Driver]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vehicle"].queryset, self.fields["driver"].queryset = coaches  # type: ignore[attr-defined]
        self.fields["vehicle"].label_from_instance = _coach_label  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        said = self.cleaned_data
        driver = said["driver"]
        return {"vehicle_id": said["vehicle"].pk, "driver_id": driver.pk if driver else None, "reason": said["reason"]}


def _coach_label(vehicle: Vehicle) -> str:
    return f"{plates.display(vehicle.plate)} · {vehicle.seat_map or ''}"


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(label=_("Passengers ride on"), queryset=Departure.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, departures: QuerySet[Departure], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["into"].queryset = departures  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        return {"into_id": self.cleaned_data["into"].pk, "reason": self.cleaned_data["reason"]}


class CancelDepartureForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)
