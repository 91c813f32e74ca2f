from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch import selectors
from dispatch.enums import OrderState
from dispatch.models import DispatchOrder
from fees.models import Charge
from station.models import Departure
from tests.dispatch.pages import form, refusals
from tests.factories import DriverFactory, UserFactory
from tests.factories_dispatch import (
    JPEG,
    dispatcher_of,
    drawn,
    entered,
    head_of,
    inside,
    issued,
    ready_departure,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


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

    with django_assert_num_queries(13):
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

    answers = [client.post(reverse("dispatch:sign"), form(orders=ids)) for ids in ([theirs.pk], [mine.pk, theirs.pk])]

    assert [(answer.status_code, theirs.number in answer.content.decode()) for answer in answers] == [(404, False)] * 2
    assert list(DispatchOrder.objects.order_by("pk").values_list("state", flat=True)) == [OrderState.DRAFT] * 2


@pytest.mark.parametrize("chosen", ["9" * 30, "9" * 5000, "x"])
def test_what_is_no_order_is_refused_in_the_form(client_of, chosen):
    order = drawn()

    assert client_of(head_of(order.operator)).post(reverse("dispatch:sign"), form(orders=[chosen])).status_code == 422


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


def test_a_run_long_past_is_not_offered_to_be_signed():
    late = drawn()
    planned_at = Departure.objects.get(order_legs__order=late).planned_at

    assert selectors.unsigned_orders(late.operator, planned_at + timedelta(hours=3)) == [late]
    assert selectors.unsigned_orders(late.operator, planned_at + timedelta(hours=3, seconds=1)) == []


def on_paper(**how) -> Departure:
    """A run of an operator that signs nothing electronically."""
    return ready_departure(electronic=False, **how)


def test_who_signs_on_paper_is_shown_its_coaches_and_what_they_need(client_of, now):
    bare = entered(on_paper())
    operator = bare.operator
    entered(on_paper(operator=operator), number="LVC-78", scan=JPEG)
    expired = on_paper(operator=operator)
    expired.vehicle.documents.filter(kind="inspection").update(valid_until=date(2026, 11, 21))
    on_paper(operator=operator, planned_at=now + timedelta(days=1))
    on_paper(operator=operator, planned_at=now + timedelta(days=2))
    on_paper()

    response = client_of(head_of(operator)).get(reverse("dispatch:operator"))

    waits = [(row.departure, row.lacks_photo, row.reasons) for row in response.context["waiting"]]
    assert [(row, lacks, len(why)) for row, lacks, why in waits] == [
        (bare.legs.get().departure, True, 0),
        (expired, False, 1),
    ]
    assert [len(response.context[when]) for when in ("today", "tomorrow")] == [1, 1]
    assert f"{reverse('dispatch:order', args=[bare.pk])}#photo" in response.content.decode()


def test_a_price_that_is_not_paid_is_told_to_who_signs_on_paper(client_of):
    departure = on_paper()
    inside(departure)

    response = client_of(head_of(departure.operator)).get(reverse("dispatch:operator"))

    assert [row.unpaid for row in response.context["today"]] == [Charge.objects.get().gross]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_coaches_on_paper_cost_the_same_for_one_and_three(client_of, rows, django_assert_num_queries):
    order = entered(on_paper())
    for number in range(rows - 1):
        entered(on_paper(operator=order.operator), number=f"LVC-8{number}")
    client = client_of(head_of(order.operator))

    with django_assert_num_queries(12):
        response = client.get(reverse("dispatch:operator"))

    assert len(response.context["waiting"]) == rows


@pytest.mark.parametrize("person", ["operator", "station"])
def test_a_missing_photo_is_sent_once_by_the_operator_or_the_station(client_of, person):
    order = entered(on_paper())
    client = client_of(head_of(order.operator) if person == "operator" else dispatcher_of(order.station))
    address = reverse("dispatch:add_photo", args=[order.pk])

    for _ in range(2):
        response = client.post(address, form(photo=SimpleUploadedFile("lenh.jpg", JPEG)))

    assert (response.status_code, bytes(DispatchOrder.objects.get().scan.content)) == (302, JPEG)
    assert client.get(response["Location"]).context["may_add_photo"] is False


def test_what_is_no_photo_is_refused(client_of):
    order = entered(on_paper())
    address = reverse("dispatch:add_photo", args=[order.pk])

    response = client_of(head_of(order.operator)).post(address, form(photo=SimpleUploadedFile("a.jpg", b"GIF89a")))

    assert (response.status_code, refusals(response) != [], DispatchOrder.objects.get().scan) == (422, True, None)


def test_a_stranger_and_a_driver_send_no_photo(client_of):
    order = entered(on_paper())
    driver = UserFactory(driver=order.legs.get().departure.driver)
    address = reverse("dispatch:add_photo", args=[order.pk])

    answers = [
        client_of(person).post(address, form(photo=SimpleUploadedFile("a.jpg", JPEG))).status_code
        for person in (head_of(drawn().operator), driver)
    ]

    assert (answers, DispatchOrder.objects.get(pk=order.pk).scan) == ([404, 404], None)
