"""Two people at the same moment, over real connections."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from tests.detectors import replaced

ROW_LOCK = re.compile(
    r"\s+FOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|KEY\s+SHARE|SHARE)(?:\s+OF\s+\"?\w+\"?(?:\s*,\s*\"?\w+\"?)*)?(?=\s*$|\s+NOWAIT|\s+SKIP)"
)
PATIENCE = 30.0


def run_at_once(*callables: Callable[[], object]) -> list[str]:
    """Run each in its own thread and connection, started together; their outcomes, sorted.

    An outcome is the name of the exception's class, or the text that the callable returned, or "done".
    """
    outcomes: list[str] = []
    start = threading.Barrier(len(callables), timeout=PATIENCE)

    def run(call: Callable[[], object]) -> None:
        try:
            start.wait()
            answer = call()
            outcomes.append(answer if isinstance(answer, str) else "done")
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the outcome
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,), daemon=True) for call in callables]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    outcomes.extend("hangs" for thread in threads if thread.is_alive())
    return sorted(outcomes)


def meeting(function: Callable[..., Any], barrier: threading.Barrier) -> Callable[..., Any]:
    """*function*, which after reading waits for the other reader: with a lock before it, the other never comes."""

    def read_and_wait(*args: Any, **options: Any) -> Any:
        answer = function(*args, **options)
        if isinstance(answer, QuerySet):
            len(answer)  # a lazy queryset has read nothing yet
        with suppress(threading.BrokenBarrierError):
            barrier.wait()
        return answer

    return read_and_wait


@contextmanager
def row_locks_taken_away() -> Iterator[None]:
    """Every FOR UPDATE and FOR SHARE is cut off the SQL: what is left is held by constraints alone."""
    execute = CursorWrapper.execute

    def execute_unlocked(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
        unlocked = ROW_LOCK.sub("", sql) if isinstance(sql, str) else sql
        return execute(cursor, unlocked, params)

    with replaced(CursorWrapper, "execute", execute_unlocked):
        yield
