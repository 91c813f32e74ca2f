"""What every sale asks and writes: SQL that the ORM writes once per process and PostgreSQL plans once per connection.

Otherwise Django spends more time on writing such SQL, and PostgreSQL on planning it, than either on the answer.

    @asked_often
    def _tickets(sale_id: int) -> QuerySet[Ticket]:
        return Ticket.objects.filter(sale=sale_id).order_by("seat")

    _tickets(12)  # a list of tickets

The function runs once, with placeholders for its arguments: it may put them into a queryset and do nothing else.
An argument that is a list goes through `any_of`: `Ticket.objects.filter(any_of(sale=sale_ids))`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache, update_wrapper
from hashlib import sha256
from inspect import signature
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, Expression, F, Field, Func, Model, Q, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.transaction import TransactionManagementError
from pghistory.core import event_models

ModelT = TypeVar("ModelT", bound=Model)
RowT = TypeVar("RowT")
Asked = ParamSpec("Asked")
Changes = tuple[QuerySet[Any], Mapping[str, Any]]
MOST = 2**63 - 1  # what a bigint holds
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # driver's connection → names


def asked_often(question: Callable[Asked, QuerySet[Any, RowT]]) -> Callable[Asked, list[RowT]]:
    """The rows of *question*; its arguments are given by position. Prefetching is not part of it."""

    @cache
    def known() -> _Question:
        return _Question(_with_placeholders(question))

    def ask(*args: Any) -> list[RowT]:
        return cast(list[RowT], known().ask(args))

    return cast(Callable[Asked, list[RowT]], update_wrapper(ask, question))


def any_of(**wanted: Any) -> Q:
    """A column that is one of a list, however many it holds, in the same SQL."""
    [(name, values)] = wanted.items()
    return Q(Func(F(name), values, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))


def changed_often(change: Callable[Asked, Changes]) -> Callable[Asked, int]:
    """Update the rows that *change* names to the values that it names; returns how many there were."""

    @cache
    def known() -> _Statement:
        rows, values = _with_placeholders(change)
        _refuse_history(rows.model)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(dict(values))
        return _Statement(*query.get_compiler(rows.db).as_sql())

    def apply(*args: Any) -> int:
        call = known().called_with(args)
        with _without_history(), connections["default"].cursor() as cursor:
            cursor.execute(*call)
            return int(cursor.rowcount)

    return cast(Callable[Asked, int], update_wrapper(apply, change))


def insert(row: ModelT) -> ModelT:
    """`row.save(force_insert=True)` of a table without signals."""
    return insert_all([row])[0]


def insert_all(rows: Sequence[ModelT]) -> Sequence[ModelT]:
    """`bulk_create(rows)` of a table without signals: at least one, and all with a primary key or none."""
    statement, fields = _insertion(type(rows[0]), len(rows), has_pk=rows[0].pk is not None)
    connection = connections["default"]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    for row, (pk,) in zip(rows, _rows_of(statement, values), strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias
    return rows


def said_often(sql: str) -> Callable[..., list[tuple[Any, ...]]]:
    """The rows that *sql*, written by hand, returns; each `%s` is an argument."""
    known = _Statement(sql, map(_Given, range(sql.count("%s"))))
    return lambda *args: _rows_of(known, args)


def _rows_of(statement: "_Statement", args: Iterable[Any]) -> list[tuple[Any, ...]]:
    call = statement.called_with(args)
    with _without_history(), connections["default"].cursor() as cursor:
        cursor.execute(*call)
        return cast(list[tuple[Any, ...]], cursor.fetchall())


@contextmanager
def _without_history() -> Iterator[None]:
    """pghistory tells PostgreSQL before each statement who asks and on which page, which costs as much as an answer.
    What is written here has none."""
    connection = connections["default"]
    wrappers, connection.execute_wrappers = connection.execute_wrappers, []
    try:
        yield
    finally:
        connection.execute_wrappers = wrappers


class _Given(Expression):
    """The place of an argument in a statement."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002 -- Django's signature
        return "%s", [self]


class _Statement:
    """Parameterised SQL, prepared on each connection when it is first needed there."""

    def __init__(self, sql: str, params: Iterable[Any]) -> None:
        self._params = tuple(params)
        self._sql = sql % tuple(f"${number}" for number, _param in enumerate(self._params, start=1))
        self._name = f"once_{sha256(sql.encode()).hexdigest()[:16]}"
        places = f" ({', '.join(['%s'] * len(self._params))})" if self._params else ""
        self._call = f"EXECUTE {self._name}{places}"

    def called_with(self, args: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
        """What to execute, and the parameters of it."""
        connection = connections["default"]
        connection.close_if_health_check_failed()  # else the cursor would, behind our back
        connection.ensure_connection()
        names = _prepared.setdefault(connection.connection, set())
        if self._name not in names:
            # Past the log of queries: whether this call is the first of its connection is no business of the caller's.
            with _without_history(), CursorWrapper(connection.create_cursor(), connection) as cursor:
                cursor.execute(f"PREPARE {self._name} AS {self._sql}")
            names.add(self._name)
        values = tuple(args)
        return self._call, tuple(values[one.place] if isinstance(one, _Given) else one for one in self._params)


class _Question:
    """A queryset whose SQL is written and whose columns are known."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        compiler: Any = rows.query.get_compiler(rows.db)
        self._statement = _Statement(*compiler.as_sql())
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _columns: converters
        self._compiler = compiler
        self._locks = rows.query.select_for_update
        self._iterable: Any = rows._iterable_class  # noqa: SLF001 -- models or values, as the queryset gives them

    def ask(self, args: tuple[Any, ...]) -> list[Any]:
        connection = connections["default"]
        if self._locks and connection.get_autocommit():
            raise TransactionManagementError("a lock outside of a transaction is none")
        if any(isinstance(one, int) and abs(one) > MOST for one in args):
            return []  # as the ORM says: PostgreSQL would refuse the statement
        compiler = copy(self._compiler)  # of this thread, with the arguments of this call
        compiler.connection = connection
        call = self._statement.called_with(args)
        compiler.as_sql = lambda *_args, **_options: call
        with _without_history():
            return list(self._iterable(_Written(compiler)))


class _Written:
    """What the iterables of a queryset want of it."""

    _known_related_objects: Mapping[Any, Any] = {}
    db = "default"

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler

    @property
    def query(self) -> "_Written":
        return self

    def get_compiler(self, using: str) -> Any:  # noqa: ARG002 -- Django's signature
        return self._compiler


@cache
def _insertion(model: type[Model], count: int, *, has_pk: bool) -> tuple[_Statement, list["Field[Any, Any]"]]:
    _refuse_history(model)
    fields = [field for field in model._meta.local_concrete_fields if has_pk or not field.primary_key]
    quote = connections["default"].ops.quote_name
    columns, places = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    table, pk = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    values = ", ".join([f"({places})"] * count)
    sql = f"INSERT INTO {table} ({columns}) VALUES {values} RETURNING {pk}"  # noqa: S608 -- names of our own
    return _Statement(sql, map(_Given, range(count * len(fields)))), fields


def _refuse_history(model: type[Model]) -> None:
    if event_models(tracks_model=model):
        raise TypeError(f"{model.__name__} has a history, which must name who wrote it: save it")


def _with_placeholders(function: Callable[..., Any]) -> Any:
    return function(*map(_Given, range(len(signature(function).parameters))))
