"""Row locks. The order in which they may be taken stands in docs/locking.md and is linted."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from station.models.written_once import said_often

ModelT = TypeVar("ModelT", bound=Model)


def lock(rows: QuerySet[ModelT]) -> QuerySet[ModelT]:
    """*rows*, locked by pk against other writers but not against foreign keys that point at them."""
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk")


def share_lock(model: type[Model], pk: int) -> None:
    """Keep one row from being changed until commit while others may share it (Django has no FOR SHARE)."""
    _shared(model)(pk)


@cache
def _shared(model: type[Model]) -> Callable[[int], object]:
    table = connection.ops.quote_name(model._meta.db_table)
    return said_often(f"SELECT 1 FROM {table} WHERE id = %s FOR SHARE")
