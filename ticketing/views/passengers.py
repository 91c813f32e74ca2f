"""The passenger's own page: opened by the QR code or by the two numbers of a ticket, without any log-in."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from station import clock
from station.errors import DomainError, TooManyTries
from station.rights import public
from station.web import allow, visitor
from ticketing import rules, selectors, services
from ticketing.errors import NoSuchPage
from ticketing.forms.feedback import ComplaintForm, RatingForm
from ticketing.models import Ticket

# Guessing is slowed down by the address it comes from; a whole hall behind one address may look at its own tickets.
_WRONG, _WRONG_WITHIN = 20, timedelta(minutes=10)
_LOOKS, _LOOKS_WITHIN = 120, timedelta(minutes=1)
_SAYINGS, _SAYINGS_WITHIN = 10, timedelta(minutes=10)
_TOO_MANY = 429
_DIGITS = str.maketrans("", "", " .-")


@public
@require_GET
@never_cache
def look_up(request: HttpRequest) -> HttpResponse:
    """Two fields, for a phone that reads no QR code."""
    code, lookup = (request.GET.get(name, "").translate(_DIGITS)[:20] for name in ("code", "lookup"))
    context: dict[str, object] = {"code": code, "lookup": lookup, "refusal": None}
    if not code and not lookup:
        return _private(render(request, "ticketing/look_up.html", context))
    try:
        _page_ticket(request, code, lookup)
    except DomainError as refusal:
        return _refused(request, refusal, context)
    return redirect("ticketing:passenger", code, lookup)


@public
@require_GET
@never_cache
def passenger(request: HttpRequest, code: str, lookup: str) -> HttpResponse:
    try:
        ticket = _page_ticket(request, code, lookup)
    except DomainError as refusal:
        return _refused(request, refusal, {"code": "", "lookup": ""})
    if request.headers.get("HX-Request"):
        now = clock.now()
        context = {"ride": selectors.ride_of(ticket, now), "lookup": lookup, "now": now}
        return _private(render(request, "ticketing/passenger.html#ride", context))
    return _page(request, ticket, lookup, ComplaintForm())


@public
@require_POST
def rate(request: HttpRequest, code: str, lookup: str) -> HttpResponse:
    """One to five stars for the ride, once."""
    form = RatingForm(request.POST)
    try:
        ticket = _speaking_ticket(request, code, lookup)
        if form.is_valid():
            services.rate_ride(ticket_id=ticket.pk, stars=form.cleaned_data["stars"], now=clock.now())
            messages.success(request, _("Thank you: the operator and the station see your rating."))
    except (NoSuchPage, TooManyTries) as refusal:
        return _refused(request, refusal, {"code": "", "lookup": ""})
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("ticketing:passenger", code, lookup)


@public
@require_POST
def complain(request: HttpRequest, code: str, lookup: str) -> HttpResponse:
    """Words, and a photo if it helps; the answer comes to the same page."""
    try:
        ticket = _speaking_ticket(request, code, lookup)
    except DomainError as refusal:
        return _refused(request, refusal, {"code": "", "lookup": ""})
    form = ComplaintForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.file_complaint(
                ticket_id=ticket.pk, key=form.cleaned_data["key"], said=form.said, now=clock.now()
            )  # fmt: skip
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Your complaint is with us. The answer comes to this page."))
            return redirect("ticketing:passenger", code, lookup)
    elif form.cleaned_data.get("photo"):
        form.add_error("photo", _("Choose the photo once more, please: a browser does not keep it."))
    return _page(request, ticket, lookup, form, status=422)


def _page(
    request: HttpRequest, ticket: Ticket, lookup: str, form: ComplaintForm, status: int = 200
) -> HttpResponse:  # fmt: skip
    now = clock.now()
    said = selectors.complaints_about(ticket)
    context = {
        "ride": selectors.ride_of(ticket, now),
        "rating": selectors.rating_of(ticket),
        "stars": range(1, 6),
        "complaints": said,
        "form": form if len(said) < services.MOST_COMPLAINTS else None,
        "lookup": lookup,
        "now": now,
    }
    return _private(render(request, "ticketing/passenger.html", context, status=status))


def _speaking_ticket(request: HttpRequest, code: str, lookup: str) -> Ticket:
    """The ticket of whoever says something about it. Raises NoSuchPage, TooManyTries."""
    ticket = _page_ticket(request, code, lookup)
    allow(f"feedback:{code}", most=_SAYINGS, within=_SAYINGS_WITHIN)
    return ticket


def _page_ticket(request: HttpRequest, code: str, lookup: str) -> Ticket:
    """Raises NoSuchPage, TooManyTries. Numbers that do not fit together are not even looked for."""
    whose = visitor(request)
    known = rules.is_ticket_code(code) and rules.is_lookup_code(lookup)
    ticket = selectors.ride_ticket(code, lookup) if known else None
    if ticket is None:
        allow(f"wrong-page:{whose}", most=_WRONG, within=_WRONG_WITHIN)
        raise NoSuchPage
    allow(f"page:{code}", most=_LOOKS, within=_LOOKS_WITHIN)
    return ticket


def _refused(request: HttpRequest, refusal: DomainError, context: dict[str, object]) -> HttpResponse:
    status = _TOO_MANY if isinstance(refusal, TooManyTries) else 404
    return _private(render(request, "ticketing/look_up.html", {**context, "refusal": refusal}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """No search engine keeps it. (What other sites are told of its address is the policy of every page: the origin.)"""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
