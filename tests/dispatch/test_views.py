import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch import services
from dispatch.enums import LegState, OrderSource, OrderState
from dispatch.models import DispatchOrder, OrderLeg
from station.enums import Role
from station.models import Departure
from tests.factories import DriverFactory, UserFactory, staff_of
from tests.factories_dispatch import (
    JPEG,
    asked,
    cleared,
    confirmed,
    dispatcher_of,
    drawn,
    entered,
    head_of,
    issued,
    ready_departure,
)

pytestmark = pytest.mark.django_db
SHEET = {"number": "LVC-77", "valid_from": "2026-11-01", "valid_until": "2026-11-30"}


@pytest.fixture(autouse=True)
def today(time_machine, now):
    time_machine.move_to(now, tick=False)


def form(**data):
    """A form as the page draws it, with its key."""
    return {"idempotency_key": "k1", **data}


def refusals(response) -> list[str]:
    text = " ".join(response.content.decode().split())
    return re.findall(r'<div class="bx-errors".*?<ul> ?(.*?)</ul>', text)


# --- the day --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_the_day_costs_the_same_for_one_and_three(client_of, rows, django_assert_num_queries):
    first = ready_departure()
    for _ in range(rows - 1):
        drawn(ready_departure(route=first.route))
    client = client_of(dispatcher_of(first.station))

    with django_assert_num_queries(8):
        response = client.get(reverse("dispatch:orders"))

    assert len(response.context["lines"]) == rows


def test_the_day_shows_each_departure_with_the_standing_of_its_order(client_of):
    without = ready_departure()
    waiting = drawn(ready_departure(route=without.route))
    signed = issued(ready_departure(route=without.route))

    response = client_of(dispatcher_of(without.station)).get(reverse("dispatch:orders"))

    standings = [(line.order and line.order.pk, line.standing) for line in response.context["lines"]]
    assert sorted(standings, key=str) == sorted([(None, "none"), (waiting.pk, "draft"), (signed.pk, "issued")], key=str)


def test_the_list_is_filtered_by_state_and_day(client_of):
    order = drawn()
    client = client_of(dispatcher_of(order.station))

    by_state = client.get(reverse("dispatch:orders"), {"state": "issued"})
    tomorrow = client.get(reverse("dispatch:orders"), {"day": "2026-11-23"})
    nonsense = client.get(reverse("dispatch:orders"), {"day": "kein Tag", "state": "draft"})

    assert [len(response.context["lines"]) for response in (by_state, tomorrow, nonsense)] == [0, 0, 1]


def test_orders_of_the_day_are_drawn_up_from_the_page(client_of):
    departure = ready_departure()
    client = client_of(dispatcher_of(departure.station))

    for _ in range(2):
        response = client.post(reverse("dispatch:draw_up"), form(day="2026-11-22"))

    assert response.status_code == 302
    assert DispatchOrder.objects.get().state == OrderState.DRAFT


def test_another_station_sees_nothing_of_it(client_of):
    order = drawn()
    stranger = client_of(dispatcher_of(ready_departure().station))

    listed = stranger.get(reverse("dispatch:orders")).context["lines"]
    answers = [
        stranger.get(reverse(f"dispatch:{name}", args=[order.pk])).status_code for name in ("order", "order_pdf")
    ]

    assert [line.order for line in listed] == [None]
    assert answers == [404, 404]


@pytest.mark.parametrize("role", [Role.TICKET_CLERK])
def test_a_role_without_the_right_is_refused(client_of, role):
    order = drawn()

    client = client_of(staff_of(order.station, role))

    assert client.get(reverse("dispatch:orders")).status_code == 403
    assert client.get(reverse("dispatch:order", args=[order.pk])).status_code == 404


# --- paper ----------------------------------------------------------------------------------------------------------


