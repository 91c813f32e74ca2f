"""Who may agree to a refund outside the rule."""

from datetime import datetime

from station.models import Station, User
from station.services.approvals import second_person

APPROVING = "ticketing.approve_refund"


def approver_of(*, username: str, password: str, station: Station, by: User, now: datetime) -> User:
    """The second person of a refund, by their password. Raises TooManyApprovals, ApprovalRefused, ApprovesOwn."""
    return second_person(
        username=username, password=password, right_name=APPROVING, station=station, by=by, now=now
    )  # fmt: skip
