"""Small tables that every app stands on: answered requests, stored files, alarms."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import models

from station.models.guards import append_only
from station.models.written_once import asked_often, insert


class IdempotencyKey(models.Model):
    """One intention of one person: the same key gives the first answer, other contents under it are refused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    route = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="a_key_is_used_once", fields=["user", "key"])]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.key}"


class StoredFile(models.Model):
    """Bytes as they were issued, found by their SHA-256; never edited."""

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.sha256

    @staticmethod
    def keep(content: bytes, *, media_type: str, now: datetime) -> "StoredFile":
        """Store *content*, or find it: the same bytes are kept once."""
        row = StoredFile._of(content, media_type, now)
        StoredFile.objects.bulk_create([row], ignore_conflicts=True)
        [kept] = _files(row.sha256)
        kept.content = content  # what was just sent need not come back
        return kept

    @staticmethod
    def keep_new(content: bytes, *, media_type: str, now: datetime) -> "StoredFile":
        """Store *content* that nobody has stored before, because it holds a number or a signature of its own."""
        return insert(StoredFile._of(content, media_type, now))

    @staticmethod
    def _of(content: bytes, media_type: str, now: datetime) -> "StoredFile":
        digest = hashlib.sha256(content).hexdigest()
        return StoredFile(sha256=digest, media_type=media_type, content=content, size=len(content), stored_at=now)


@asked_often
def _files(sha256: str) -> models.QuerySet[StoredFile]:
    return StoredFile.objects.filter(sha256=sha256).defer("content")


class Alarm(models.Model):
    """Something a person must look at; closed when it is over, never deleted."""

    obj = models.CharField(max_length=60, help_text="outbox:12")
    code = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    station = models.ForeignKey("station.Station", null=True, blank=True, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_alarm_rings_once", fields=["obj", "code"], condition=models.Q(closed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.obj}"
