"""A person mended what a worker stumbled over."""

from datetime import datetime

from django.db import transaction

from einvoice import selectors
from einvoice.errors import NotGivenUp
from station.models import Station, User
from station.models.journal import record
from station.services import outbox


@transaction.atomic
def try_again(*, message_id: int, station: Station, by: User, now: datetime) -> None:
    """Have a given-up message of *station* run again and close its alarm. Raises NotGivenUp."""
    given_up = {failure.message_id: failure for failure in selectors.failures(station)}
    if message_id not in given_up or not outbox.revive(message_id, now=now):
        raise NotGivenUp
    facts = {"task": given_up[message_id].task, "about": given_up[message_id].obj}
    obj = f"outbox:{message_id}"
    record(action="message_revived", obj=obj, station_id=station.pk, by=by, now=now, facts=facts)
