"""Things with a life: an enum, a table of allowed moves, and one way to move."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from station.errors import IllegalTransition, StaleState
from station.models.journal import record

if TYPE_CHECKING:
    from station.models.people import User
    from station.models.shifts import Till


class Stateful(models.Model):
    """A model with a `state` field, a `transitions` table and a `noun` for the journal."""

    transitions: ClassVar[Mapping[str, frozenset[str]]]
    noun: ClassVar[str]
    state = models.CharField(max_length=20)  # each subclass names its own choices

    class Meta:
        abstract = True

    @property
    def journal_station_id(self) -> int:
        """The station whose chain the move is written to; a subclass without `station` says where it is."""
        return int(self.station_id)  # type: ignore[attr-defined]

    @property
    def journal_name(self) -> str:
        return f"{self.noun}:{self.pk}"

    def become(
        self,
        new: str,
        *,
        by: "User | None",
        now: datetime,
        till: "Till | None" = None,
        reason: str = "",
        **changes: Any,
    ) -> None:
        """Move to *new* with *changes*, if the rules allow it and nobody else moved first.

        Raises IllegalTransition or StaleState.
        """
        old = self.state
        if new not in self.transitions[old]:
            raise IllegalTransition(what=str(self), old=self._label(old), new=self._label(new))
        rows = type(self)._base_manager.filter(pk=self.pk, state=old)
        if not rows.update(**{"state": new, **changes}):
            raise StaleState(what=str(self))
        self.state = new
        for name, value in changes.items():
            setattr(self, name, value)
        facts = {"from": old, "to": new} | ({"reason": reason} if reason else {})
        record(
            action=f"{self.noun}_{new}", obj=self.journal_name, station_id=self.journal_station_id,
            by=by, now=now, till=till, facts=facts,
        )  # fmt: skip

    def _label(self, state: str) -> str:
        """*state* as people read it."""
        field = self._meta.get_field("state")
        labels = dict(field.flatchoices) if isinstance(field, models.Field) else {}
        return str(labels.get(state, state))
