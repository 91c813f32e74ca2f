"""Invoices: what somebody must look at, and one invoice with its bytes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from einvoice import selectors, services
from einvoice.forms import QueueForm
from einvoice.models import Invoice
from einvoice.providers.xmldsig import verify_xml
from station import clock
from station.place import StaffRequest
from station.providers.keys import ca_certificate
from station.rights import right
from station.web import go_to, submit_once

PAGE = 50
MOST_WAITING = 50


@require_GET
@right("einvoice.see")
def invoices(request: StaffRequest) -> HttpResponse:
    """The queue: what needs a person, what waits, what was accepted on a day. `?q=` searches all days instead."""
    station = request.place.station
    today = clock.local_day(clock.now())
    day, words = QueueForm(request.GET).wanted(today)
    listed = selectors.find(station, words) if words else selectors.accepted_on(station, day)
    context: dict[str, object] = {
        "day": day,
        "is_today": day == today,
        "words": words,
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
    }
    if words:
        return render(request, "einvoice/invoices.html", context)
    counts, failures = selectors.counts_of(station, day), selectors.failures(station)
    context |= {
        "counts": counts,
        "failures": failures,
        "needing": counts["refused"] + counts["unknown"] + len(failures),
        "stuck": selectors.needing_a_person(station)[:PAGE],
        "waiting": selectors.waiting(station)[:MOST_WAITING],
    }
    return render(request, "einvoice/invoices.html#queue" if request.htmx else "einvoice/invoices.html", context)


@require_GET
@right("einvoice.see")
def invoice(request: StaffRequest, invoice_id: int) -> HttpResponse:
    found = _found(request, invoice_id)
    content = bytes(found.xml.content)
    context = {
        "invoice": found,
        "reading": selectors.reading_of(found),
        "history": selectors.history_of(found),
        "signature": verify_xml(content, trust=[ca_certificate()]),
        "xml": content.decode(),
    }
    return render(request, "einvoice/invoice.html", context)


@require_GET
@right("einvoice.see")
def xml(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """The signed bytes and not one other."""
    found = _found(request, invoice_id)
    return HttpResponse(
        bytes(found.xml.content),
        content_type=found.xml.media_type,
        headers={"Content-Disposition": f'attachment; filename="{found.file_name}"'},
    )


@require_POST
@right("einvoice.handle")
def send_again(request: StaffRequest, invoice_id: int) -> HttpResponse:
    found = _found(request, invoice_id)
    submit_once(request, lambda: _sent_again(request, found.pk))
    messages.success(request, _("Invoice %(invoice)s goes to the provider again.") % {"invoice": found})
    return go_to(request, reverse("einvoice:invoices"))


def _sent_again(request: StaffRequest, invoice_id: int) -> dict[str, object]:
    services.send_again(invoice_id=invoice_id, by=request.user, now=clock.now())
    return {"invoice": invoice_id}


@require_POST
@right("einvoice.handle")
def try_again(request: StaffRequest, message_id: int) -> HttpResponse:
    submit_once(request, lambda: _tried_again(request, message_id))
    messages.success(request, _("It is tried again now."))
    return go_to(request, reverse("einvoice:invoices"))


def _tried_again(request: StaffRequest, message_id: int) -> dict[str, object]:
    services.try_again(message_id=message_id, station=request.place.station, by=request.user, now=clock.now())
    return {"message": message_id}


def _found(request: StaffRequest, invoice_id: int) -> Invoice:
    return get_object_or_404(selectors.invoices_of(request.place.station).select_related("xml"), pk=invoice_id)
