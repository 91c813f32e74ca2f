"""A refusal that no form shows, and a database that is busy."""

from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from station.enums import Role
from station.errors import NotInYard
from station.middleware import RefusalMiddleware, is_busy
from tests.factories import DepartureFactory, StationFactory, staff_of

pytestmark = pytest.mark.django_db


class LockNotAvailable(Exception):
    pgcode = "55P03"


def busy(cause):
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = cause
    return error


def answer_to(exception):
    request: Any = RequestFactory().get("/bays/")
    request.user, request.htmx = None, False
    return RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, exception)


def test_a_lock_that_was_not_got_is_answered_with_try_again():
    answer = answer_to(busy(LockNotAvailable()))

    assert (answer.status_code, answer["Retry-After"]) == (409, "2")


def test_a_refusal_becomes_a_page_with_its_sentence():
    answer = answer_to(NotInYard(plate="28B-010.05"))

    assert answer.status_code == 422
    assert "28B-010.05" in answer.content.decode()


def test_a_bug_stays_a_bug():
    assert answer_to(ZeroDivisionError()) is None
    assert is_busy(busy(ValueError())) is False


def test_a_refused_boarding_is_said_on_a_page(client_of):
    departure = DepartureFactory()
    dispatcher = staff_of(departure.station, Role.DISPATCHER)

    answer = client_of(dispatcher).post(f"/bays/{departure.pk}/boarding/")

    assert answer.status_code == 422


def test_api_says_busy_with_retry_after(api_of, monkeypatch):
    station = StationFactory()

    def stuck(*args, **options):
        raise busy(LockNotAvailable())

    monkeypatch.setattr("station.api.departures.departures_of_the_day", stuck)

    answer = api_of(staff_of(station, Role.DISPATCHER)).get("/api/v1/departures/")

    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (409, "2", "busy")
