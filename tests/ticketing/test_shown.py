"""Enter keeps what the screen proposes, as long as it was drawn for the line that is typed."""

from datetime import timedelta

import pytest
import time_machine

from tests.factories import FarStationFactory, RouteFactory, StationFactory
from tests.factories_ticketing import hold, priced_departure, till_at
from tests.ticketing.test_sell import HTMX, URL, fields_of
from ticketing.models import Hold
from ticketing.services import release_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    route = RouteFactory(origin=StationFactory(), destination=FarStationFactory(name="Mỹ Đình"), stops=3)
    return priced_departure(route=route, fare=75_000)


@pytest.fixture
def till(departure):
    return till_at(departure.station)


@pytest.fixture
def clerk(till, client_of):
    return client_of(till.clerk)


@pytest.mark.parametrize(
    ("shown", "seconds", "kept"),
    [("1", 5, "later"), ("", 5, "sooner"), ("1", 65, "sooner")],
    ids=["as the screen has it", "the screen was drawn for another line", "the screen is of an earlier minute"],
)
def test_enter_keeps_what_the_screen_proposes_for_the_line(clerk, departure, now, shown, seconds, kept):
    later = priced_departure(route=departure.route, planned_at=departure.planned_at + timedelta(hours=1))
    full = hold(departure, "A1", "A2", "B1", "B2", now=now)

    with time_machine.travel(now, tick=False):
        screen = clerk.get(URL, {"line": "1"}, headers=HTMX)
    release_hold(till_id=full.till_id, by=full.till.clerk, now=now)
    said = {"line": "1", "shown": shown, "listed": str(screen.context["desk"].listed)}
    with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
        clerk.post(URL, said, headers=HTMX)

    assert screen.context["shown"] == "1"
    assert Hold.objects.get().departure == {"sooner": departure, "later": later}[kept]


def test_what_the_screen_proposed_and_is_full_by_now_is_not_kept(clerk, till, departure, now):
    later = priced_departure(route=departure.route, planned_at=departure.planned_at + timedelta(hours=1))

    with time_machine.travel(now, tick=False):
        screen = clerk.get(URL, {"line": "1"}, headers=HTMX)
        hold(departure, "A1", "A2", "B1", "B2", now=now)
        clerk.post(URL, {"line": "1", "shown": "1", "listed": str(screen.context["desk"].listed)}, headers=HTMX)

    assert screen.context["desk"].offer.departure == departure
    assert Hold.objects.get(till=till).departure == later


def posted_as_drawn(clerk, screen, line):
    """Enter with that line, on the screen as the answer to its typing drew it."""
    said = {**fields_of(screen.context), "line": line, "shown": screen.context["shown"]}
    return clerk.post(URL, {**said, "listed": str(screen.context["desk"].listed)}, headers=HTMX)


def test_a_place_that_nobody_knows_keeps_no_seats_of_the_one_on_the_screen(clerk, departure, now):
    with time_machine.travel(now, tick=False):
        screen = clerk.get(URL, {"to": "my dinh", "line": "xyzxyz"}, headers=HTMX)
        refused = posted_as_drawn(clerk, screen, "xyzxyz")

    assert (screen.context["desk"].offer.departure, screen.context["shown"]) == (departure, "")
    assert (refused.status_code, refused.context["refusal"].code, Hold.objects.count()) == (422, "no_such_place", 0)


def test_with_seats_kept_another_place_typed_is_another_place(clerk, till, departure, now):
    elsewhere = RouteFactory(origin=departure.station, destination=FarStationFactory(name="Sơn La"), stops=2)
    other = priced_departure(route=elsewhere)
    hold(departure, "A1", till=till, now=now)

    with time_machine.travel(now, tick=False):
        screen = clerk.get(URL, {"line": "sonla"}, headers=HTMX)
        posted_as_drawn(clerk, screen, "sonla")

    assert (screen.context["desk"].offer.departure, screen.context["shown"]) == (departure, "")
    assert Hold.objects.get().departure == other
