"""The journal: one row per thing that happened, hash-chained per till or station, never edited.

`hash` = sha256(prev ‖ "chain|seq|at|actor|action|obj|body"), `at` in UTC with microseconds; the first `prev` is one
zero byte. The row is the audit row and the transition log: there is no third book.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from station.models.guards import append_only
from station.models.locks import lock
from station.models.written_once import Changes, asked_often, changed_often, insert

if TYPE_CHECKING:
    from station.models.people import User
    from station.models.shifts import Till

FIRST_PREV = b"\x00"


class JournalHead(models.Model):
    """The end of one chain; locked while a row is added, near the end of a transaction."""

    chain = models.CharField(max_length=40, unique=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=FIRST_PREV)

    def __str__(self) -> str:
        return self.chain


class JournalEntry(models.Model):
    chain = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey("station.User", null=True, on_delete=models.PROTECT, help_text="null: the machine")
    action = models.CharField(max_length=60)
    obj = models.CharField(max_length=60, help_text="ticket:12")
    body = models.TextField(help_text="canonical JSON: from, to, reason and facts")
    till = models.ForeignKey("station.Till", null=True, on_delete=models.PROTECT)
    shift = models.ForeignKey("station.Shift", null=True, on_delete=models.PROTECT)
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(name="a_chain_has_no_fork", fields=["chain", "seq"])]
        indexes = [models.Index(fields=["obj"])]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.action} {self.obj}"


def entry_hash(
    *, prev: bytes, chain: str, seq: int, at: datetime, actor: int | None, action: str, obj: str, body: str
) -> bytes:
    """What `hash` must be; also how `verify` recomputes a chain."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    text = f"{chain}|{seq}|{stamp}|{'' if actor is None else actor}|{action}|{obj}|{body}"
    return hashlib.sha256(prev + text.encode()).digest()


def record(
    *,
    action: str,
    obj: str,
    station_id: int,
    by: "User | None",
    now: datetime,
    till: "Till | None" = None,
    facts: Mapping[str, object] | None = None,
) -> JournalEntry:
    """Add one row to the chain of *till*, or of the station when no money is involved."""
    chain = f"till:{till.pk}" if till else f"station:{station_id}"
    body = json.dumps(facts or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    head = _locked_head(chain, station_id, now)
    shift_id = till.shift_id if till else head.shift_of_the_moment
    prev, seq = bytes(head.hash), head.seq + 1
    actor_id = by.pk if by else None
    digest = entry_hash(prev=prev, chain=chain, seq=seq, at=now, actor=actor_id, action=action, obj=obj, body=body)
    entry = JournalEntry(
        chain=chain, seq=seq, at=now, actor_id=actor_id, action=action, obj=obj, body=body,
        till=till, shift_id=shift_id, prev=prev, hash=digest,
    )  # fmt: skip
    insert(entry)
    _move_head(head.pk, seq, digest)
    return entry


@dataclass(frozen=True, slots=True)
class Link:
    """The place of some content in a chain: `hash` = sha256(prev ‖ content)."""

    seq: int
    prev: bytes
    hash: bytes


def add_link(chain: str, content: bytes, *, station_id: int, now: datetime) -> Link:
    """The next place in *chain*, whose end is locked until the transaction ends; *content* is kept by the caller."""
    head = _locked_head(chain, station_id, now)
    prev, seq = bytes(head.hash), head.seq + 1
    link = Link(seq, prev, hashlib.sha256(prev + content).digest())
    _move_head(head.pk, link.seq, link.hash)
    return link


def _locked_head(chain: str, station_id: int, now: datetime) -> Any:
    """The `JournalHead` of *chain*, which begins with its first row, with the `shift_of_the_moment`."""
    if not (heads := _heads(chain, station_id, now)):
        JournalHead.objects.bulk_create([JournalHead(chain=chain)], ignore_conflicts=True)
        heads = _heads(chain, station_id, now)
    return heads[0]


@asked_often
def _heads(chain: str, station_id: int, now: datetime) -> models.QuerySet[JournalHead]:
    # By name: shifts have a life of their own, so their models stand above the journal.
    shifts = apps.get_model("station", "Shift").current_at(station_id, now)
    heads = JournalHead.objects.filter(chain=chain)
    return lock(heads.annotate(shift_of_the_moment=models.Subquery(shifts.values("pk")[:1])))


@changed_often
def _move_head(pk: int, seq: int, digest: bytes) -> Changes:
    return JournalHead.objects.filter(pk=pk), {"seq": seq, "hash": digest}
