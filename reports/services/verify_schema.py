"""The read-only schema `verify`: views, so it goes before tables change and comes back afterwards."""

import hashlib
from pathlib import Path

from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

_SQL = Path(__file__).resolve().parent.parent / "sql" / "schema.sql"


def drop_schema(*, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS verify CASCADE")


def build_schema(*, using: str) -> None:
    """Build the views, unless these very views are there or migrations are still to come (migrate to an old state)."""
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    sql = _SQL.read_text()
    mark = hashlib.sha256(sql.encode()).hexdigest()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace('verify'), 'pg_namespace')")
        if cursor.fetchone() == (mark,):
            return
        cursor.execute("DROP SCHEMA IF EXISTS verify CASCADE")
        cursor.execute(sql)
        cursor.execute("COMMENT ON SCHEMA verify IS %s", [mark])
