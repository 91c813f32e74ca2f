"""Coaches go through the desk in a real browser without a mouse, and every key is counted."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route

from dispatch import services
from dispatch.models import DispatchOrder, Inspection
from fees.services import open_till
from station import clock
from station.models import Departure, OutboxMessage, User, YardVisit
from tests.browser import DESK, PHONE
from tests.factories import BayFactory, ShiftFactory, StationFactory, UserFactory, staff
from tests.factories_dispatch import entered, issued, ready_departure
from tests.factories_fees import ChargeableDepartureFactory

pytestmark = pytest.mark.django_db(transaction=True)
BEYOND_ONE_ENTER = 300  # ms
DIGITS = 4
SHEET = "012345"


def leaves_in(minutes: int, **how) -> Departure:
    return ready_departure(planned_at=clock.now() + timedelta(minutes=minutes), **how)


def at_the_desk(departure: Departure) -> User:
    """A shift lead with an open till at the station of *departure*."""
    lead, now = staff(UserFactory(), departure.station, "shift_lead"), clock.now()
    ShiftFactory(station=departure.station, starts_at=now - timedelta(hours=1), lead=lead)
    open_till(station=departure.station, clerk=lead, counter_id=None, opening_float=0, now=now)
    return lead


def digits_of(departure: Departure) -> str:
    return departure.vehicle.plate[-DIGITS:]


class Keyboard:
    """Counts every key, and lets each Enter be answered as a person would."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        page.goto("/desk/")
        page.locator("#line:focus").wait_for()

    def type(self, text: str) -> None:
        for key in text:
            self.press(key)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def look(self) -> None:
        """The answer stands on the screen, and a person has read it."""
        self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")
        self.page.wait_for_timeout(BEYOND_ONE_ENTER)

    def choose(self, digits: str) -> None:
        """Digits, Enter, and the page has looked."""
        self.type(digits)
        with self.page.expect_response(lambda answer: f"q={digits}" in answer.url):
            self.press("Enter")
        self.look()

    def step(self) -> None:
        """Enter, and the step is done or refused."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.press("Enter")
        self.look()


def workers_work() -> None:
    """What the workers would have done by now: signatures stand in the documents."""
    waiting = DispatchOrder.objects.filter(signatures__state="requested") | DispatchOrder.objects.filter(
        state="signing"
    )
    for order in waiting.distinct().order_by("pk"):
        services.advance_document(order_id=order.pk, message_id=None, now=clock.now())


def state_of(departure: Departure) -> tuple[str, str]:
    visit = YardVisit.objects.get(departure=departure)
    return Departure.objects.get(pk=departure.pk).state, visit.state


def test_an_electronic_order_takes_twelve_keys_from_coach_in_to_coach_out(page_of, record_property):
    departure = leaves_in(60)
    issued(departure, clock.now())
    desk = Keyboard(page_of(at_the_desk(departure)))

    desk.choose(digits_of(departure))
    for _step in ("enter", "check", "pay", "confirm", "let out"):
        desk.step()

    assert state_of(departure) == ("departed", "left")
    assert desk.keys <= 12
    record_property("desk.keys.electronic", desk.keys)


def test_the_next_leg_of_a_known_sheet_takes_twelve_keys(page_of, record_property):
    first = leaves_in(-60, electronic=False)
    day = clock.local_day(clock.now())
    entered(first, clock.now(), valid_from=day, valid_until=day + timedelta(days=1))
    workers_work()
    Departure.objects.filter(pk=first.pk).update(state="missed")
    departure = ChargeableDepartureFactory(
        operator=first.operator, vehicle=first.vehicle, driver=first.driver, route=first.route,
        planned_at=clock.now() + timedelta(minutes=60),
    )  # fmt: skip
    desk = Keyboard(page_of(at_the_desk(departure)))

    desk.choose(digits_of(departure))
    for _step in ("enter", "check", "pay", "confirm", "let out"):
        desk.step()

    assert state_of(departure) == ("departed", "left")
    assert desk.keys <= 12
    record_property("desk.keys.next_leg", desk.keys)


def test_a_new_paper_sheet_takes_twenty_keys(page_of, record_property):
    departure = leaves_in(60, electronic=False)
    desk = Keyboard(page_of(at_the_desk(departure)))

    desk.choose(digits_of(departure))
    desk.step()  # in
    desk.type(SHEET)
    desk.step()  # checked
    workers_work()
    for _step in ("pay", "confirm", "let out"):
        desk.step()

    assert state_of(departure) == ("departed", "left")
    assert DispatchOrder.objects.get().paper_number == SHEET
    assert desk.keys <= 20
    record_property("desk.keys.paper", desk.keys)


def test_two_enters_in_one_breath_are_one_step(page_of):
    departure = leaves_in(60)
    issued(departure, clock.now())
    desk = Keyboard(page_of(at_the_desk(departure)))
    desk.choose(digits_of(departure))

    desk.press("Enter")
    desk.press("Enter")
    desk.page.locator("[data-step=check]").wait_for()
    desk.page.wait_for_timeout(BEYOND_ONE_ENTER)

    assert (YardVisit.objects.count(), Inspection.objects.count()) == (1, 0)


def test_digits_of_two_coaches_give_a_list_and_a_number_chooses(page_of):
    one = leaves_in(50, vehicle__plate="28B11234")
    two = leaves_in(60, vehicle__plate="29B21234", route=one.route)
    desk = Keyboard(page_of(at_the_desk(one)))
    desk.choose("1234")
    desk.page.locator("[data-desk-match='2']").wait_for()

    desk.press("2")
    desk.page.locator("[data-coach*='29B21234']").wait_for()
    desk.look()
    desk.step()

    assert list(YardVisit.objects.values_list("departure", flat=True)) == [two.pk]


def test_arrows_walk_the_coaches_and_escape_lets_go(page_of):
    one = leaves_in(50)
    two = leaves_in(60, route=one.route)
    desk = Keyboard(page_of(at_the_desk(one)))
    desk.press("ArrowDown")
    desk.press("ArrowDown")
    desk.press("Enter")
    desk.page.locator("#desk-panel[data-coach]").wait_for()
    chosen = desk.page.locator("#desk-panel").get_attribute("data-coach")

    desk.press("Escape")
    desk.page.locator("#desk-panel:not([data-coach])").wait_for()

    assert str(chosen).startswith(f"q={two.vehicle.plate}")
    assert desk.page.url.endswith("/desk/")
    assert desk.page.evaluate("document.activeElement.id") == "line"


def test_what_somebody_else_did_meanwhile_is_said_and_the_row_shows_what_is_next(page_of):
    departure = leaves_in(60)
    issued(departure, clock.now())
    desk = Keyboard(page_of(at_the_desk(departure)))
    desk.choose(digits_of(departure))
    # The news is on its way.
    desk.page.evaluate("document.querySelector('[data-live]').remove()")
    guard = staff(UserFactory(full_name="Bùi Văn Gác"), departure.station, "guard")
    plate = departure.vehicle.plate
    services.let_in(station=departure.station, plate=plate, passengers_in=None, by=guard, now=clock.now())

    desk.step()

    assert "Bùi Văn Gác" in desk.page.locator("[data-desk-refusal]").inner_text()
    assert desk.page.locator("#desk-panel").get_attribute("data-step") == "check"
    assert YardVisit.objects.count() == 1


def test_f2_sells_and_comes_back_with_everything_that_was_typed(page_of):
    departure = leaves_in(60, electronic=False)
    desk = Keyboard(page_of(at_the_desk(departure)))
    page = desk.page
    desk.choose(digits_of(departure))
    desk.step()
    desk.type("0123")
    sheet = "#desk-panel input[name=number]"

    page.keyboard.press("F2")
    page.wait_for_url("**/sell/**")
    page.locator("#line:focus").wait_for()
    page.keyboard.type("1*2")
    page.keyboard.press("F2")
    page.wait_for_url("**/desk/**")
    back_at_the_desk = page.locator(sheet).input_value()
    page.keyboard.press("F2")
    page.wait_for_url("**/sell/**")

    assert back_at_the_desk == "0123"
    assert page.locator("#line").input_value() == "1*2"


def test_a_change_by_another_person_is_on_the_desk_within_a_second(page_of):
    departure = leaves_in(60)
    desk = Keyboard(page_of(at_the_desk(departure)))
    guard = staff(UserFactory(), departure.station, "guard")
    plate = departure.vehicle.plate
    services.let_in(station=departure.station, plate=plate, passengers_in=None, by=guard, now=clock.now())
    told = set(OutboxMessage.objects.filter(task__startswith="push.").values_list("task", flat=True))
    topics = {f"push.{topic}" for topic in desk.page.locator("[data-live]").get_attribute("data-live").split()}

    # The way of the news to the browser is measured with the running copy; here it begins where it arrives.
    desk.page.evaluate("window.htmx.trigger(document.querySelector('[data-live]'), 'live')")
    desk.page.locator("tr[data-inside]").wait_for(timeout=1000)

    assert told & topics == {f"push.{topic}-{departure.station.code}" for topic in ("gate", "bays", "charges")}


def test_typing_survives_the_news(page_of):
    departure = leaves_in(60, electronic=False)
    desk = Keyboard(page_of(at_the_desk(departure)))
    desk.choose(digits_of(departure))
    desk.step()
    desk.type("77")

    with desk.page.expect_response(lambda answer: "/desk/" in answer.url):
        desk.page.evaluate("window.htmx.trigger(document.querySelector('[data-live]'), 'live')")
    desk.page.wait_for_timeout(BEYOND_ONE_ENTER)
    desk.type("88")

    assert desk.page.locator("#desk-panel input[name=number]").input_value() == "7788"


def test_news_that_was_asked_for_before_another_coach_was_chosen_does_not_take_it_away(page_of):
    departure = leaves_in(60)
    desk = Keyboard(page_of(at_the_desk(departure)))
    held: list[Route] = []
    desk.page.route("**/desk/", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks what it is given
    with desk.page.expect_request("**/desk/"):
        desk.page.evaluate("window.htmx.trigger(document.querySelector('[data-live]'), 'live')")
    desk.choose(digits_of(departure))

    with desk.page.expect_response(lambda answer: answer.url.endswith("/desk/")):
        held[0].continue_()
    desk.look()

    assert str(desk.page.locator("#desk-panel").get_attribute("data-coach")).startswith(f"q={departure.vehicle.plate}")


def test_a_refusal_outlives_the_news(page_of):
    departure = leaves_in(60, electronic=False)
    desk = Keyboard(page_of(at_the_desk(departure)))
    desk.choose(digits_of(departure))
    desk.step()
    desk.step()  # without the number of the sheet
    refusal = desk.page.locator("[data-desk-refusal]")
    said = refusal.inner_text()

    with desk.page.expect_response(lambda answer: answer.request.method == "GET" and "/desk/" in answer.url):
        desk.page.evaluate("window.htmx.trigger(document.querySelector('[data-live]'), 'live')")
    desk.look()
    after_the_news = refusal.inner_text()
    desk.type(SHEET)
    desk.step()

    assert after_the_news == said != ""
    assert refusal.count() == 0


def test_no_key_breaks_the_counter(page_of):
    departure = leaves_in(60)
    page = page_of(at_the_desk(departure))
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto("/sell/")

    page.keyboard.press("1")
    page.keyboard.press("F2")

    assert broken == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_bar_of_whoever_has_every_app_fits_the_screen(page_of, language):
    departure = leaves_in(60, station=StationFactory(name="Bến xe Trung tâm Hoà Bình"))
    user = at_the_desk(departure)
    user.full_name = "Quách Văn Thao"
    user.save()
    page = page_of(user, DESK, language)
    page.goto("/desk/")

    wide = []
    for width in (1340, 1366, 1440, 1560, 1640):
        page.set_viewport_size({"width": width, "height": 900})
        wide += [width] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []

    assert wide == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_barrier_on_the_desk(page_of, barriers_on, size, language):
    departure = leaves_in(60, electronic=False)
    BayFactory(station=departure.station)
    late = leaves_in(-25, route=departure.route)
    user = at_the_desk(departure)
    services.let_in(
        station=departure.station, plate=departure.vehicle.plate, passengers_in=None, by=user, now=clock.now()
    )
    page = page_of(user, size, language)
    found = {}

    for typed in ("", departure.vehicle.plate, late.vehicle.plate, "99999", "30A99999"):
        page.goto(f"/desk/?q={typed}")
        found[typed] = barriers_on(page)

    assert found == {typed: [] for typed in found}
