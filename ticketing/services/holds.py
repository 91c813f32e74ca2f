"""Keeping seats for a customer who is standing there. A hold is the same kind of row as a sale, with an end."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from fees import services as fees
from station.models import Departure, Till, User
from station.models.locks import lock
from station.models.written_once import asked_often, insert, said_often
from station.services import outbox
from ticketing.errors import HoldGone
from ticketing.models import Hold, SeatClaim
from ticketing.services.choices import Choice, Wish, choose
from ticketing.services.claims import Claimant, claim_seats

HOLD_LASTS = timedelta(seconds=120)


def hold_seats(
    *,
    departure_id: int,
    seats: Sequence[str] | None = None,
    count: int = 1,
    from_stop_id: int | None = None,
    to_stop_id: int | None = None,
    till_id: int,
    by: User,
    now: datetime,
    lasts: timedelta = HOLD_LASTS,
) -> Hold:
    """Keep *seats* (or the best *count*) for this till until *now* + *lasts*; what it kept before is let go.

    Raises SeatTaken, NotEnoughSeats, NoSuchSeat, NoSuchStop, NotOnSale, SaleClosed, NotYourStation, TillClosed.
    """
    # The earlier hold goes first and in a transaction of its own: nobody waits for two departures at once.
    if _kept_by(till_id):
        release_hold(till_id=till_id, by=by, now=now)
    wish = Wish(departure_id, seats, count, from_stop_id, to_stop_id)
    with transaction.atomic():
        till = fees.use_till(till_id, by, now)
        return _keep(choose(wish, till=till, now=now), till=till, now=now, until=now + lasts)


def _keep(choice: Choice, *, till: Till, now: datetime, until: datetime) -> Hold:
    stretch = choice.stretch
    hold = insert(
        Hold(
            departure=choice.departure, till=till, from_stop=stretch.from_stop, to_stop=stretch.to_stop,
            held_at=now, expires_at=until,
        )
    )  # fmt: skip
    claimant = Claimant(hold_id=hold.pk, expires_at=until)
    claim_seats(departure=choice.departure, seats=choice.seats, legs=choice.stretch.legs, claimant=claimant, now=now)
    outbox.push(f"sale-{till.station.code}", now=now)
    return hold


@transaction.atomic
def extend_hold(*, hold_id: int, till_id: int, by: User, now: datetime, lasts: timedelta = HOLD_LASTS) -> Hold:
    """Keep the seats longer, if all of them are still kept. Raises HoldGone."""
    till = fees.use_till(till_id, by, now)
    hold = lock(Hold.objects.filter(pk=hold_id, till=till, request=None)).first()
    if hold is None or hold.expires_at < now:
        raise HoldGone
    hold.expires_at = now + lasts
    hold.save(update_fields=["expires_at"])
    SeatClaim.objects.filter(hold=hold).update(expires_at=hold.expires_at)
    return hold


@transaction.atomic
def release_hold(*, till_id: int, by: User, now: datetime) -> int:
    """Let go of what this till keeps for the customer at the window; returns how many seats and legs became free."""
    till = fees.use_till(till_id, by, now)
    freed = drop_holds(till)
    if freed:
        outbox.push(f"sale-{till.station.code}", now=now)
    return freed


def drop_holds(till: Till) -> int:
    """Delete the holds of *till* and what they still claim; not those whose customer is paying by bank."""
    return _drop(_locked_by(till.pk))


def _at_the_window(till_id: int) -> QuerySet[Hold]:
    return Hold.objects.filter(till=till_id, request=None).order_by("pk")


_kept_by = asked_often(_at_the_window)


@asked_often
def _locked_by(till_id: int) -> QuerySet[Hold]:
    return lock(_at_the_window(till_id))


def drop_holds_on(departure: Departure) -> int:
    """Delete every hold of *departure* (locked), those whose customer is paying by bank too."""
    return _drop(lock(Hold.objects.filter(departure=departure)))


def drop_hold(hold_id: int) -> int:
    """Delete one hold and what it still claims: it was sold, or nobody paid for it."""
    return _drop(_one(hold_id))


@asked_often
def _one(hold_id: int) -> QuerySet[Hold]:
    return lock(Hold.objects.filter(pk=hold_id))


def _drop(locked: Iterable[Hold]) -> int:
    # The holds first, their claims after: as whoever extends a hold takes them.
    ids = [hold.pk for hold in locked]
    if not ids:
        return 0
    freed = len(_delete_claims(ids))
    _delete_holds(ids)
    return freed


_delete_claims = said_often("DELETE FROM ticketing_seatclaim WHERE hold_id = ANY(%s) RETURNING 1")
_delete_holds = said_often("DELETE FROM ticketing_hold WHERE id = ANY(%s) RETURNING 1")
