"""Who sells, from when and until when: the station's own choice, its routes, and its contracts with operators."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from station import clock
from station.errors import DomainError
from station.forms import ContractForm, RouteSaleForm, StationSaleForm
from station.models import User
from station.place import StaffRequest
from station.rights import right
from station.selectors import selling as selectors
from station.services import contracts as services
from station.web import go_to, refuse, submit_once

RIGHT = "station.edit_master_data"


@require_GET
@right(RIGHT)
def selling(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@right(RIGHT)
def rules(request: StaffRequest) -> HttpResponse:
    """The station's own choice: when sale closes, and whether it waits for the order."""
    form = StationSaleForm(request.POST, instance=request.place.station)
    return _written(request, form, lambda: services.choose_sale_rules(station=form.instance))


@require_POST
@right(RIGHT)
def route(request: StaffRequest, route_id: int) -> HttpResponse:
    """How many days ahead a route is sold."""
    found = get_object_or_404(selectors.routes_from(request.place.station), pk=route_id)
    form = RouteSaleForm(request.POST, prefix=f"route-{found.pk}")
    return _written(
        request, form, lambda: services.sell_ahead(route=found, days=form.cleaned_data["days"], now=clock.now())
    )


@require_POST
@right(RIGHT)
def contract(request: StaffRequest) -> HttpResponse:
    """A contract with one operator, from a day on."""
    form = ContractForm(request.POST, operators=selectors.operators_of(request.place.station))
    by: User = request.user
    return _written(
        request, form,
        lambda: services.agree_contract(
            station=request.place.station, operator=form.cleaned_data["operator"], terms=form.terms(), by=by,
            now=clock.now(),
        ),
    )  # fmt: skip


def _written(request: StaffRequest, form: BaseForm, work: Callable[[], object]) -> HttpResponse:
    if form.is_valid():
        try:
            submit_once(request, lambda: {"done": str(work())})
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Written down."))
            return go_to(request, reverse("station:selling"))
    return _page(request, form)


def _page(request: StaffRequest, bad: BaseForm | None = None) -> HttpResponse:
    station = request.place.station
    today = clock.local_day(clock.now())
    context = {
        "partners": selectors.partners_of(station, today),
        "routes": [
            (row, bad if bad and bad.prefix == f"route-{row.pk}" else _form_of(row.pk, row.sale_days_ahead))
            for row in selectors.routes_from(station)
        ],
        "rules_form": bad if isinstance(bad, StationSaleForm) else StationSaleForm(instance=station),
        "contract_form": bad
        if isinstance(bad, ContractForm)
        else ContractForm(operators=selectors.operators_of(station), initial={"valid_from": today}),
    }
    return render(request, "station/selling.html", context, status=422 if bad else 200)


def _form_of(route_id: int, days: int | None) -> RouteSaleForm:
    return RouteSaleForm(prefix=f"route-{route_id}", initial={"days": days})
