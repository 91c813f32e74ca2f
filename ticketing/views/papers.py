"""Tickets on paper: looked at freely, printed only when the copy was counted."""

from collections.abc import Mapping
from datetime import datetime

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from station import clock
from station.place import StaffRequest
from station.rights import right
from station.web import submit_once
from ticketing import selectors, services
from ticketing.enums import Paper
from ticketing.forms.papers import PaperForm
from ticketing.models import Ticket
from ticketing.views.tickets import ticket_here


# The counter prints in a frame of its own page.
@require_GET
@right("ticketing.see")
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def print_preview(request: StaffRequest, code: str) -> HttpResponse:
    """What the next copy would look like; whoever prints this page prints a preview. `?sale=1` its whole sale."""
    form = PaperForm(request.GET)
    shown = selectors.to_print(ticket_here(request, code), whole_sale=form.whole_sale)
    return _on_paper(request, form, shown, selectors.next_copies(shown), is_counted=False)


@require_POST
@right("ticketing.print")
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def print_ticket(request: StaffRequest, code: str) -> HttpResponse:
    """Count the copies, then show them: a receipt that prints itself, or a PDF. The form sent twice counts once,
    and its second answer is a preview: no two papers carry the same number."""
    form, now = PaperForm(request.POST), clock.now()
    shown = selectors.to_print(ticket_here(request, code, "ticketing.print"), whole_sale=form.whole_sale)
    fresh: list[str] = []

    def work() -> Mapping[str, object]:
        codes = [ticket.code for ticket in shown]
        fresh.extend(codes)
        prints = services.print_tickets(codes=codes, paper=form.chosen, by=request.user, now=now)
        return {"copies": {row.ticket.code: row.copy for row in prints}}

    copies = submit_once(request, work)["copies"]
    if not isinstance(copies, dict):
        raise TypeError(copies)
    return _on_paper(request, form, shown, copies, is_counted=bool(fresh), now=now)


def _on_paper(
    request: StaffRequest, form: PaperForm, shown: list[Ticket], copies: Mapping[str, int], *,
    is_counted: bool, now: datetime | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "slips": selectors.slips_of(shown, copies),
        "is_counted": is_counted,
        "printing": "auto" if is_counted else "",
        "paper": form.chosen,
        "whole_sale": form.whole_sale,
        "may_print": "ticketing.print" in request.place.rights,
    }
    if form.chosen == Paper.RECEIPT:
        return render(request, "ticketing/print.html", context)
    from station.providers.pdf import render_pdf  # noqa: PLC0415 -- WeasyPrint would cost every process a second

    pdf = render_pdf("ticketing/pdf/ticket.html", context, now=now or clock.now())
    name = f"{shown[0].code}-{form.chosen}.pdf"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
