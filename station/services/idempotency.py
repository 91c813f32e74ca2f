"""The same intention sent twice has one effect and one answer."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from station.errors import KeyReused, KeyUnusable
from station.models import User
from station.models.written_once import said_often

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
    [row] = _keys(user.pk, key, route[:MOST_ROUTE], digest, now)
    row_id, known_digest, status, known_answer = row
    if known_digest != digest:
        raise KeyReused
    if status is not None:
        return Answer(status, json.loads(known_answer))
    answer = work()
    _keep_answer(answer.status, json.dumps(answer.body), row_id)
    return answer


# The new key, or the known one; locked either way: to write what stands there is how one statement does both.
_keys = said_often("""
    INSERT INTO station_idempotencykey AS known (user_id, key, route, request_hash, created_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (user_id, key) DO UPDATE SET route = known.route
    RETURNING known.id, known.request_hash, known.status, known.answer
""")

_keep_answer = said_often("UPDATE station_idempotencykey SET status = %s, answer = %s WHERE id = %s RETURNING id")
