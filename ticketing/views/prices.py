"""Discount groups and surcharges: what counts, what is to come, and a form for the next one."""

from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from station import clock
from station.errors import DomainError
from station.place import StaffRequest
from station.rights import right
from station.web import refuse
from ticketing import selectors, services
from ticketing.forms.prices import EndForm, GroupForm, SurchargeForm
from ticketing.models import DiscountGroup, Surcharge

_ENDS = {"group": services.end_group, "surcharge": services.end_surcharge}


@right("ticketing.set_prices")
@require_http_methods(["GET", "POST"])
def prices(request: StaffRequest) -> HttpResponse:
    is_group = "group" in request.POST
    group = GroupForm(request.POST if is_group else None, prefix="g")
    surcharge = SurchargeForm(request.POST if request.method == "POST" and not is_group else None, prefix="s")
    form: BaseForm = group if is_group else surcharge
    if request.method == "POST" and form.is_valid():
        try:
            services.open_group(group.instance) if is_group else services.open_surcharge(surcharge.instance)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return redirect("ticketing:prices")
    return _page(request, group, surcharge, status=422 if form.is_bound else 200)


@right("ticketing.set_prices")
@require_POST
def end_price(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """Raises Http404 for a kind or a row that is not there."""
    form = EndForm(request.POST)
    if kind not in _ENDS or not form.is_valid():
        raise Http404
    try:
        _ENDS[kind](pk=pk, on=form.cleaned_data["on"])
    except (DiscountGroup.DoesNotExist, Surcharge.DoesNotExist):
        raise Http404 from None
    return redirect("ticketing:prices")


def _page(request: StaffRequest, group: GroupForm, surcharge: SurchargeForm, *, status: int) -> HttpResponse:
    today = clock.local_day(clock.now())
    context = {
        "group_form": group,
        "surcharge_form": surcharge,
        "groups": selectors.groups_from(today),
        "surcharges": selectors.surcharges_from(today),
        "today": today,
    }
    return render(request, "ticketing/prices.html", context, status=status)
