"""What passengers say afterwards: one rating per ride, and complaints with a deadline."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from station.models import Stateful, Station, StoredFile
from station.models.guards import append_only, no_delete
from ticketing.enums import ComplaintState, ComplaintTopic
from ticketing.models.tickets import Ticket

_SAID = ("station", "ticket", "key", "topic", "words", "phone", "photo", "filed_at", "due_at")


class Rating(models.Model):
    """How a passenger liked one ride, once."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="rating")
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_rating_has_one_to_five_stars", condition=Q(stars__gte=1) & Q(stars__lte=5)),
        ]
        indexes = [models.Index(fields=["at"])]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.stars}"


class Complaint(Stateful):
    """What a passenger was not content with; it keeps their words, and until when they are to be answered."""

    noun = "complaint"
    transitions = {
        ComplaintState.OPEN: frozenset({ComplaintState.ANSWERED}),
        ComplaintState.ANSWERED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="complaints")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="complaints")
    key = models.UUIDField(unique=True, help_text="of the form: sent twice, it is one complaint")
    topic = models.CharField(max_length=10, choices=ComplaintTopic)
    words = models.TextField(max_length=2000)
    phone = models.CharField(max_length=20, blank=True, help_text="given of their own will, to be called back")
    photo = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ComplaintState, default=ComplaintState.OPEN)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_complaint_has_time_to_be_answered", condition=Q(due_at__gt=F("filed_at"))),
            models.CheckConstraint(
                name="an_answer_says_what_when_and_by_whom",
                condition=Q(state=ComplaintState.OPEN, answer="", answered_by=None, answered_at=None)
                | Q(state=ComplaintState.ANSWERED, answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answer=""),
            ),
        ]
        indexes = [models.Index(fields=["station", "state", "due_at"])]
        triggers = [
            no_delete(),
            pgtrigger.Protect(
                name="a_complaint_keeps_its_words",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*_SAID),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.topic}"

    @property
    def number(self) -> str:
        """As people name it on the phone."""
        return f"KN{self.pk:06d}"

    @property
    def has_photo(self) -> bool:
        return self.photo_id is not None
