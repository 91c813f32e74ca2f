"""What people type at the bay board, about shifts, and about who sells."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from station.clock import local
from station.enums import PaymentCycle, TicketIssuer
from station.models import Bay, Departure, Operator, ShiftTemplate, Station
from station.rules import plates
from station.rules.shifts import ShiftSpan
from station.services.contracts import Terms

MOST_DAYS_AHEAD = 60


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DatedForm(forms.Form):
    """Its `valid_until` is the last day, and not before `valid_from`; `day` stands for what is left empty."""

    day: date | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from") or self.day, cleaned.get("valid_until") or self.day
        if first and last and last < first:
            self.add_error("valid_until", _("The last day comes before the first."))
        return cleaned


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


class StationSaleForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the station chose otherwise than usual."""

    class Meta:
        model = Station
        fields = ("sale_closes", "sale_closes_minutes", "sale_needs_order", "delay_refund_minutes")
        labels = {
            "sale_closes": _("Sale closes"),
            "sale_closes_minutes": _("Minutes before the departure"),
            "sale_needs_order": _("Sell only with a dispatch order"),
            "delay_refund_minutes": _("Everything back when it leaves so many minutes late"),
        }
        help_texts = {
            "sale_closes": _("A coach that is open for boarding is sold past its time, until it is confirmed."),
            "sale_closes_minutes": _("0: at the minute of the departure"),
            "sale_needs_order": _("Usually a missing order stops the coach at the exit, not the sale."),
            "delay_refund_minutes": _("empty: never, then the law alone counts"),
        }


class RouteSaleForm(forms.Form):
    days = forms.IntegerField(label=_("Days ahead"), required=False, min_value=0, max_value=MOST_DAYS_AHEAD)


def _short_name(operator: Operator) -> str:
    return operator.short_name


class ContractForm(DatedForm):
    operator = forms.ModelChoiceField(label=_("Operator"), queryset=Operator.objects.none())
    number = forms.CharField(label=_("Number of the contract"), max_length=50)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    valid_until = forms.DateField(
        label=_("Valid until"), help_text=_("empty: without an end; else the last day"), required=False,
        widget=DayInput(),
    )  # fmt: skip
    sells_tickets = forms.TypedChoiceField(
        label=_("Who sells"), coerce=lambda value: value == "station",
        choices=[("station", _("the station, for the operator")), ("operator", _("sells itself"))],
    )  # fmt: skip
    ticket_issuer = forms.ChoiceField(label=_("Who issues the ticket invoice"), choices=TicketIssuer.choices)
    payment_cycle = forms.ChoiceField(label=_("Station services are paid"), choices=PaymentCycle.choices)

    def __init__(self, *args: Any, operators: QuerySet[Operator], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["operator"].queryset = operators  # type: ignore[attr-defined]
        self.fields["operator"].label_from_instance = _short_name  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        said = self.cleaned_data
        last = said["valid_until"]
        return Terms(
            number=said["number"].strip(), valid_from=said["valid_from"],
            valid_until=last + timedelta(days=1) if last else None, sells_tickets=said["sells_tickets"],
            ticket_issuer=TicketIssuer(said["ticket_issuer"]), payment_cycle=PaymentCycle(said["payment_cycle"]),
        )  # fmt: skip
