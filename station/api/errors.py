"""Refusals and busy locks as the contract says: 409 with code, detail and facts; 409 with Retry-After when busy."""

from typing import Any

from django.db import OperationalError
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from station.errors import Busy, DomainError
from station.middleware import is_busy


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exception, OperationalError) and is_busy(exception):
        set_rollback()
        return Response(_body(Busy()), status=409, headers={"Retry-After": "2"})
    if isinstance(exception, DomainError):
        set_rollback()
        return Response(_body(exception), status=409)
    return exception_handler(exception, context)


def _body(refusal: DomainError) -> dict[str, object]:
    return {"code": refusal.code, "detail": refusal.message, "facts": refusal.facts}
