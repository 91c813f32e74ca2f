"""Database triggers for what must never change (architecture: immutable things)."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import pgtrigger


def append_only() -> pgtrigger.Protect:
    """Rows are added, never edited or deleted."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def no_delete() -> pgtrigger.Protect:
    return pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete)


def frozen_in(name: str, states: Sequence[str], *fields: str) -> pgtrigger.Protect:
    """While the row was in one of *states*, *fields* keep their values."""
    changed = reduce(or_, (pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}) for field in fields))
    return pgtrigger.Protect(
        name=name, operation=pgtrigger.Update, condition=pgtrigger.Q(old__state__in=list(states)) & changed
    )
