"""A second person agrees with their own name and password, at the clerk's counter."""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction

from station.models import JournalEntry, Station, User
from station.models.journal import record
from ticketing.errors import ApprovalRefused, TooManyApprovals
from ticketing.services.refunds import check_approver

MOST_WRONG = 5
WRONG_COUNT_FOR = timedelta(minutes=10)


def approver_of(*, username: str, password: str, station: Station, by: User, now: datetime) -> User:
    """Whoever *username* and *password* name, if they may approve here. A wrong one is kept in the journal and counted.

    Call it outside the transaction of the refund, which a refusal undoes. Raises TooManyApprovals, ApprovalRefused,
    ApprovesOwn.
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
    check_approver(person, station, by=by, now=now)
    return person
