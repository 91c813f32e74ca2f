import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispatch import services
from dispatch.enums import LegState, OrderSource, OrderState
from dispatch.models import DispatchOrder, OrderLeg
from station.enums import Role
from tests.dispatch.pages import form, refusals
from tests.factories import staff_of
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SHEET = {"number": "LVC-77", "valid_from": "2026-11-01", "valid_until": "2026-11-30"}


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


def test_the_page_of_a_withdrawn_order_confirms_nothing(client_of, now):
    departure = ready_departure()
    old = drawn(departure)
    services.cancel_order(order_id=old.pk, reason="Sai lái xe", by=head_of(old.operator), now=now)
    cleared(departure)

    response = client_of(dispatcher_of(departure.station)).post(
        reverse("dispatch:confirm", args=[old.pk]), form(passengers=3)
    )

    assert (response.status_code, response.context["refusal"].code) == (422, "order_not_waiting")
    assert OrderLeg.objects.exclude(order=old).get().state == LegState.PENDING
