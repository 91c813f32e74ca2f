"""A hand-over between two people, a blind count and a correction in a real browser, by keyboard alone."""

import os
import time
from datetime import timedelta

import pytest

from fees import selectors
from fees.models import CashMove, TillClosing, TillCorrection
from station import clock
from station.enums import Role
from tests.browser import DESK, PHONE
from tests.factories import CounterFactory, ShiftFactory, StationFactory, UserFactory, staff
from tests.factories_fees import ChargeableDepartureFactory, charge, pay, till_of
from tests.factories_ticketing import priced_departure, sell, till_at

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "demo-mật-khẩu"
COUNTED = "012221022"  # notes of each kind, the largest first: 556.000đ


def look(page, name):
    """Kept only for whoever wants to see the page."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def tills():
    """Two clerks with open tills, the first of whom took cash for a coach."""
    now = clock.now()
    station = StationFactory(station_class=4)
    lead = staff(UserFactory(username="truongca7", full_name="Trần Thị Lan"), station, Role.SHIFT_LEAD)
    lead.set_password(PASSWORD)
    lead.save()
    ShiftFactory(station=station, starts_at=now - timedelta(hours=1), lead=lead)
    CounterFactory(station=station)
    first, second = till_of(station, now=now), till_of(station, opening_float=200_000, now=now)
    pay(charge(ChargeableDepartureFactory(route__origin=station), now=now), first, now=now)
    return first, second


def go(page, key, path):
    page.keyboard.press(key)
    page.wait_for_url(f"**{path}")


def seen(page, barriers_on, name):
    look(page, name)
    return barriers_on(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_cash_goes_from_one_person_to_another(page_of, barriers_on, tills, size):
    mine, other = (page_of(till.clerk, size) for till in tills)

    mine.goto("/till/")
    go(mine, "F6", "/till/hand-over/")
    barriers = seen(mine, barriers_on, f"handover-{size['width']}")
    mine.keyboard.type("100000")
    mine.keyboard.press("Enter")
    mine.wait_for_url("**/till/")
    other.goto("/till/")
    barriers += seen(other, barriers_on, f"offered-{size['width']}")
    other.keyboard.press("F10")
    other.get_by_text("+100.000đ").wait_for()

    assert [selectors.drawer_balance(till) for till in tills] == [456_000, 300_000]
    assert CashMove.objects.get().to_till == tills[1]
    assert barriers == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_drawer_is_counted_blind_and_corrected_later(page_of, barriers_on, tills, size):
    mine, other = (page_of(till.clerk, size) for till in tills)

    mine.goto("/till/")
    barriers = seen(mine, barriers_on, f"till-{size['width']}")
    go(mine, "F9", "/till/close/")
    mine.locator("[name=notes_500000]:focus").wait_for()
    mine.keyboard.type("1")
    mine.keyboard.press("F9")
    mine.locator("[name=reason]:focus").wait_for()
    barriers += seen(mine, barriers_on, f"difference-{size['width']}")
    mine.keyboard.type("thiếu")
    mine.keyboard.press("F9")
    mine.wait_for_url("**/till/closings/*/")
    closing = TillClosing.objects.get()
    other.goto(f"/till/closings/{closing.pk}/correct/")
    barriers += seen(other, barriers_on, f"correct-{size['width']}")
    for field, text in {
        "amount": "56000",
        "reason": "ngăn dưới",
        "username": "truongca7",
        "password": PASSWORD,
    }.items():
        other.locator(f"[name={field}]").fill(text)
    other.keyboard.press("Enter")
    other.wait_for_url("**/till/")
    other.goto(f"/till/closings/{closing.pk}/")
    look(other, f"slip-{size['width']}")

    assert (closing.difference, TillCorrection.objects.get().payment.amount) == (-56_000, 56_000)
    assert selectors.drawer_balance(tills[1]) == 256_000
    assert barriers == []


def typed(page, *keys):
    """Press *keys*; returns how many that were."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


@pytest.fixture
def takes_at_most(record_property):
    """`takes_at_most(60, "till.close", keys, begun)`: one key a second, and the time of the machine."""

    def checked(limit, name, keys, begun):
        machine = time.perf_counter() - begun
        record_property(f"{name}.keys", keys)
        record_property(f"{name}.seconds", round(machine, 1))
        assert keys + machine <= limit, (keys, machine)

    return checked


def test_a_hand_over_takes_two_minutes_at_most_while_another_till_sells(page_of, tills, takes_at_most):
    mine, other = (page_of(till.clerk) for till in tills)
    third, departure = till_at(tills[0].station), priced_departure(route__origin=tills[0].station)
    begun = time.perf_counter()

    mine.goto("/till/")
    keys = typed(mine, "F6")
    mine.wait_for_url("**/till/hand-over/")
    keys += typed(mine, *"100000", "Enter")
    mine.wait_for_url("**/till/")
    sell(departure, "A1", till=third, now=clock.now())
    other.goto("/till/")
    keys += typed(other, "F10")
    other.get_by_text("+100.000đ").wait_for()

    takes_at_most(120, "till.hand_over", keys, begun)
    assert [selectors.drawer_balance(till) for till in (*tills, third)] == [456_000, 300_000, 100_000]


def test_a_till_is_counted_and_closed_within_a_minute(page_of, tills, takes_at_most):
    """The count is typed note by note: number, Tab."""
    page = page_of(tills[0].clerk)
    begun = time.perf_counter()

    page.goto("/till/")
    keys = typed(page, "F9")
    page.wait_for_url("**/till/close/")
    page.locator("[name=notes_500000]:focus").wait_for()
    for quantity in COUNTED:
        keys += typed(page, quantity, "Tab")
    keys += typed(page, "F9")
    page.wait_for_url("**/till/closings/*/")

    takes_at_most(60, "till.close", keys, begun)
    assert (TillClosing.objects.get().counted_cash, TillClosing.objects.get().difference) == (556_000, 0)
