"""F7 at the counter, and the customer's screen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from fees import services as fees
from fees.models import BankAccount, TransferRequest
from tests.factories import NOW, CounterFactory
from tests.factories_fees import charge
from tests.factories_ticketing import claimed, hold, priced_departure
from tests.ticketing.bank import arrives, asked, banked, waited_for
from ticketing.models import Sale
from ticketing.rules import Buyer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def till(departure):
    till = banked(departure)
    till.counter = CounterFactory(station=departure.station)
    till.save()
    return till


@pytest.fixture
def browser(till, client_of):
    return client_of(till.clerk)


SELL = reverse("ticketing:sell")


def press(browser, name, value="1", **fields):
    return browser.post(SELL, {name: value, **fields}, HTTP_HX_REQUEST="true")


def test_f7_asks_and_the_next_customer_can_be_served(browser, till, departure):
    kept = hold(departure, "A1", till=till)

    screen = press(browser, "ask", hold=kept.pk)

    request = TransferRequest.objects.get()
    assert (screen.status_code, screen.context["desk"].hold) == (200, None)
    assert [one.request for one in screen.context["waiting"]] == [request]
    assert f'data-waiting="{request.pk}"' in screen.content.decode()


def test_f7_is_offered_only_where_the_station_has_an_account(browser, till, departure):
    hold(departure, "A1", till=till)
    with_account = 'name="ask"' in browser.get(SELL).content.decode()
    BankAccount.objects.all().delete()

    without = 'name="ask"' in browser.get(SELL).content.decode()

    assert (with_account, without) == (True, False)


def test_f7_without_seats_is_refused_in_the_page(browser):
    screen = press(browser, "ask")

    assert (screen.status_code, screen.context["refusal"].code) == (422, "hold_gone")


def test_money_that_came_is_said_once_with_its_tickets(browser, till, departure):
    request = asked(departure, "A1", "A2", till=till)
    arrives(request)
    first = waited_for(request).sale.tickets.order_by("seat")[0]

    screen = browser.get(SELL)

    page = screen.content.decode()
    assert f'data-paid="{request.pk}" data-print="{reverse("ticketing:print", args=[first.code])}"' in page
    with travel(NOW + timedelta(minutes=3), tick=False):
        assert browser.get(SELL).context["waiting"] == []


def test_a_wrong_amount_is_said_beside_the_payment(browser, till, departure):
    arrives(asked(departure, "A1", till=till), amount=90_000)

    said = browser.get(SELL).context["waiting"][0].problem

    assert said.startswith("Đã đến 90.000đ, trong khi khoản ") is True


def test_the_clerk_frees_the_seats(browser, till, departure):
    request = asked(departure, "A1", till=till)

    screen = press(browser, "give_up", request.pk)

    assert (screen.context["waiting"], claimed(departure)) == ([], [])


def test_a_typed_reference_confirms_whatever_button_was_pressed(browser, till, departure):
    request = asked(departure, "A1", till=till)

    press(browser, "go", "", **{f"bank_reference-{request.pk}": "FT9"})

    assert Sale.objects.get().payment.reference == "FT9"


def test_giving_up_confirms_nothing_that_still_stands_in_the_field(browser, till, departure):
    request = asked(departure, "A1", till=till)

    press(browser, "give_up", request.pk, **{f"bank_reference-{request.pk}": "FT9"})

    request.refresh_from_db()
    assert (request.state, Sale.objects.count()) == ("cancelled", 0)


def test_a_reference_of_signs_no_database_keeps_is_none(browser, till, departure):
    request = asked(departure, "A1", till=till)

    screen = press(browser, "confirm", **{f"bank_reference-{request.pk}": "\x00"})

    assert (screen.status_code < 500, Sale.objects.count()) == (True, 0)


def test_the_next_customer_stays_who_they_are_while_the_payment_before_is_confirmed(browser, till, departure):
    request = asked(departure, "A1", till=till)
    kept = hold(departure, "A2", till=till)
    field = {f"bank_reference-{request.pk}": "FT9"}

    screen = press(browser, "confirm", hold=kept.pk, seat="A2", lap="1", buyer_phone="0912345678", **field)

    assert [(one.seat, one.lap_children) for one in screen.context["desk"].riders] == [("A2", 1)]
    assert screen.context["buyer"].phone == "0912345678"


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "²"])
def test_a_broken_number_of_a_payment_is_refused(browser, number):
    screen = press(browser, "give_up", number)

    assert (screen.status_code, screen.context["refusal"].code) == (422, "no_such_payment")


def shown(client, till):
    return client.get(reverse("ticketing:display", args=[till.counter_id]))


def test_the_customer_sees_nothing_then_the_code_then_thanks(client, till, departure):
    empty = shown(client, till).context["shown"]
    request = asked(departure, "A1", till=till)
    asking = shown(client, till)
    arrives(request)
    thanks = shown(client, till).context["shown"]

    assert (empty.request, thanks.is_thanks) == (None, True)
    assert asking.context["shown"].request == request
    assert f"{request.note}</strong>" in asking.content.decode()
    with travel(NOW + timedelta(seconds=31), tick=False):
        assert shown(client, till).context["shown"].request is None


def test_what_is_over_is_not_shown_to_the_customer(client, till, departure):
    asked(departure, "A1", till=till)

    with travel(NOW + timedelta(minutes=5), tick=False):
        assert shown(client, till).context["shown"].request is None


def test_the_customer_of_another_counter_sees_nothing_of_it(client, till, departure):
    asked(departure, "A1", till=till)
    other = CounterFactory(station=departure.station)

    assert client.get(reverse("ticketing:display", args=[other.pk])).context["shown"].request is None


def test_the_screen_names_nobody(client, till, departure):
    from ticketing import services

    kept = hold(departure, "A1", till=till)
    services.ask_for_sale(
        hold_id=kept.pk, till_id=till.pk, buyer=Buyer("Bùi Thị Mận", "0912345678"), by=till.clerk, now=NOW
    )

    page = shown(client, till).content.decode()

    assert ("Mận" in page, "0912345678" in page, till.clerk.full_name in page) == (False, False, False)


def test_the_driver_of_a_coach_sees_the_charge(client):
    due = charge()
    till = banked(due.departure)
    till.counter = CounterFactory(station=due.station)
    till.save()
    fees.ask_for_charge(charge_id=due.pk, till_id=till.pk, by=till.clerk, now=NOW)

    assert "56.376đ" in shown(client, till).content.decode()


def test_a_counter_that_is_not_there_has_no_screen(client):
    assert client.get(reverse("ticketing:display", args=[0])).status_code == 404
