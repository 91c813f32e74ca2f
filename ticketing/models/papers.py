"""Which copies of a ticket came out on paper, when and by whose hand."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from station.models.guards import append_only
from ticketing.enums import Paper
from ticketing.models.tickets import Ticket


class TicketPrint(models.Model):
    """One copy on paper: the first is the ticket, every later one says on its face which reprint it is."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="prints")
    copy = models.PositiveSmallIntegerField(help_text="1 is the ticket itself, 2 the first reprint")
    paper = models.CharField(max_length=10, choices=Paper)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_copy_of_a_ticket_is_printed_once", fields=["ticket", "copy"]),
            models.CheckConstraint(name="copies_are_counted_from_one", condition=Q(copy__gte=1)),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.copy}"

    @property
    def reprint(self) -> int:
        """0 for the ticket itself."""
        return self.copy - 1
