"""The operator's phone: what waits for a signature, what was signed; and what its drivers carry with them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dispatch import selectors, services
from dispatch.forms import SignForm
from dispatch.models import DispatchOrder
from dispatch.rules import Finding, for_the_operator
from dispatch.selectors.findings import sentence
from station import clock
from station.errors import DomainError
from station.models import Departure, Operator
from station.place import StaffRequest
from station.rights import right
from station.web import go_to, refuse, submit_once

SIGNED_SHOWN = 100
_CHANGED = frozenset({"order_other_plate", "order_other_driver"})


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """A row of the phone's list: an order, its run, and what the operator must put right first."""

    order: DispatchOrder
    departure: Departure
    findings: list[Finding]

    @property
    def reasons(self) -> list[str]:
        return [sentence(finding) for finding in self.findings]

    @property
    def is_outdated(self) -> bool:
        return any(finding.code in _CHANGED for finding in self.findings)

    @property
    def drivers(self) -> str:
        return ", ".join(driver["name"] for driver in self.order.contents["drivers"])


@require_GET
@right("dispatch.sign_as_operator")
def waiting(request: StaffRequest) -> HttpResponse:
    """Orders that wait for the operator, those with a problem first; who signs on paper is shown its coaches."""
    return _waiting(request) if _operator(request).signs_electronically else _on_paper(request)


def _on_paper(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    rows = selectors.runs_on_paper(_operator(request), now)
    today = clock.local_day(now)
    quiet = [row for row in rows if not row.waits]
    context = {
        "operator": _operator(request),
        "count": len(rows),
        "waiting": [row for row in rows if row.waits],
        "today": [row for row in quiet if row.departure.service_on <= today],
        "tomorrow": [row for row in quiet if row.departure.service_on > today],
        "day": today,
    }
    return render(request, "dispatch/operator_paper.html", context)


@require_POST
@right("dispatch.sign_as_operator")
def sign(request: StaffRequest) -> HttpResponse:
    """Sign the chosen orders in one go."""
    form = SignForm(request.POST)
    if form.is_valid():
        done = submit_once(request, lambda: _signed(request, form.cleaned_data["orders"]))
        _tell(request, done)
        return go_to(request, reverse("dispatch:operator"))
    return _waiting(request, form=form, status=422)


@require_POST
@right("dispatch.sign_as_operator")
def redraw(request: StaffRequest, order_id: int) -> HttpResponse:
    """Draw up an order again after its coach or driver changed."""
    operator = _operator(request)
    order = get_object_or_404(DispatchOrder, pk=order_id, operator=operator)
    form = SignForm(request.POST)
    try:
        done = submit_once(request, lambda: _redrawn(request, order.pk))
    except DomainError as refusal:
        form.full_clean()
        refuse(form, refusal)
        return _waiting(request, form=form, status=422)
    messages.success(request, _("Order %(order)s is drawn up. Sign it now.") % {"order": done["number"]})
    return go_to(request, reverse("dispatch:operator"))


@require_GET
@right("dispatch.sign_as_operator")
def signed(request: StaffRequest) -> HttpResponse:
    """What was signed, the latest first, with its document."""
    operator = _operator(request)
    orders = selectors.signed_orders(operator, SIGNED_SHOWN)
    context = {"operator": operator, "orders": orders, "day": clock.local_day(clock.now())}
    return render(request, "dispatch/operator_signed.html", context)


@require_GET
@right("dispatch.drive")
def runs(request: StaffRequest) -> HttpResponse:
    """The driver's phone: the orders of today and of the days that come, to show on the road."""
    if request.user.driver is None:
        raise Http404
    day = clock.local_day(clock.now())
    orders = selectors.orders_of_driver(request.user.driver, day)
    return render(request, "dispatch/driver.html", {"driver": request.user.driver, "orders": orders, "day": day})


def _operator(request: StaffRequest) -> Operator:
    if request.user.operator is None:
        raise Http404
    return request.user.operator


def _rows(request: StaffRequest) -> list[WaitingOrder]:
    now = clock.now()
    orders = selectors.unsigned_orders(_operator(request), now)
    runs = {order.pk: order.legs.all()[0].departure for order in orders}
    found = selectors.clearances(runs.values(), now)
    return [WaitingOrder(order, runs[order.pk], for_the_operator(found[runs[order.pk].pk])) for order in orders]


def _signed(request: StaffRequest, ids: list[int]) -> Mapping[str, object]:
    # Orders of others are not there: not even their numbers are told, and their departures are not locked.
    own = DispatchOrder.objects.filter(pk__in=ids, operator=_operator(request))
    mine = list(own.order_by("pk").values_list("pk", flat=True))
    if len(mine) < len(set(ids)):
        raise Http404
    outcome = services.sign_orders(order_ids=mine, by=request.user, now=clock.now())
    return {
        "signed": [order.number for order in outcome.signed],
        "refused": [refusal.message for _order, refusal in outcome.refused],
    }


def _redrawn(request: StaffRequest, order_id: int) -> Mapping[str, object]:
    order = services.redraw_order(order_id=order_id, by=request.user, now=clock.now())
    return {"number": order.number}


def _tell(request: StaffRequest, done: Mapping[str, object]) -> None:
    numbers, refused = list(done["signed"]), list(done["refused"])  # type: ignore[call-overload]
    if numbers:
        text = ngettext("%(count)s order signed.", "%(count)s orders signed.", len(numbers))
        messages.success(request, text % {"count": len(numbers)})
    for sentence_of_refusal in refused:
        messages.error(request, sentence_of_refusal)


def _waiting(request: StaffRequest, *, form: SignForm | None = None, status: int = 200) -> HttpResponse:
    rows = _rows(request)
    context = {
        "operator": _operator(request),
        "form": form,
        "ready": [row for row in rows if not row.findings],
        "blocked": [row for row in rows if row.findings],
        "day": clock.local_day(clock.now()),
    }
    return render(request, "dispatch/operator.html", context, status=status)
