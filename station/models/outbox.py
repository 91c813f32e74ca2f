"""Messages to workers, written in the transaction of what they tell about."""

from django.db import models

from station.enums import MessageState


class OutboxMessage(models.Model):
    """One task that must run. The relay publishes it, the consumer marks it done in its own transaction."""

    task = models.CharField(max_length=100, help_text="registered task name, or push.<topic> for browsers")
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True, help_text="published; published again after this")
    publications = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="counted before the work starts")
    claimed_by = models.CharField(max_length=60, blank=True, help_text="delivery that works on it")
    claimed_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_done_message_says_when",
                condition=models.Q(state=MessageState.DONE, done_at__isnull=False)
                | (~models.Q(state=MessageState.DONE) & models.Q(done_at=None)),
            )
        ]
        indexes = [
            models.Index(name="outbox_due", fields=["due_at"], condition=models.Q(state=MessageState.PENDING)),
            # Pages are told at once, also when a night's invoices wait before them.
            models.Index(
                name="outbox_pushes",
                fields=["due_at"],
                condition=models.Q(state=MessageState.PENDING, task__startswith="push."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.payload}"


class Heartbeat(models.Model):
    """When a background process last said it lives (`/readyz`)."""

    process = models.CharField(max_length=30, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process
