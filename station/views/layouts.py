"""The layouts of coaches and boats; a new one is a copy with seats switched on and off."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from station.errors import DomainError
from station.models import SeatMap
from station.place import StaffRequest
from station.rights import right
from station.selectors import layouts as selectors
from station.services.layouts import copy_layout
from station.web import refuse


class LayoutForm(forms.Form):
    code = forms.CharField(label=_("Code of the layout"), max_length=20)
    name = forms.CharField(label=_("Name of the layout"), max_length=100)


@right("station.edit_master_data")
@require_GET
def layouts(request: StaffRequest) -> HttpResponse:
    return render(request, "station/layouts.html", {"layouts": selectors.layouts()})


@right("station.edit_master_data")
@require_http_methods(["GET", "POST"])
def copy(request: StaffRequest, layout_id: int) -> HttpResponse:
    template = get_object_or_404(SeatMap, pk=layout_id)
    form = LayoutForm(request.POST or None)
    seats, priority = request.POST.getlist("seat"), request.POST.getlist("priority")
    if request.method == "POST" and form.is_valid():
        try:
            copy_layout(template=template, **form.cleaned_data, seats=seats, priority=priority)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return redirect("station:layouts")
    context = {
        "template": template,
        "decks": selectors.grid_of(template),
        "form": form,
        "seats": seats,
        "priority": priority,
        "is_bound": form.is_bound,
    }
    return render(request, "station/layout_copy.html", context, status=422 if form.errors else 200)
