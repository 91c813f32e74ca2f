"""The digits of a counter."""

import pytest
import time_machine
from django.db import IntegrityError, transaction

from station.enums import Role
from tests.factories import CounterFactory, RouteFactory, StationFactory, staff_of
from tests.factories_ticketing import priced_departure, till_at
from ticketing import selectors, services
from ticketing.errors import NoSuchPlace, PlaceTwice
from ticketing.models import Favourite
from ticketing.selectors import Want

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def run(station):
    def running(name, **facts):
        facts.setdefault("route", RouteFactory(origin=station, destination__name=name, stops=3))
        return priced_departure(station=station, **facts)

    return running


@pytest.fixture
def counter(station):
    return CounterFactory(station=station)


def digits(station, counter, now):
    found = selectors.destinations_of(station, now.date(), now, counter.pk)
    return [(row.digit.number, row.digit.name, row.next_offer is not None) for row in found]


def test_what_was_set_has_its_digit_and_the_plan_fills_the_rest(station, run, counter, now):
    run("Mỹ Đình")
    run("Sơn La")
    services.set_favourites(counter_id=counter.pk, places={2: ("my dinh", "Mỹ Đình")}, default=None)

    assert digits(station, counter, now)[:2] == [(1, "Sơn La", True), (2, "Mỹ Đình", True)]


def test_a_stop_on_the_way_can_be_a_favourite(station, run, counter, now):
    stop = run("Mỹ Đình").route.stops.get(position=1)
    services.set_favourites(counter_id=counter.pk, places={5: (stop.search_key, stop.name)}, default=5)

    assert digits(station, counter, now)[1] == (5, stop.name, True)


def test_the_default_is_chosen_when_nothing_was_typed(station, run, counter, now):
    run("Mỹ Đình")
    run("Sơn La")
    services.set_favourites(counter_id=counter.pk, places={7: ("son la", "Sơn La")}, default=7)
    till = till_at(station, counter=counter)

    assert selectors.desk_of(station, till, Want(), now).to == "son la"
    assert selectors.desk_of(station, till, Want(favourite=7), now).to == "son la"
    assert selectors.desk_of(station, till_at(station), Want(), now).to == "my dinh"


def test_a_digit_without_a_place_names_nothing(station, run, counter, now):
    run("Mỹ Đình")
    till = till_at(station, counter=counter)

    with pytest.raises(NoSuchPlace):
        selectors.desk_of(station, till, Want(favourite=8), now)


def test_a_default_that_runs_no_more_gives_way(station, run, counter, now):
    run("Mỹ Đình")
    services.set_favourites(counter_id=counter.pk, places={7: ("son la", "Sơn La")}, default=7)

    assert selectors.desk_of(station, till_at(station, counter=counter), Want(), now).to == "my dinh"


def test_one_place_has_one_digit(counter):
    twice = {1: ("son la", "Sơn La"), 2: ("son la", "Sơn La")}

    with pytest.raises(PlaceTwice):
        services.set_favourites(counter_id=counter.pk, places=twice, default=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Favourite.objects.bulk_create(Favourite(counter=counter, number=n, key="x", name="x") for n in (1, 2))


def test_a_clerk_sets_the_digits_of_a_counter_on_the_page(station, run, counter, client_of, now):
    run("Mỹ Đình")
    clerk, url = client_of(staff_of(station, Role.TICKET_CLERK)), f"/setup/favourites/{counter.pk}/"
    with time_machine.travel(now, tick=False):
        done = clerk.post(url, {"place_3": "my dinh", "default": "3"})
        refused = clerk.post(url, {"place_3": "my dinh", "place_4": "my dinh"})
        nonsense = clerk.post(url, {"place_3": "paris", "default": "9"})
        shown = clerk.get("/setup/favourites/").content.decode()
        form = clerk.get(url).context["form"]

    assert [answer.status_code for answer in (done, refused, nonsense)] == [302, 422, 422]
    assert list(Favourite.objects.values_list("number", "key", "is_default")) == [(3, "my dinh", True)]
    assert ["Mỹ Đình" in shown, form.initial] == [True, {"place_3": "my dinh", "default": 3}]


def test_counters_of_other_stations_are_not_there(station, counter, client_of):
    stranger = client_of(staff_of(StationFactory(), Role.TICKET_CLERK))
    guard = client_of(staff_of(station, Role.GUARD))

    assert stranger.get(f"/setup/favourites/{counter.pk}/").status_code == 404
    assert guard.get("/setup/favourites/").status_code == 403
