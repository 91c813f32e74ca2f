"""Cash moves of one's own till: in, out, to the safe, to another person."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fees import selectors, services
from fees.enums import MoveKind
from fees.forms import HandOverForm, MoveForm
from fees.models import CashMove
from station import clock
from station.errors import DomainError
from station.models import User
from station.money import vnd
from station.place import StaffRequest
from station.rights import right
from station.services.approvals import second_person
from station.web import go_to, refuse, submit_once


@require_http_methods(["GET", "POST"])
@right("station.open_till")
def move(request: StaffRequest, kind: str) -> HttpResponse:
    """Cash in, out or to the safe."""
    if kind not in MoveKind.values or kind == MoveKind.HAND_OVER:
        raise Http404
    if request.place.till_or_none is None:
        return redirect("fees:till")
    form = MoveForm(request.POST or None)
    if form.is_valid():
        try:
            other = _second_person(request, form)
            submit_once(request, lambda: _moved(request, form, MoveKind(kind), other))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return _done(request, _("%(amount)s: written down.") % {"amount": vnd(form.cleaned_data["amount"])})
    status = 422 if form.is_bound else 200
    return render(request, "fees/till_move.html", {"form": form, "kind": MoveKind(kind)}, status=status)


def _second_person(request: StaffRequest, form: MoveForm) -> User | None:
    """Outside the transaction of the move: a wrong password stays written down."""
    if not form.cleaned_data["username"]:
        return None
    return second_person(
        username=form.cleaned_data["username"], password=form.cleaned_data["password"], right_name="fees.keep_safe",
        station=request.place.till.station, by=request.user, now=clock.now(),
    )  # fmt: skip


def _moved(request: StaffRequest, form: MoveForm, kind: MoveKind, other: User | None) -> Mapping[str, object]:
    said = form.cleaned_data
    done = services.move_cash(
        till_id=request.place.till.pk, cash=services.Cash(kind, said["amount"], said["reason"]), other=other,
        by=request.user, now=clock.now(),
    )  # fmt: skip
    return {"move": done.pk}


@require_http_methods(["GET", "POST"])
@right("station.open_till")
def hand_over(request: StaffRequest) -> HttpResponse:
    """Cash to another person, who counts and takes it at their own till."""
    if request.place.till_or_none is None:
        return redirect("fees:till")
    form = HandOverForm(request.POST or None, tills=selectors.other_tills(request.place.till))
    if form.is_valid():
        try:
            submit_once(request, lambda: _offered(request, form))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            facts = {"amount": vnd(form.cleaned_data["amount"]), "other": form.cleaned_data["to_till"].clerk}
            return _done(request, _("%(other)s counts %(amount)s and takes them under «My till».") % facts)
    context = {"form": form, "kind": MoveKind.HAND_OVER}
    return render(request, "fees/till_move.html", context, status=422 if form.is_bound else 200)


def _offered(request: StaffRequest, form: HandOverForm) -> Mapping[str, object]:
    said = form.cleaned_data
    offered = services.hand_over(
        till_id=request.place.till.pk, to_till_id=said["to_till"].pk, amount=said["amount"], reason=said["reason"],
        by=request.user, now=clock.now(),
    )  # fmt: skip
    return {"move": offered.pk}


@require_POST
@right("station.open_till")
def take(request: StaffRequest, move_id: int) -> HttpResponse:
    """The cash that was offered is counted and here."""
    _found(request, move_id)
    submit_once(request, lambda: {"move": services.take_over(move_id=move_id, by=request.user, now=clock.now()).pk})
    return _done(request, _("The cash is in your till."))


@require_POST
@right("station.open_till")
def decline(request: StaffRequest, move_id: int) -> HttpResponse:
    """It did not come, or the clerk keeps it."""
    _found(request, move_id)
    submit_once(request, lambda: {"move": services.decline(move_id=move_id, by=request.user, now=clock.now()).pk})
    return _done(request, _("Nothing moved."))


def _found(request: StaffRequest, move_id: int) -> CashMove:
    return get_object_or_404(CashMove, pk=move_id, station__in=request.place.stations_with("station.open_till"))


def _done(request: StaffRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return go_to(request, reverse("fees:till"))
