"""A hand-over between two people, a blind count and a correction in a real browser, by keyboard alone."""

import os
from datetime import timedelta

import pytest

from fees import selectors
from fees.models import CashMove, TillClosing, TillCorrection
from station import clock
from station.enums import Role
from tests.browser import DESK, PHONE
from tests.factories import CounterFactory, ShiftFactory, StationFactory, UserFactory, staff
from tests.factories_fees import ChargeableDepartureFactory, charge, pay, till_of

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "demo-mật-khẩu"


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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_till_from_the_hand_over_to_the_correction(page_of, barriers_on, tills, size):
    first, second = tills
    mine, other = page_of(first.clerk, size), page_of(second.clerk, size)
    name = f"{size['width']}"

    mine.goto("/till/")
    go(mine, "F6", "/till/hand-over/")
    look(mine, f"handover-{name}")
    assert barriers_on(mine) == []
    mine.keyboard.type("100000")
    mine.keyboard.press("Enter")
    mine.wait_for_url("**/till/")
    other.goto("/till/")
    look(other, f"offered-{name}")
    assert barriers_on(other) == []
    other.keyboard.press("F10")
    other.get_by_text("+100.000đ").wait_for()
    look(other, f"taken-{name}")
    assert [selectors.drawer_balance(till) for till in tills] == [456_000, 300_000]

    mine.goto("/till/")
    look(mine, f"till-{name}")
    assert barriers_on(mine) == []
    go(mine, "F8", "/till/cash/out/")
    look(mine, f"out-{name}")
    assert barriers_on(mine) == []
    mine.goto("/till/close/")
    mine.locator("[name=notes_500000]:focus").wait_for()
    for _ in range(3):  # 50.000 × 9
        mine.keyboard.press("Tab")
    mine.keyboard.type("9")
    mine.keyboard.press("F9")
    mine.locator("[name=reason]").wait_for()
    look(mine, f"difference-{name}")
    assert barriers_on(mine) == []
    mine.keyboard.type("thiếu")
    mine.keyboard.press("F9")
    mine.wait_for_url("**/till/closings/*/")
    look(mine, f"slip-{name}")

    closing = TillClosing.objects.get()
    other.goto(f"/till/closings/{closing.pk}/correct/")
    look(other, f"correct-{name}")
    assert barriers_on(other) == []
    other.locator("[name=amount]").fill("6000")
    other.locator("[name=reason]").fill("rơi sau ngăn kéo")
    other.locator("[name=username]").fill("truongca7")
    other.locator("[name=password]").fill(PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/till/")
    look(other, f"corrected-{name}")
    other.goto(f"/till/closings/{closing.pk}/")
    look(other, f"slip-corrected-{name}")

    assert (closing.difference, CashMove.objects.count(), TillCorrection.objects.get().payment.amount) == (
        -6_000,
        1,
        6_000,
    )
    assert selectors.drawer_balance(second) == 306_000
