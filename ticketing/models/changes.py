"""A departure that does not run as its tickets say, and every ticket that it touches."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from station.models import Departure, SeatMap
from station.models.guards import append_only, no_delete
from ticketing.enums import DisruptionKind
from ticketing.models.tickets import Ticket


class Disruption(models.Model):
    """A departure is cancelled, merged into another, late, or runs with another coach."""

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="disruptions")
    kind = models.CharField(max_length=10, choices=DisruptionKind)
    into = models.ForeignKey(
        Departure, null=True, on_delete=models.PROTECT, related_name="taken_over", help_text="where its passengers ride"
    )
    from_map = models.ForeignKey(SeatMap, null=True, on_delete=models.PROTECT, related_name="+")
    to_map = models.ForeignKey(SeatMap, null=True, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(help_text="when it was to leave until then")
    expected_at = models.DateTimeField(null=True, help_text="when it is to leave now")
    reason = models.CharField(max_length=255)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_merged_departure_names_the_other",
                condition=Q(kind=DisruptionKind.MERGED, into__isnull=False)
                | (~Q(kind=DisruptionKind.MERGED) & Q(into=None)),
            ),
            models.CheckConstraint(
                name="a_late_departure_says_until_when",
                condition=Q(kind=DisruptionKind.LATE, expected_at__isnull=False)
                | (~Q(kind=DisruptionKind.LATE) & Q(expected_at=None)),
            ),
            models.CheckConstraint(name="nothing_is_merged_into_itself", condition=~Q(into=F("departure"))),
            models.CheckConstraint(name="a_disruption_says_why", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["departure", "at"])]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.departure}: {self.get_kind_display()}"


class Affected(models.Model):
    """One ticket on the work list of a disruption: where its holder sat, sits now (nowhere: empty), who told them."""

    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="affected")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="disruptions")
    from_label = models.CharField(max_length=5)
    to_label = models.CharField(max_length=5, blank=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "affected"
        constraints = [
            models.UniqueConstraint(name="a_ticket_is_listed_once", fields=["disruption", "ticket"]),
            models.CheckConstraint(
                name="who_told_and_when",
                condition=Q(told_at=None, told_by=None) | Q(told_at__isnull=False, told_by__isnull=False),
            ),
        ]
        triggers = [
            no_delete(),
            pgtrigger.Protect(
                name="what_was_listed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("disruption", "ticket", "from_label"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.from_label} → {self.to_label or '–'}"
