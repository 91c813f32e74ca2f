"""Who may sell, from when and until when: one departure, and the list of a counter, by the same rule."""

from datetime import timedelta

import pytest

from station.enums import DepartureState, RouteKind, SaleCloses
from tests.factories import FarStationFactory, RouteFactory, StationFactory, at
from tests.factories_ticketing import priced_departure, sell, till_at
from ticketing import selectors
from ticketing.errors import NotOnSale, SaleClosed, SaleNotOpen, SaleWaitsForOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def run(station):
    """A departure of the station to Sơn La at 10:00 with a stop between."""

    def planned(hhmm="10:00", **facts):
        route = RouteFactory(origin=station, destination=FarStationFactory(name="Sơn La"), stops=3)
        departure = priced_departure(route=route, planned_at=at(hhmm))
        for name, value in facts.items():
            setattr(departure, name, value)
        departure.save()
        return departure

    return planned


def choose(station, **facts):
    for name, value in facts.items():
        setattr(station, name, value)
    station.save()


def refusal_of(departure, now, start=None):
    """The class of the refusal for the ride from here (or from *start*) to the end."""
    fresh = selectors.with_facts(type(departure).objects.filter(pk=departure.pk)).get()
    stretch = selectors.stretch_of(fresh, start.pk if start else None, None)
    return type(selectors.sale_refusal(fresh, stretch, now))


def is_offered(station, now):
    return [offer.departure.pk for offer in selectors.departures_to(station, "son la", now)] != []


@pytest.mark.parametrize(
    ("facts", "choice", "refusal"),
    [
        ({}, {}, type(None)),
        ({"is_on_sale": False}, {}, NotOnSale),
        ({"state": DepartureState.CANCELLED}, {}, SaleClosed),
        ({"exit_confirmed_at": at("08:55")}, {}, SaleClosed),
        ({"exit_confirmed_at": at("08:55")}, {"sale_closes": SaleCloses.TIME}, type(None)),
        ({}, {"sale_closes_minutes": 59}, type(None)),
        ({}, {"sale_closes_minutes": 60}, SaleClosed),
        ({"expected_at": at("10:30")}, {"sale_closes_minutes": 60}, type(None)),
        ({}, {"sale_needs_order": True}, SaleWaitsForOrder),
        ({"order_issued_at": at("08:00")}, {"sale_needs_order": True}, type(None)),
    ],
)
def test_one_departure_and_the_list_of_a_counter_agree(station, run, now, facts, choice, refusal):
    departure = run(**facts)
    choose(station, **choice)

    assert refusal_of(departure, now) is refusal
    assert is_offered(station, now) is (refusal is type(None))


@pytest.mark.parametrize(
    ("facts", "choice", "refusal"),
    [
        ({}, {}, SaleClosed),
        ({"expected_at": at("09:20")}, {}, type(None)),
        ({"state": DepartureState.BOARDING}, {}, type(None)),
        ({"state": DepartureState.BOARDING, "exit_confirmed_at": at("08:59")}, {}, SaleClosed),
        ({"state": DepartureState.BOARDING}, {"sale_closes": SaleCloses.TIME}, SaleClosed),
    ],
)
def test_a_late_coach_is_sold_while_it_stands_open(station, run, now, facts, choice, refusal):
    departure = run("08:58", **facts)
    choose(station, **choice)

    assert refusal_of(departure, now) is refusal
    assert is_offered(station, now) is (refusal is type(None))


@pytest.mark.parametrize(
    ("days", "ahead", "refusal"),
    [
        (None, 0, type(None)),
        (0, 0, type(None)),
        (0, 1, SaleNotOpen),
        (1, 1, type(None)),
        (7, 7, type(None)),
        (6, 7, SaleNotOpen),
    ],
)
def test_a_route_is_sold_so_many_days_ahead(station, run, now, days, ahead, refusal):
    departure = run(planned_at=at("10:00") + timedelta(days=ahead), service_on=at("10:00").date() + timedelta(ahead))
    departure.route.sale_days_ahead = days
    departure.route.save()

    assert refusal_of(departure, now) is refusal
    assert is_offered(station, now) is (refusal is type(None))


def test_a_bus_or_boat_waits_for_no_order(station, run, now):
    departure = run()
    departure.route.kind = RouteKind.BOAT
    departure.route.save()
    choose(station, sale_needs_order=True)

    assert refusal_of(departure, now) is type(None)
    assert is_offered(station, now) is True


def test_seats_from_a_later_stop_are_sold_after_the_confirmation_until_the_coach_leaves(run, now):
    departure = run("08:50", exit_confirmed_at=at("08:50"))
    middle = departure.route.stops.get(position=1)

    assert refusal_of(departure, now) is SaleClosed
    assert refusal_of(departure, at("10:04"), middle) is type(None)
    assert refusal_of(departure, at("10:05"), middle) is SaleClosed
    departure.state, departure.departed_at = DepartureState.DEPARTED, at("08:55")
    departure.save()
    assert refusal_of(departure, now, middle) is SaleClosed


def test_a_seat_from_a_later_stop_is_really_sold_after_the_confirmation(run, now):
    departure = run("08:50", exit_confirmed_at=at("08:50"))
    middle = departure.route.stops.get(position=1)

    sale = sell(departure, "A1", from_stop_id=middle.pk, now=now)

    assert sale.tickets.get().from_stop == middle


def test_the_refusal_says_the_day_on_which_sale_opens(run, now):
    departure = run(planned_at=at("10:00") + timedelta(days=3), service_on=at("10:00").date() + timedelta(days=3))
    departure.route.sale_days_ahead = 2
    departure.route.save()

    with pytest.raises(SaleNotOpen) as refusal:
        sell(departure, "A1")

    assert refusal.value.facts["day"] == "23/11/2026"


def test_an_operator_that_sells_itself_is_shown_and_not_sold(station, run, now):
    departure = run(is_on_sale=False)
    till_at(station)

    desk = selectors.desk_of(station, None, selectors.Want(letters="sl"), now)

    assert [(row.departure, row.seats) for row in desk.days[0].others] == [(departure, 4)]
    assert (desk.days[0].offers, desk.offer) == ([], None)


def test_days_ahead_are_folded_away_until_one_of_their_departures_is_asked_for(station, run, now):
    today, tomorrow = at("10:00"), at("10:00") + timedelta(days=1)
    first = run(planned_at=today)
    first.route.sale_days_ahead = 2
    first.route.save()
    later = run(planned_at=tomorrow, service_on=tomorrow.date(), route=first.route)
    till_at(station)

    by_day = selectors.desk_of(station, None, selectors.Want(letters="sl"), now).days
    asked = selectors.desk_of(station, None, selectors.Want(letters="sl", departure_id=later.pk), now).days

    assert [[row.departure for row in day.offers] for day in by_day] == [[first], [later]]
    assert [day.is_open for day in by_day] == [True, False]
    assert [day.is_open for day in asked] == [True, True]  # today's leaves soon
    late = selectors.desk_of(station, None, selectors.Want(letters="sl"), tomorrow - timedelta(hours=11)).days
    assert [(day.on, day.is_open) for day in late] == [(tomorrow.date(), True)]


def test_the_counter_shows_it_with_its_seats_and_no_way_to_choose_it(station, run, now, client_of, time_machine):
    time_machine.move_to(now, tick=False)
    departure = run(is_on_sale=False)
    client = client_of(till_at(station).clerk)

    page = client.get("/sell/?to=son la")

    assert departure.operator.short_name in page.content.decode()
    assert f"departure={departure.pk}" not in page.content.decode()