def test_a_paper_order_is_typed_in_with_its_scan(client_of):
    departure = ready_departure(electronic=False)
    client = client_of(dispatcher_of(departure.station))
    scan = SimpleUploadedFile("lenh.jpg", JPEG, content_type="image/jpeg")

    response = client.post(reverse("dispatch:paper_order", args=[departure.pk]), form(**SHEET, scan=scan))

    order = DispatchOrder.objects.get()
    assert response.url == reverse("dispatch:order", args=[order.pk])
    assert (order.source, order.paper_number) == (OrderSource.PAPER, "LVC-77")
    assert client.get(reverse("dispatch:order_scan", args=[order.pk])).content == JPEG


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"number": ""}, "number"),
        ({"valid_until": "2026-10-01"}, "valid_until"),
        ({"valid_from": "hôm qua"}, "valid_from"),
    ],
)
def test_a_form_that_cannot_be_read_comes_back_with_its_reason(client_of, change, name):
    departure = ready_departure(electronic=False)
    client = client_of(dispatcher_of(departure.station))

    response = client.post(reverse("dispatch:paper_order", args=[departure.pk]), form(**SHEET | change))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]


def test_a_refusal_stands_in_the_form(client_of):
    order = entered(number="LVC-77")
    other = ready_departure(electronic=False, operator=order.operator, route=OrderLeg.objects.get().departure.route)
    client = client_of(dispatcher_of(other.station))

    response = client.post(reverse("dispatch:paper_order", args=[other.pk]), form(**SHEET))

    assert response.status_code == 422
    assert len(refusals(response)) == 1
    assert DispatchOrder.objects.count() == 1


# --- one order ------------------------------------------------------------------------------------------------------


def test_the_document_comes_byte_for_byte(client_of):
    order = issued()

    response = client_of(dispatcher_of(order.station)).get(reverse("dispatch:order_pdf", args=[order.pk]))

    assert response.content == bytes(order.document.content)
    assert response["Content-Type"] == "application/pdf"


def test_before_the_signature_the_operator_reads_what_it_will_sign(client_of, now):
    order = drawn(now=now)
    shown = client_of(head_of(order.operator)).get(reverse("dispatch:order_pdf", args=[order.pk])).content

    services.sign_order(order_id=order.pk, by=head_of(order.operator), now=now)
    services.advance_document(order_id=order.pk, message_id=None, now=now)

    assert bytes(DispatchOrder.objects.get().document.content).startswith(shown)


def test_the_station_confirms_on_the_page_of_the_order(client_of):
    departure = cleared()
    order = DispatchOrder.objects.get()
    client = client_of(dispatcher_of(departure.station))

    client.post(reverse("dispatch:confirm", args=[order.pk]), form(passengers=3))

    leg = OrderLeg.objects.get()
    assert (leg.state, leg.passengers) == (LegState.CONFIRMED, 3)


def test_a_confirmation_that_is_refused_says_why(client_of):
    order = issued()
    client = client_of(dispatcher_of(order.station))

    response = client.post(reverse("dispatch:confirm", args=[order.pk]), form(passengers=3))

    assert response.status_code == 422
    assert len(refusals(response)) == 1


@pytest.mark.parametrize("make", [drawn, asked, issued, entered])
def test_the_page_of_an_order_opens_in_every_state(client_of, make):
    order = make()

    response = client_of(dispatcher_of(order.station)).get(reverse("dispatch:order", args=[order.pk]))

    assert response.context["order"] == order
    assert len(response.context["reasons"]) > 0


def test_the_page_of_a_confirmed_order_opens(client_of):
    leg = confirmed()

    response = client_of(dispatcher_of(leg.order.station)).get(reverse("dispatch:order", args=[leg.order_id]))

    assert (response.context["leg"], response.context["may_confirm"]) == (leg, False)


def test_a_paper_order_typed_in_by_mistake_is_withdrawn(client_of):
    order = entered()
    client = client_of(dispatcher_of(order.station))

    client.post(reverse("dispatch:cancel", args=[order.pk]), form(reason="Nhập nhầm"))

    assert DispatchOrder.objects.get().state == OrderState.CANCELLED


def test_the_station_cannot_withdraw_an_electronic_order(client_of):
    order = drawn()

    response = client_of(dispatcher_of(order.station)).post(
        reverse("dispatch:cancel", args=[order.pk]), form(reason="Nhập nhầm")
    )

    assert (response.status_code, DispatchOrder.objects.get().state) == (404, OrderState.DRAFT)


# --- the operator ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["order", "order_pdf", "order_scan"])
def test_an_operator_gets_404_for_the_order_of_another(client_of, name):
    theirs = entered(scan=JPEG)
    mine = drawn()

    response = client_of(head_of(mine.operator)).get(reverse(f"dispatch:{name}", args=[theirs.pk]))

    assert response.status_code == 404


