"""A refusal that no form shows, and a database that is busy."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from station.enums import Role
from station.errors import KeyReused, NotInYard
from station.middleware import RefusalMiddleware, is_busy
from station.web import submit_once
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


@pytest.mark.parametrize("address", ["/board/%00/", "/routes/?q=%00"])
def test_an_address_with_a_nul_is_not_understood(client_of, address):
    clerk = staff_of(StationFactory(), Role.TICKET_CLERK)

    assert client_of(clerk).get(address).status_code == 400


def test_readiness_without_a_database_is_said_not_raised(client, monkeypatch):
    monkeypatch.setattr("station.views.health.connection", Mock(cursor=Mock(side_effect=OperationalError("gone"))))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"], answer.json()["worker"]) == (503, False, False)


def upload(content):
    request: Any = RequestFactory().post("/x/", {"idempotency_key": "k", "scan": SimpleUploadedFile("a.pdf", content)})
    request.user = staff_of(StationFactory(), Role.DISPATCHER)
    return request


def test_a_key_sent_again_with_another_file_of_the_same_name_is_refused():
    first, other = upload(b"%PDF-1"), upload(b"%PDF-2")
    other.user = first.user
    submit_once(first, dict)

    with pytest.raises(KeyReused):
        submit_once(other, dict)

    assert first.FILES["scan"].read() == b"%PDF-1"


def test_what_a_person_saw_is_kept_by_no_cache(client, client_of):
    person = staff_of(StationFactory(), Role.DISPATCHER)

    kept = [browser.get(address).headers.get("Cache-Control") for browser, address in
            ((client_of(person), "/bays/"), (client, "/healthz"))]  # fmt: skip

    assert kept == ["private, no-store", None]
