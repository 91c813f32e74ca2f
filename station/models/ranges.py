"""SQL ranges for exclusion constraints. The embedded PostgreSQL has no btree_gist, so plain values are compared as
one-point ranges of a core range type."""

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db.models import F, Func


class DateRange(Func):
    """SQL `daterange(from, until, '[)')`: give the bounds as Value("[)")."""

    function = "daterange"
    output_field = DateRangeField()


class OneId(Func):
    """A number or a foreign key as a one-point range."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = BigIntegerRangeField()

    def __init__(self, name: str) -> None:
        super().__init__(F(name), F(name))


class _Hash(Func):
    template = "hashtext(%(expressions)s)::bigint"


class OneWord(Func):
    """A short text as a one-point range of its hash: two words that collide would be refused, never let through."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = BigIntegerRangeField()

    def __init__(self, name: str) -> None:
        super().__init__(_Hash(F(name)), _Hash(F(name)))