def test_an_operator_opens_its_own_order(client_of):
    order = issued()
    client = client_of(head_of(order.operator))

    answers = [client.get(reverse(f"dispatch:{name}", args=[order.pk])).status_code for name in ("order", "order_pdf")]

    assert answers == [200, 200]


def test_a_driver_opens_the_order_of_his_run_only(client_of):
    order, other = issued(), issued()
    driver = UserFactory(driver=order.legs.get().departure.driver)

    client = client_of(driver)

    assert client.get(reverse("dispatch:order_pdf", args=[order.pk])).status_code == 200
    assert client.get(reverse("dispatch:order_pdf", args=[other.pk])).status_code == 404


def test_the_phone_lists_problems_first_and_the_rest_chosen(client_of):
    good = drawn()
    bad = drawn(ready_departure(operator=good.operator))
    departure = bad.legs.get().departure
    departure.vehicle.documents.filter(kind="inspection").update(valid_until=date(2026, 11, 21))
    drawn()

    response = client_of(head_of(good.operator)).get(reverse("dispatch:operator"))

    assert [row.order for row in response.context["ready"]] == [good]
    assert [(row.order, [f.code for f in row.findings]) for row in response.context["blocked"]] == [
        (bad, ["inspection_expired"])
    ]
    assert response.content.decode().count("checked") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_phone_costs_the_same_for_one_and_three(client_of, rows, django_assert_num_queries):
    order = drawn()
    for _ in range(rows - 1):
        drawn(ready_departure(operator=order.operator))
    client = client_of(head_of(order.operator))

    with django_assert_num_queries(14):
        response = client.get(reverse("dispatch:operator"))

    assert len(response.context["ready"]) == rows


def test_several_orders_are_signed_with_one_tap_and_only_once(client_of):
    first = drawn()
    second = drawn(ready_departure(operator=first.operator))
    client = client_of(head_of(first.operator))

    for _ in range(2):
        response = client.post(reverse("dispatch:sign"), form(orders=[first.pk, second.pk]))

    assert response.status_code == 302
    assert [order.state for order in DispatchOrder.objects.order_by("pk")] == [OrderState.SIGNING] * 2
    assert client.get(reverse("dispatch:operator")).context["ready"] == []


def test_signing_the_order_of_another_operator_does_nothing(client_of):
    theirs, mine = drawn(), drawn()
    client = client_of(head_of(mine.operator))

    client.post(reverse("dispatch:sign"), form(orders=[theirs.pk]))

    assert DispatchOrder.objects.get(pk=theirs.pk).state == OrderState.DRAFT


def test_nothing_chosen_is_nothing_signed(client_of):
    order = drawn()

    response = client_of(head_of(order.operator)).post(reverse("dispatch:sign"), form())

    assert (response.status_code, DispatchOrder.objects.get().state) == (422, OrderState.DRAFT)


def test_an_outdated_order_is_drawn_up_again_on_the_phone(client_of):
    order = drawn()
    departure = order.legs.get().departure
    driver = DriverFactory(operator=order.operator, full_name="Người Thay Thế")
    Departure.objects.filter(pk=departure.pk).update(driver=driver)
    client = client_of(head_of(order.operator))

    outdated = [row.is_outdated for row in client.get(reverse("dispatch:operator")).context["blocked"]]
    client.post(reverse("dispatch:redraw", args=[order.pk]), form())

    states = list(DispatchOrder.objects.order_by("pk").values_list("state", flat=True))
    assert (outdated, states) == ([True], [OrderState.CANCELLED, OrderState.DRAFT])


def test_signed_orders_are_listed_with_their_documents(client_of):
    order = issued()
    drawn(ready_departure(operator=order.operator))

    response = client_of(head_of(order.operator)).get(reverse("dispatch:signed"))

    assert response.context["orders"] == [order]


def test_the_station_has_no_operators_phone(client_of):
    order = drawn()

    assert client_of(dispatcher_of(order.station)).get(reverse("dispatch:operator")).status_code == 403


# --- the roadside ---------------------------------------------------------------------------------------------------


def address_of(order: DispatchOrder) -> str:
    from dispatch.document import qr_address

    return qr_address(order).removeprefix("http://127.0.0.1:8000")


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

    with django_assert_num_queries(4):
        client.get(address)


def test_the_keys_are_public(client):
    response = client.get("/.well-known/station-keys.json")

    (key,) = response.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
