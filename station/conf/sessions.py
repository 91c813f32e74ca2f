"""Who asks: read at the beginning of every request, so its SQL is written once."""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from station.models import User
from station.models.written_once import asked_often


class PersonBackend(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        found = next(iter(_people(int(user_id))), None)
        return found if found and self.user_can_authenticate(found) else None


@asked_often
def _people(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()  # noqa: TID251 -- the clock that Django ends sessions by
        found = next(iter(_sessions(self.session_key or "", now)), None)
        if found is None:
            self._session_key = None  # as Django does: a key that is unknown is not taken over
        return found


@asked_often
def _sessions(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
