"""The same intention sent twice has one effect and one answer."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from station.errors import KeyReused, KeyUnusable
from station.models import IdempotencyKey, User

MOST_KEY = 100
MOST_ROUTE = 200


@dataclass(frozen=True)
class Answer:
    """What was answered: an HTTP status and a JSON body (for a page: where to go)."""

    status: int
    body: Mapping[str, object]


def request_hash(contents: object) -> str:
    """SHA-256 of *contents* in canonical JSON."""
    text = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def once(*, user: User, key: str, route: str, contents: object, now: datetime, work: Callable[[], Answer]) -> Answer:
    """Do *work* in one transaction with the key, or give the answer it gave before.

    Its row is the first lock of the transaction. A refusal rolls the key back too: nothing happened, so the same
    key may try again. Raises KeyReused when the key was used for something else, KeyUnusable.
    """
    if len(key) > MOST_KEY or not key.isprintable():
        raise KeyUnusable(most=MOST_KEY)  # needs no lock: the shape of what was sent
    digest = request_hash([route, contents])
    fresh = IdempotencyKey(user=user, key=key, route=route[:MOST_ROUTE], request_hash=digest, created_at=now)
    IdempotencyKey.objects.bulk_create([fresh], ignore_conflicts=True)
    row = IdempotencyKey.objects.select_for_update(of=("self",), no_key=True).get(user=user, key=key)
    if row.request_hash != digest:
        raise KeyReused
    if row.status is not None:
        return Answer(row.status, row.answer or {})
    answer = work()
    row.status, row.answer = answer.status, dict(answer.body)
    row.save(update_fields=["status", "answer"])
    return answer
