"""What must always hold: SQL in reports/sql/invariants, one sentence and one query each, a row is a breach."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

_FOLDER = Path(__file__).resolve().parent.parent / "sql" / "invariants"
_FILES = (
    *("seats", "money", "keys", "numbers", "dispatch", "bays", "audit", "outbox", "people", "times", "books"),
    "tills",
)
_HEAD = re.compile(r"^-- ([A-Z]+\d+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sentence` in English; `sql` starts with the exact form as comments and takes %(now)s."""

    id: str
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class Breach:
    invariant: Invariant
    row: dict[str, object]

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.row.items())
        return f"{self.invariant.id}: {self.invariant.sentence} [{facts}]"


def invariants(only: Collection[str] = ()) -> list[Invariant]:
    """All of them, or those named; raises KeyError for a name that does not exist."""
    known = {one.id: one for name in _FILES for one in _parsed((_FOLDER / f"{name}.sql").read_text())}
    return [known[wanted] for wanted in only] if only else list(known.values())


def _parsed(text: str) -> Iterator[Invariant]:
    pieces = _HEAD.split(text)[1:]
    for name, sentence, sql in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        yield Invariant(name, sentence.strip(), sql.strip())


def breaches(invariant: Invariant, now: datetime) -> list[Breach]:
    with connection.cursor() as cursor:
        cursor.execute(invariant.sql, {"now": now})
        names = [column.name for column in cursor.description or ()]
        return [Breach(invariant, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


@contextmanager
def snapshot() -> Iterator[None]:
    """One view of the database for all questions asked inside, that can write nothing and may take its time."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = '10min'")
        yield
