"""Who may do what: one table of rights, held per station, asked by every view."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from station.enums import Role
from station.models import Membership, Station, User
from station.models.written_once import asked_often

_COUNTER = {Role.TICKET_CLERK, Role.SHIFT_LEAD}
_YARD = {Role.DISPATCHER, Role.SHIFT_LEAD}
_OFFICE = {Role.ACCOUNTANT, Role.MANAGER}
_READERS = {Role.INSPECTOR, Role.MANAGER}
_STAFF = _COUNTER | _YARD | _OFFICE | _READERS | {Role.GUARD}

RIGHTS: dict[str, frozenset[str]] = {
    "station.see_board": frozenset(_STAFF),
    "station.move_bays": frozenset(_YARD),
    "station.work_gate": frozenset(_YARD | {Role.GUARD}),
    "station.see_gate": frozenset(_YARD | _READERS | {Role.GUARD}),
    "station.open_till": frozenset(_COUNTER | {Role.DISPATCHER, Role.ACCOUNTANT}),
    "station.see_shifts": frozenset(_STAFF - {Role.GUARD}),
    "station.run_shift": frozenset({Role.SHIFT_LEAD, Role.MANAGER}),
    "station.see_routes": frozenset(_STAFF),
    "station.edit_master_data": frozenset({Role.ADMIN, Role.MANAGER}),
    "station.administer": frozenset({Role.ADMIN}),
    "fees.see": frozenset(_COUNTER | _YARD | _OFFICE | _READERS),
    "fees.take_payment": frozenset(_COUNTER | {Role.DISPATCHER, Role.ACCOUNTANT}),
    "fees.handle_bank": frozenset({Role.SHIFT_LEAD, Role.ACCOUNTANT, Role.MANAGER}),
    "fees.correct_till": frozenset({Role.SHIFT_LEAD} | _OFFICE),
    "fees.keep_safe": frozenset({Role.SHIFT_LEAD} | _OFFICE),
    "ticketing.sell": frozenset(_COUNTER),
    "ticketing.see": frozenset(_STAFF),
    "ticketing.set_favourites": frozenset(_COUNTER | {Role.MANAGER}),
    "ticketing.set_prices": frozenset(_OFFICE),
    "ticketing.block_seats": frozenset(_COUNTER | _YARD | {Role.MANAGER}),
    "ticketing.print": frozenset(_COUNTER | _YARD | {Role.MANAGER}),
    "ticketing.board": frozenset(_COUNTER | _YARD | {Role.GUARD}),
    "ticketing.refund": frozenset(_COUNTER),
    "ticketing.approve_refund": frozenset({Role.SHIFT_LEAD, Role.MANAGER}),
    "ticketing.see_complaints": frozenset(_READERS | {Role.SHIFT_LEAD}),
    "ticketing.answer_complaints": frozenset({Role.SHIFT_LEAD, Role.MANAGER}),
    "dispatch.work_desk": frozenset(_YARD),
    "dispatch.see_orders": frozenset(_YARD | _OFFICE | _READERS | {Role.GUARD}),
    "dispatch.enter_paper_order": frozenset(_YARD),
    "dispatch.confirm_departure": frozenset(_YARD),
    "dispatch.change_departure": frozenset(_YARD | {Role.MANAGER}),
    "dispatch.see_records": frozenset(_YARD | _OFFICE | _READERS),
    "dispatch.handle_records": frozenset(_YARD | {Role.MANAGER}),
    "dispatch.sign_as_operator": frozenset({Role.OPERATOR}),
    "dispatch.drive": frozenset({Role.DRIVER}),
    "einvoice.see": frozenset(_OFFICE | _READERS | {Role.SHIFT_LEAD}),
    "einvoice.handle": frozenset(_OFFICE),
    "reports.see": frozenset(_OFFICE | _READERS | {Role.SHIFT_LEAD}),
}

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def roles_at(user: User, station: Station | None, now: datetime) -> frozenset[str]:
    """Roles of *user* at *station* at *now*; an operator's user and a driver carry theirs everywhere.

    Who is disabled has none, from that moment on and in sessions that are still open.
    """
    if user.disabled_at and user.disabled_at <= now:
        return frozenset()
    own = {Role.OPERATOR} if user.operator_id else set()
    own |= {Role.DRIVER} if user.driver_id else set()
    if station is None:
        return frozenset(own)
    return frozenset(own | {Role(one.role) for one in _memberships(user.pk, station.pk, now)})


@asked_often
def _memberships(user_id: int, station_id: int, now: datetime) -> QuerySet[Membership]:
    held = Membership.objects.filter(user=user_id, station=station_id, valid_from__lte=now)
    return held.filter(Q(valid_until=None) | Q(valid_until__gt=now)).order_by("pk")


def has_right(user: User, right_name: str, station: Station | None, now: datetime) -> bool:
    return user.is_active and bool(RIGHTS[right_name] & roles_at(user, station, now))


def right(name: str) -> Callable[[View], View]:
    """This view needs the right *name* at the station where the person works (request.place)."""
    if name not in RIGHTS:
        raise KeyError(name)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if name not in request.place.rights:  # type: ignore[attr-defined]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_right = name  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def signed_in(view: View) -> View:
    """This view needs a person, in any role."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.required_right = "signed_in"  # type: ignore[attr-defined]
    return cast(View, guarded)


def public(view: View) -> View:
    """Anybody may see this view; said aloud, so that no view is public by forgetting."""
    view.required_right = "public"  # type: ignore[attr-defined]
    return view


def stations_where(user: User, right_name: str, now: datetime) -> list[Station]:
    """Stations at which *user* holds *right_name* through a role there, in one query."""
    if user.disabled_at and user.disabled_at <= now:
        return []
    lasts = Q(memberships__valid_until=None) | Q(memberships__valid_until__gt=now)
    held = Station.objects.filter(
        lasts, memberships__user=user, memberships__valid_from__lte=now, memberships__role__in=RIGHTS[right_name]
    )
    return list(held.distinct().order_by("pk"))


def rights_at(user: User, station: Station | None, now: datetime) -> frozenset[str]:
    roles = roles_at(user, station, now)
    return frozenset(name for name, holders in RIGHTS.items() if holders & roles)
