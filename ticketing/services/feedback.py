"""What a passenger tells the station after the ride, and what the station answers."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from django.db import transaction

from station.models import StoredFile, User
from station.models.journal import record
from station.models.locks import lock
from station.services import outbox
from ticketing import selectors
from ticketing.enums import ComplaintState, ComplaintTopic
from ticketing.errors import AlreadyRated, AnswerMissing, ComplaintAnswered, NotRiddenYet, TooManyComplaints
from ticketing.models import Complaint, Rating, Ticket

MOST_COMPLAINTS = 3  # about one ticket


@dataclass(frozen=True, slots=True)
class Grievance:
    """What the passenger wrote; *photo* is a JPEG of our own making, or nothing."""

    topic: ComplaintTopic
    words: str
    phone: str = ""
    photo: bytes = b""


@transaction.atomic
def rate_ride(*, ticket_id: int, stars: int, now: datetime) -> Rating:
    """Once, and only by whom the coach left with. Raises NotRiddenYet, AlreadyRated."""
    ticket = lock(selectors.tickets().filter(pk=ticket_id)).get()
    if not ticket.is_valid or ticket.departure.departed_at is None:
        raise NotRiddenYet
    if selectors.rating_of(ticket) is not None:
        raise AlreadyRated
    return Rating.objects.create(ticket=ticket, stars=stars, at=now)


@transaction.atomic
def file_complaint(*, ticket_id: int, key: UUID, said: Grievance, now: datetime) -> Complaint:
    """Take a complaint down, with the day by which it is answered; the form sent twice is one complaint.

    Raises TooManyComplaints.
    """
    ticket = lock(Ticket.objects.select_related("sale__station").filter(pk=ticket_id)).get()
    known = Complaint.objects.filter(ticket=ticket)
    other = _key_of(key, said)
    sent = list(known.filter(key__in=[key, other]).select_related("photo").defer("photo__content").order_by("pk"))
    if same := next((one for one in sent if _says(one, said)), None):
        return same
    if sent:  # the form was sent before, without the photo perhaps: nothing of what it says now is lost
        key = other
    if known.count() >= MOST_COMPLAINTS:
        raise TooManyComplaints(most=MOST_COMPLAINTS)
    station = ticket.sale.station
    photo = StoredFile.keep(said.photo, media_type="image/jpeg", now=now) if said.photo else None
    complaint = Complaint.objects.create(
        station=station, ticket=ticket, key=key, topic=said.topic, words=said.words, phone=said.phone, photo=photo,
        filed_at=now, due_at=now + timedelta(days=station.complaint_days),
    )  # fmt: skip
    facts = {"ticket": ticket.code, "topic": said.topic, "due_at": complaint.due_at}
    name = complaint.journal_name
    record(action="complaint_open", obj=name, station_id=station.pk, by=None, now=now, facts=facts)
    outbox.push(f"complaints-{station.code}", now=now)
    return complaint


def _key_of(key: UUID, said: Grievance) -> UUID:
    """Of the same form with these contents."""
    return uuid5(key, json.dumps([said.topic, said.words, said.phone, sha256(said.photo).hexdigest()]))


def _says(complaint: Complaint, said: Grievance) -> bool:
    kept = complaint.photo.sha256 if complaint.photo else ""
    sent = sha256(said.photo).hexdigest() if said.photo else ""
    return (complaint.topic, complaint.words, complaint.phone, kept) == (said.topic, said.words, said.phone, sent)


@transaction.atomic
def answer_complaint(*, complaint_id: int, answer: str, by: User, now: datetime) -> Complaint:
    """The passenger reads *answer* on the page of their ticket. Raises AnswerMissing, ComplaintAnswered."""
    rows = Complaint.objects.select_related("station", "answered_by").filter(pk=complaint_id)
    complaint = lock(rows).get()
    if complaint.state != ComplaintState.OPEN:
        raise ComplaintAnswered(who=str(complaint.answered_by))
    if not answer.strip():
        raise AnswerMissing
    complaint.become(
        ComplaintState.ANSWERED, by=by, now=now, answer=answer.strip(), answered_by=by, answered_at=now
    )  # fmt: skip
    outbox.push(f"complaints-{complaint.station.code}", now=now)
    return complaint
