"""What the shift lead and the accountant look at after a sale, and a company that buys, in a real browser."""

import os
from datetime import timedelta

import pytest

from station import clock
from station.enums import Role
from tests.browser import DESK, PHONE
from tests.factories import CounterFactory, UserFactory, staff, staff_of
from tests.factories_ticketing import hold, priced_departure, sell
from tests.ticketing.bank import banked
from tests.ticketing.money import void
from ticketing.models import Sale
from ticketing.rules import Buyer

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
COMPANY = Buyer("Bùi Thị Mận", "0912345678", "0100109106", "Công ty cổ phần Mẫu", "1 Trần Hưng Đạo, Hà Nội")


def seen(page, barriers_on, name):
    """What axe finds; the picture is kept only for whoever wants to see the page."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    return barriers_on(page)


@pytest.fixture
def departure():
    return priced_departure(seats=20)


@pytest.fixture
def till(departure):
    till = banked(departure)
    till.counter = CounterFactory(station=departure.station)
    till.save(update_fields=["counter"])
    return till


@SIZES
def test_seconds_a_sale_are_read_by_shift_and_clerk(page_of, barriers_on, departure, till, size):
    for label, seconds in (("A1", 4), ("A2", 6), ("B1", 31)):
        now = clock.now()
        kept = hold(departure, label, till=till, now=now)
        sell(departure, label, till=till, hold_id=kept.pk, now=now + timedelta(seconds=seconds))
    page = page_of(staff_of(departure.station, Role.SHIFT_LEAD), size)

    page.goto("/reports/")
    report = seen(page, barriers_on, f"shift-{size['width']}")
    page.get_by_role("link", name="Số giây mỗi lần bán, theo nhân viên").click()
    page.wait_for_url("**/reports/pace/**")

    assert page.locator("tbody td").all_inner_texts() == [str(till.clerk), "6,0", "26,0", "3", "3"]
    assert [*report, *seen(page, barriers_on, f"pace-{size['width']}")] == []


@SIZES
def test_what_was_undone_is_sent_back_by_the_bank(page_of, barriers_on, departure, till, size):
    now = clock.now()
    sale = sell(departure, "A1", till=till, method="transfer", reference="FT26326001", buyer=COMPANY, now=now)
    void(till, sale.tickets.get(), now=now)
    page = page_of(staff(UserFactory(), departure.station, Role.ACCOUNTANT), size)

    page.goto("/bank/")
    before = seen(page, barriers_on, f"owed-{size['width']}")
    page.locator("input[name=reference]").fill("FT26326999")
    page.keyboard.press("Enter")
    page.locator("input[name=reference]").wait_for(state="detached")

    assert [*before, *barriers_on(page)] == []


@SIZES
def test_a_company_buys_at_the_counter(page_of, barriers_on, departure, till, size):
    page = page_of(till.clerk, size)
    page.goto("/sell/")
    page.locator("#line:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("[data-held]").wait_for()
    page.keyboard.press("F4")
    for said in ("0912345678", "Bùi Thị Mận", COMPANY.tax_code, COMPANY.company, COMPANY.address):
        page.keyboard.type(said)
        page.keyboard.press("Tab")
    barriers = seen(page, barriers_on, f"company-{size['width']}")
    page.keyboard.press("F9")
    page.locator("#last-sale a").first.click()

    barriers += seen(page, barriers_on, f"ticket-{size['width']}")
    assert (barriers, Sale.objects.get().buyer) == ([], COMPANY)
