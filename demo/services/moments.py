"""Doing something at a moment that is over: the time of a journal never runs back (verify: A4)."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction

from station.models import Station

T = TypeVar("T")

_TRIES = 3
# The station's own chain and those of its open tills: each with its last number and moment.
_HEADS = """
    SELECT head.chain, head.seq, entry.at
      FROM station_journalhead head
      JOIN station_journalentry entry ON entry.chain = head.chain AND entry.seq = head.seq
     WHERE head.chain = 'station:' || %(station)s
        OR head.chain IN (SELECT 'till:' || id FROM station_till WHERE station_id = %(station)s AND state = 'open')
"""
_WRITTEN_SINCE = """
    SELECT EXISTS (
        SELECT FROM station_journalentry entry
          JOIN unnest(%(chains)s::text[], %(seqs)s::bigint[]) AS before (chain, seq)
            ON entry.chain = before.chain AND entry.seq > before.seq
         WHERE entry.at > %(moment)s)
"""

Heads = list[tuple[str, int, datetime]]


def at_its_moment(station: Station, at: datetime, work: Callable[[datetime], T]) -> T:
    """What *work* gives at *at*, in one transaction.

    Once somebody at a screen has written into a journal of *station* after that moment, whatever is left to do is
    done at the moment of that writing instead. Whoever writes while *work* is at it makes it begin again.
    """
    for tries_left in reversed(range(_TRIES)):
        with transaction.atomic():
            before = _heads(station)
            moment = max([at, *(head[2] for head in before)])
            result = work(moment)
            if not tries_left or not _is_overtaken(before, moment):
                return result
            transaction.set_rollback(True)
    raise AssertionError("the last try returns")


def _heads(station: Station) -> Heads:
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, {"station": station.pk})
        return list(cursor.fetchall())


def _is_overtaken(before: Heads, moment: datetime) -> bool:
    chains, seqs = [head[0] for head in before], [head[1] for head in before]
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN_SINCE, {"chains": chains, "seqs": seqs, "moment": moment})
        return bool(cursor.fetchone()[0])
