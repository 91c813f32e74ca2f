"""A second person agrees with their own name and password, at somebody else's counter."""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction

from station.errors import ApprovalRefused, ApprovesOwn, TooManyApprovals
from station.models import JournalEntry, Station, User
from station.models.journal import record
from station.rights import has_right

MOST_WRONG = 5
WRONG_COUNT_FOR = timedelta(minutes=10)


def second_person(
    *, username: str, password: str, right_name: str, station: Station, by: User, now: datetime
) -> User:  # fmt: skip
    """Whoever *username* and *password* name, if they hold *right_name* here. A wrong one is journaled and counted.

    Call it outside the transaction of what is approved, which a refusal undoes. Raises TooManyApprovals,
    ApprovalRefused, ApprovesOwn.
    """
    subject = f"approval:{by.pk}"
    wrong = JournalEntry.objects.filter(obj=subject, action="approval_refused", at__gt=now - WRONG_COUNT_FOR)
    if wrong.count() >= MOST_WRONG:
        raise TooManyApprovals(minutes=int(WRONG_COUNT_FOR.total_seconds() // 60))
    person = authenticate(username=username, password=password)
    if not isinstance(person, User):
        facts = {"username": username[:150]}
        with transaction.atomic():
            record(action="approval_refused", obj=subject, station_id=station.pk, by=by, now=now, facts=facts)
        raise ApprovalRefused(station=str(station))
    check_second_person(person, right_name, station, by=by, now=now)
    return person


def check_second_person(person: User, right_name: str, station: Station, *, by: User, now: datetime) -> None:
    """Raises ApprovesOwn, ApprovalRefused."""
    if person.pk == by.pk:
        raise ApprovesOwn
    if not has_right(person, right_name, station, now):
        raise ApprovalRefused(station=str(station))
