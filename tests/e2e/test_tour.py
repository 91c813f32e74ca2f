"""The ten steps of the tour in a real browser, in both languages, early, at noon and by night.

The demonstration is built as it always is; of its day only what the tour meets is played: the tills of the ca and the
coaches that are planted.
"""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from demo.enums import Step
from demo.models import Tour, TourTick
from demo.services import load_hoa_binh, planting
from demo.services.days import eve_of
from demo.services.diagram import ensure_diagram
from demo.services.rounds import begin_demonstration, end_round, lay_out
from demo.services.today import open_current_shifts, prepare_day
from fees.services import open_till
from station import clock
from station.models import Station, User
from tests.browser import DESK, PHONE, drawn
from tests.demo.people import everybody
from tests.factories import StationFactory, at

pytestmark = pytest.mark.django_db(transaction=True)
BEYOND_ONE_ENTER = 300  # ms
BEGIN = {"vi": "Bắt đầu", "en": "Begin"}
WITHOUT_FRAMES = "{iframes: false}"
LAST = {"vi": "Đã xong cả mười bước", "en": "All ten steps are done"}


def demonstration(now: datetime) -> None:
    """Built for *now*, with open tills and everything that is planted."""
    load_hoa_binh(now=now, say=lambda _text: None, prepare=False)
    begin_demonstration(history_days=0, now=now)
    ensure_diagram(now)
    station, today = Station.objects.get(code="HB01"), clock.local_day(now)
    prepare_day(station, today, now=eve_of(today))
    prepare_day(station, today + timedelta(days=1), now=now, with_orders=False)
    lay_out(station, today, present=now)
    open_current_shifts([station], now=now)
    for name in ("banve1", "banve2", "dieudo1"):
        clerk = User.objects.get(username=name)
        open_till(station=station, clerk=clerk, counter_id=None, opening_float=2_000_000, now=now)
    planting.choose(now)
    planting.plant(now)
    end_round()


class Visitor:
    """Walks the tour by its own buttons and does what each step asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def enter(self) -> None:
        """One Enter, answered; and as long as it takes to be another one."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(BEYOND_ONE_ENTER)

    def go_on_to(self, step: Step) -> None:
        """By the button of the strip, which is there when the step before is ticked."""
        with self.page.expect_navigation():
            self.page.locator(f"#demo-strip button.dm-strip__btn--go[value={step.value}]").click()

    @property
    def phone(self) -> FrameLocator:
        return self.page.frame_locator(".dm-phone__screen")

    def sells(self) -> None:
        self.page.locator("#line:focus").wait_for()
        drawn(self.page)
        self.enter()
        self.enter()

    def moves(self) -> None:
        free = self.page.locator(".bb-free b").first.inner_text()
        self.page.keyboard.press("g")
        self.page.keyboard.type(free)
        self.enter()

    def signs(self) -> None:
        self.phone.locator("[data-sign-button]").click()

    def works_at_the_desk(self, *steps: str) -> None:
        """An Enter for each, when it is the step that the desk shows."""
        for step in steps:
            self.page.locator(f"#desk-panel[data-step={step}]").wait_for()
            self.page.wait_for_timeout(BEYOND_ONE_ENTER)
            self.page.keyboard.press("Enter")

    def checks_a_coach(self) -> None:
        self.works_at_the_desk("check")

    def takes_the_money_and_lets_out(self) -> None:
        self.works_at_the_desk("pay", "confirm", "let_out")

    def looks(self) -> None:
        self.page.locator("main").wait_for()

    def lets_the_bus_in(self) -> None:
        self.phone.locator("main form button.bx-btn--main").press("Enter")

    def sends_again(self) -> None:
        self.page.locator("form[action$='/send-again/'] button").click()

    def closes_the_till(self) -> None:
        self.page.locator("[data-note='500000']").fill("4")
        self.page.keyboard.press("F9")
        self.page.locator("#id_reason").fill("đếm sau")
        self.page.keyboard.press("F9")

    def do(self, step: Step) -> None:
        deeds = {
            Step.SELL: self.sells,
            Step.MOVE: self.moves,
            Step.SIGN: self.signs,
            Step.REFUSE: self.checks_a_coach,
            Step.LEAVE: self.takes_the_money_and_lets_out,
            Step.PDF: self.looks,
            Step.BUS: self.lets_the_bus_in,
            Step.INVOICE: self.sends_again,
            Step.CLOSE: self.closes_the_till,
            Step.REPORT: self.looks,
        }
        deeds[step]()


@pytest.mark.parametrize(("hour", "language"), [("06:00", "vi"), ("13:00", "en"), ("23:30", "vi")])
def test_the_ten_steps_are_walked(hour, language, new_window, set_clock):
    set_clock(at(hour))
    demonstration(at(hour))
    visitor = Visitor(new_window(language=language).new_page())
    first, *others = Step

    visitor.page.goto("/")
    visitor.page.get_by_role("button", name=BEGIN[language], exact=True).click()
    visitor.do(first)
    for step in others:
        visitor.go_on_to(step)
        visitor.do(step)
    visitor.page.get_by_role("link", name=LAST[language]).click()

    expect(visitor.page.locator(".dm-steps .is-done")).to_have_count(len(Step))
    ticks = TourTick.objects.order_by("ticked_at", "pk").values_list("step", flat=True)
    assert (list(ticks), Tour.objects.count()) == (list(Step), 1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_barrier_on_the_first_page_and_around_the_telephone(language, new_window, barriers_on):
    everybody(StationFactory())
    found = {}

    for size in (DESK, PHONE):
        width, page = size["width"], new_window(size, language).new_page()
        page.goto("/demo/")
        found[f"chooser {width}"] = barriers_on(page, WITHOUT_FRAMES)
        page.locator("#as-cong1").click()
        page.wait_for_url("**/demo/phone/")
        page.locator("[popovertarget=demo-roles]").click()
        found[f"telephone {width}"] = barriers_on(page, WITHOUT_FRAMES)
        page.goto("/demo/")
        page.locator(".dm-tour .bx-btn--main").click()
        page.wait_for_url("**/sell/")
        found[f"strip {width}"] = barriers_on(page, WITHOUT_FRAMES)
        page.goto("/demo/")
        found[f"tour {width}"] = barriers_on(page, WITHOUT_FRAMES)

    assert found == {key: [] for key in found}


@pytest.mark.parametrize(("size", "told"), [(DESK, True), (PHONE, False)], ids=["desk", "phone"])
def test_keys_are_spoken_of_where_there_are_keys(size, told, new_window):
    everybody(StationFactory())
    page = new_window(size).new_page()

    page.goto("/demo/")
    at_the_chooser = page.locator(".dm-keys").first.is_visible()
    page.locator(".dm-tour .bx-btn--main").click()
    page.wait_for_url("**/sell/")
    on_the_strip = page.locator("#demo-strip .dm-keys").is_visible()

    assert (at_the_chooser, on_the_strip) == (told, told)
