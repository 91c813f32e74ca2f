from datetime import timedelta

import pytest
from django.conf import settings

from dispatch import services
from dispatch.models import DispatchOrder
from dispatch.selectors.document import qr_address
from tests.factories import DriverFactory
from tests.factories_dispatch import (
    asked,
    confirmed,
    drawn,
    head_of,
    issued,
    ready_departure,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def address_of(order: DispatchOrder) -> str:
    return qr_address(order).removeprefix(settings.PUBLIC_URL)


def answer(client, address: str) -> tuple[int, str, str | None]:
    response = client.get(address)
    verdict = response.context["verdict"]
    return response.status_code, verdict.answer.value, verdict.reason.value if verdict.reason else None


def test_an_issued_order_is_valid(client):
    assert answer(client, address_of(issued())) == (200, "valid", None)


@pytest.mark.parametrize(("make", "reason"), [(drawn, "not_signed"), (asked, "not_signed")])
def test_an_order_that_nobody_signed_is_not_valid(client, make, reason):
    assert answer(client, address_of(make())) == (200, "invalid", reason)


def test_a_withdrawn_order_is_not_valid(client, now):
    order = issued()
    services.cancel_order(order_id=order.pk, reason="", by=head_of(order.operator), now=now)

    assert answer(client, address_of(order)) == (200, "invalid", "cancelled")


def test_an_order_is_valid_through_its_last_day(client, now, time_machine):
    order = issued(now=now)

    time_machine.move_to(now.replace(hour=23, minute=59), tick=False)
    last_minute = answer(client, address_of(order))
    time_machine.move_to(now.replace(hour=0, minute=0) + timedelta(days=1), tick=False)

    assert last_minute == (200, "valid", None)
    assert answer(client, address_of(order)) == (200, "expired", "expired")


@pytest.mark.parametrize("token", ["00000000-0000-4000-8000-000000000000", "x", "1", "../admin"])
def test_an_unknown_code_is_not_valid_and_not_found(client, token):
    assert answer(client, f"/verify/{token.replace('/', '')}/") == (404, "invalid", "unknown")


def test_a_changed_payload_is_seen(client):
    address = address_of(issued())
    middle = address.index(".") + 20

    changed = address[:middle] + ("A" if address[middle] != "A" else "B") + address[middle + 1 :]

    assert answer(client, changed) == (200, "invalid", "tampered")


def test_the_payload_of_another_order_is_seen(client):
    first, second = issued(), issued()

    mixed = f"/verify/{first.token}/?{address_of(second).partition('?')[2]}"

    assert answer(client, mixed) == (200, "invalid", "tampered")


def test_the_verdict_is_small_masked_and_kept_nowhere(client):
    driver = DriverFactory(full_name="Trần Văn Bình")
    leg = confirmed(ready_departure(driver=driver))

    response = client.get(address_of(leg.order))

    page = response.content.decode()
    assert ("Trần Văn Bình" in page, "Trần Văn B. · D" in page) == (False, True)
    assert len(response.content) < 40_000
    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == ("noindex, nofollow", True)


def test_the_verdict_costs_few_queries(client, django_assert_num_queries):
    address = address_of(issued())

    with django_assert_num_queries(3):
        client.get(address)


def test_the_keys_are_public(client):
    response = client.get("/.well-known/station-keys.json")

    (key,) = response.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
