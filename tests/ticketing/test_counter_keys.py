"""The counter over HTTP: the customer's phone, tickets without paper, seats kept while somebody works."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.factories_ticketing import DiscountGroupFactory, hold, priced_departure, till_at
from tests.ticketing.test_sell import fields_of
from ticketing.models import Hold, Sale, Ticket

pytestmark = pytest.mark.django_db
URL = "/sell/"


@pytest.fixture
def departure():
    return priced_departure(fare=75_000)


@pytest.fixture
def till(departure):
    return till_at(departure.station)


@pytest.fixture
def clerk(till, client_of):
    return client_of(till.clerk)


@pytest.fixture
def press(clerk, now):
    """Enter with *line* on the screen that the answer before it drew."""
    screens: list[Any] = []

    def enter(line="", *, seconds=0.0, htmx=True, **more):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            context = screens[-1].context if screens else clerk.get(URL).context
            said = {**fields_of(context), **context["buyer"].columns(), **passengers(context), "line": line, **more}
            answer = clerk.post(URL, said, headers={"HX-Request": "true"} if htmx else {})
            screens.append(answer)
            return answer

    return enter


def passengers(context):
    riders = context["desk"].riders
    return {"group": [one.group for one in riders], "lap": [one.lap_children for one in riders]}


def test_a_phone_on_the_line_is_the_customers_and_keeps_the_screen(press):
    press("*2")

    noted = press("0912345678", seconds=2)
    press(seconds=4)

    assert (noted.status_code, noted.context["buyer"].phone) == (200, "0912345678")
    assert noted.context["desk"].hold is not None
    assert Sale.objects.get().buyer_phone == "0912345678"


def test_a_phone_before_the_seats_is_kept_with_them(press):
    press("+84 912 345 678")
    press(seconds=2)
    press(seconds=4, buyer_name="Bùi Văn A")

    assert list(Sale.objects.values_list("buyer_phone", "buyer_name")) == [("0912345678", "Bùi Văn A")]


def test_groups_and_laps_go_through_both_enters(press):
    DiscountGroupFactory(code="child", percent=50)
    press("*2", group=["child", ""], lap=["0", "1"])

    press(seconds=2)

    assert list(Ticket.objects.order_by("seat").values_list("fare", "lap_children")) == [(37_000, 0), (75_000, 1)]


def test_without_javascript_the_phone_and_the_groups_stand_in_the_address(press, clerk, now):
    DiscountGroupFactory(code="child", percent=50)

    noted = press("0912345678", htmx=False, group=["child"])
    with time_machine.travel(now, tick=False):
        screen = clerk.get(noted.url)

    assert noted.url == "/sell/?buyer_phone=0912345678&group=child"
    assert screen.context["desk"].riders[0].group == "child"


def test_a_sale_without_paper_prints_nothing(press):
    press()

    sold = press(seconds=2, quiet="1")

    assert (Sale.objects.count(), "HX-Trigger-After-Settle" in sold) == (1, False)


def test_seats_are_kept_longer_while_the_clerk_works(departure, till, clerk, now):
    kept = hold(departure, "A1", till=till)
    with time_machine.travel(now + timedelta(seconds=100), tick=False):
        answer = clerk.post(f"{URL}extend/", {"hold": kept.pk})

    assert "09:03:40" in answer.content.decode()
    assert Hold.objects.get().expires_at == now + timedelta(seconds=220)


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 40])
def test_a_hold_that_is_not_there_is_not_extended(clerk, till, number):
    assert clerk.post(f"{URL}extend/", {"hold": number}).status_code == 204


def test_nobody_extends_the_hold_of_another_counter(departure, client_of, now):
    kept = hold(departure, "A1")
    other = till_at(departure.station)
    with time_machine.travel(now + timedelta(seconds=100), tick=False):
        answer = client_of(other.clerk).post(f"{URL}extend/", {"hold": kept.pk})

    assert (answer.status_code, Hold.objects.get().expires_at) == (204, now + timedelta(seconds=120))
