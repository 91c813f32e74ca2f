"""People at their screens in a real browser: the operator's phone, the dispatcher's keyboard, the guard's digits, and
no barrier on anybody's pages."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dispatch.models import DispatchOrder
from station import clock
from station.models import BayBooking, Departure, Station, User, YardVisit
from station.rules import plates
from tests.browser import DESK, PHONE
from tests.factories import BayFactory, ShiftFactory, TillFactory, UserFactory, staff
from tests.factories_dispatch import drawn, ready_departure

pytestmark = pytest.mark.django_db(transaction=True)
A_BREATH = 300  # ms


@pytest.fixture
def departure() -> Departure:
    """Leaves in an hour with its order drawn up, from a station with a shift, a till and two bays."""
    order = drawn(ready_departure(planned_at=clock.now() + timedelta(hours=1)))
    departure = order.legs.get().departure
    for code in ("A01", "A02"):
        BayFactory(station=departure.station, code=code)
    return departure


def person(station: Station, *roles: str) -> User:
    user = UserFactory()
    for role in roles:
        staff(user, station, role)
    return user


def test_an_operator_signs_an_order_on_a_phone(page_of, departure):
    page = page_of(UserFactory(operator=departure.operator), PHONE)
    page.goto("/operator/")

    with page.expect_navigation():
        page.locator("[data-sign-button]").click()

    assert list(DispatchOrder.objects.values_list("state", flat=True)) == ["signing"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.goto("/operator/signed/")
    assert page.get_by_text(DispatchOrder.objects.get().number).is_visible()


def test_a_dispatcher_moves_a_departure_to_another_bay_by_keyboard_alone(page_of, departure):
    page = page_of(person(departure.station, "dispatcher"))
    page.goto(f"/bays/?departure={departure.pk}")

    page.keyboard.press("g")
    page.keyboard.type("A02")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(A_BREATH)

    assert list(BayBooking.objects.values_list("departure", "bay__code")) == [(departure.pk, "A02")]


def test_a_guard_lets_a_coach_in_by_its_last_digits_and_two_enters(page_of, departure):
    plate = departure.vehicle.plate
    page = page_of(person(departure.station, "guard"))
    page.goto("/gate/")

    page.keyboard.type(plate[-5:])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert list(YardVisit.objects.values_list("plate", "departure", "state")) == [(plate, departure.pk, "in_yard")]
    expect(page.get_by_text(plates.display(plate)).first).to_be_visible()


PAGES = {
    "ticket_clerk": ["/sell/", "/till/", "/till/close/", "/fees/", "/shifts/"],
    "dispatcher": ["/bays/", "/orders/", "/orders/{order}/", "/departures/{departure}/passengers/", "/routes/"],
    "guard": ["/gate/", "/gate/?q={digits}"],
    "manager": ["/reports/", "/invoices/", "/shifts/"],
    "operator": ["/operator/", "/operator/signed/"],
    "driver": ["/driver/"],
    "anybody": ["/login/", "/board/{station}/", "/verify/{token}/", "/nowhere/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_no_barrier_on_the_pages_of(page_of, barriers_on, departure, role):
    order = DispatchOrder.objects.get()
    facts = {
        "order": order.pk, "token": order.token, "departure": departure.pk, "station": departure.station.code,
        "digits": departure.vehicle.plate[-4:],
    }  # fmt: skip
    user = somebody(role, departure)

    found = {}
    for size, language in product((DESK, PHONE), ("vi", "en")):
        page = page_of(user, size, language)
        if role == "anybody":
            page.context.clear_cookies(name=re.compile("session"))
        for path in PAGES[role]:
            page.goto(path.format(**facts))
            found[f"{path} {language} {size['width']}"] = barriers_on(page)
        page.context.close()

    assert {where: barriers for where, barriers in found.items() if barriers} == {}


def somebody(role: str, departure: Departure) -> User:
    if role == "operator":
        return UserFactory(operator=departure.operator)
    if role == "driver":
        return UserFactory(driver=departure.driver)
    if role == "anybody":
        return UserFactory()
    user = person(departure.station, role)
    shift = ShiftFactory(station=departure.station, starts_at=clock.now() - timedelta(hours=1), lead=user)
    if role == "ticket_clerk":
        TillFactory(shift=shift, clerk=user)
    return user


def test_the_home_of_every_role_is_a_page_of_its_own(client_of, departure):
    homes = {
        role: client_of(somebody(role, departure)).get(reverse("home"))["Location"]
        for role in PAGES
        if role != "anybody"
    }

    assert homes == {
        "ticket_clerk": "/sell/",
        "dispatcher": "/desk/",
        "guard": "/gate/",
        "manager": "/reports/",
        "operator": "/operator/",
        "driver": "/driver/",
    }
