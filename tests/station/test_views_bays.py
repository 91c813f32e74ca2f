import re

import pytest
import time_machine

from station.enums import DepartureState, Role, RouteKind
from station.models import BayBooking, Departure
from station.services.bays import assign_bay
from tests.factories import (
    BayFactory,
    DepartureFactory,
    RouteFactory,
    StationFactory,
    VehicleFactory,
    YardVisitFactory,
    at,
    staff_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory(code="HB01")


@pytest.fixture
def dispatcher(station, client_of, now):
    with time_machine.travel(now, tick=False):
        yield client_of(staff_of(station, Role.DISPATCHER))


def departure_at(hhmm, station, **facts):
    return DepartureFactory(planned_at=at(hhmm), route=RouteFactory(origin=station), **facts)


def shown(answer):
    return [row.departure for row in answer.context["rows"]]


def move(client, departure, code, **extra):
    data = {"departure": departure.pk, "bay": code, "idempotency_key": f"{departure.pk}-{code}"}
    return client.post("/bays/move/", data | extra)


def test_the_next_hours_are_shown_unless_the_whole_day_is_asked_for(dispatcher, station):
    early, soon, late = (departure_at(hhmm, station) for hhmm in ("05:00", "10:00", "20:00"))

    assert shown(dispatcher.get("/bays/")) == [soon]
    assert shown(dispatcher.get("/bays/?hours=all")) == [early, soon, late]


def test_before_midnight_the_first_coaches_of_tomorrow_are_there_and_hold_their_bays(station, client_of):
    tomorrow = at("05:00").date().replace(day=23)
    last = departure_at("23:55", station)
    first = DepartureFactory(planned_at=at("00:05", day=tomorrow), route__origin=station)
    bay, other = BayFactory(station=station, code="A01"), BayFactory(station=station, code="A02")
    assign_bay(departure_id=first.pk, bay_id=bay.pk, by=None, now=at("22:00"))

    with time_machine.travel(at("23:30"), tick=False):
        page = client_of(staff_of(station, Role.DISPATCHER)).get(f"/bays/?departure={last.pk}")
        whole = client_of(staff_of(station, Role.DISPATCHER)).get("/bays/?hours=all")

    assert (shown(page), page.context["free"]) == ([last, first], [other])
    assert shown(whole) == [last]


def test_another_day_is_shown_whole(dispatcher, station):
    departure_at("10:00", station)
    tomorrow = DepartureFactory(planned_at=at("05:00", day=at("05:00").date().replace(day=23)), route__origin=station)

    assert shown(dispatcher.get("/bays/?day=2026-11-23")) == [tomorrow]


def test_a_day_that_is_none_is_today(dispatcher, station):
    departure = departure_at("10:00", station)

    assert shown(dispatcher.get("/bays/?day=31/12&departure=x")) == [departure]


def test_city_buses_and_other_stations_are_not_on_the_board(dispatcher, station):
    DepartureFactory(planned_at=at("10:00"), route=RouteFactory(origin=station, kind=RouteKind.BUS))
    departure_at("10:00", StationFactory())

    assert shown(dispatcher.get("/bays/")) == []


def test_the_grid_holds_each_coach_in_the_row_of_its_bay(dispatcher, station, now):
    free, taken = (BayFactory(station=station, position=place) for place in (1, 2))
    departure = departure_at("10:00", station)
    assign_bay(departure_id=departure.pk, bay_id=taken.pk, by=None, now=now)

    grid = dispatcher.get("/bays/").context["grid"]

    # 08:30 until 14:00 in steps of five minutes; the bay is kept from 09:30 until 10:05.
    assert [line.bay for line in grid] == [free, taken]
    assert [[(cell.span, row and row.departure) for cell, row in line.cells] for line in grid] == [
        [(66, None)],
        [(12, None), (7, departure), (47, None)],
    ]


def test_a_coach_without_a_bay_waits(dispatcher, station, now):
    waiting, placed = departure_at("10:00", station), departure_at("11:00", station)
    assign_bay(departure_id=placed.pk, bay_id=BayFactory(station=station).pk, by=None, now=now)
    departure_at("10:30", station, state=DepartureState.CANCELLED)

    assert [row.departure for row in dispatcher.get("/bays/").context["waiting"]] == [waiting]


def test_the_chosen_coach_is_in_the_form_with_the_bays_that_are_free_then(dispatcher, station, now):
    taken, free = BayFactory(station=station, position=1), BayFactory(station=station, position=2)
    BayFactory(station=station, is_active=False)
    chosen, other = departure_at("10:00", station), departure_at("10:20", station)
    assign_bay(departure_id=other.pk, bay_id=taken.pk, by=None, now=now)

    context = dispatcher.get(f"/bays/?departure={chosen.pk}").context

    assert (context["form"]["departure"].value(), context["free"]) == (chosen.pk, [free])


def test_a_move_is_made_and_the_same_view_comes_back(dispatcher, station):
    departure, bay = departure_at("10:00", station), BayFactory(station=station, code="A9")

    answer = move(dispatcher, departure, " a9 ", view="list", hours="all")

    assert (answer.status_code, answer.url) == (302, "/bays/?hours=all&view=list")
    assert BayBooking.objects.get().bay == bay


def test_htmx_is_told_to_load_the_page(dispatcher, station):
    departure = departure_at("10:00", station)
    BayFactory(station=station, code="9")
    data = {"departure": departure.pk, "bay": "9", "idempotency_key": "k"}

    answer = dispatcher.post("/bays/move/", data, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/bays/?")


def test_a_taken_bay_is_refused_with_the_reason_in_the_form(dispatcher, station, now):
    bay = BayFactory(station=station, code="9")
    other = departure_at("10:00", station, vehicle=VehicleFactory(plate="77B01128"))
    assign_bay(departure_id=other.pk, bay_id=bay.pk, by=None, now=now)

    answer = move(dispatcher, departure_at("10:20", station), "9", language="en")

    assert answer.status_code == 422
    error = answer.context["form"].non_field_errors()[0]
    # The languages say it in different orders.
    assert sorted(re.findall(r"\d\d:\d\d|77B-011\.28", error)) == ["09:30", "10:05", "77B-011.28"]
    assert "77B-011.28" in answer.content.decode()
    assert BayBooking.objects.count() == 1


@pytest.mark.parametrize("code", ["99", ""])
def test_a_bay_that_does_not_exist_is_an_error_of_the_field(dispatcher, station, code):
    answer = move(dispatcher, departure_at("10:00", station), code)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["bay"])


def test_a_departure_of_another_station_cannot_be_chosen(dispatcher, station):
    BayFactory(station=station, code="9")

    answer = move(dispatcher, departure_at("10:00", StationFactory()), "9")

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["departure"])


def test_whoever_only_looks_gets_no_form_and_may_not_move(client_of, station, now):
    departure = departure_at("10:00", station)
    BayFactory(station=station, code="9")
    clerk = client_of(staff_of(station, Role.TICKET_CLERK))

    with time_machine.travel(now, tick=False):
        page, answer = clerk.get("/bays/"), move(clerk, departure, "9")

    assert (page.context["may_move"], answer.status_code) == (False, 403)
    assert BayBooking.objects.count() == 0


def test_boarding_is_opened_from_the_board(dispatcher, station, now):
    departure = departure_at("09:20", station)
    YardVisitFactory(station=station, departure=departure)
    assign_bay(departure_id=departure.pk, bay_id=BayFactory(station=station).pk, by=None, now=now)

    answer = dispatcher.post(f"/bays/{departure.pk}/boarding/")

    assert answer.url == f"/bays/?departure={departure.pk}"
    assert Departure.objects.get().state == DepartureState.BOARDING


def test_a_departure_elsewhere_is_not_opened_from_here(dispatcher):
    departure = departure_at("09:20", StationFactory())

    assert dispatcher.post(f"/bays/{departure.pk}/boarding/").status_code == 404


@pytest.mark.parametrize("view", ["", "list"])
@pytest.mark.parametrize("coaches", [1, 3])
def test_the_board_takes_the_same_queries_for_any_number_of_coaches(
    dispatcher, station, now, view, coaches, django_assert_num_queries
):
    for number in range(coaches):
        departure = departure_at(f"1{number}:00", station)
        departure.vehicle = VehicleFactory(operator=departure.operator)
        departure.save()
        assign_bay(departure_id=departure.pk, bay_id=BayFactory(station=station).pk, by=None, now=now)
    dispatcher.get("/bays/")

    with django_assert_num_queries(8):
        answer = dispatcher.get(f"/bays/?view={view}")

    assert len(shown(answer)) == coaches


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_a_day_that_no_board_can_show_is_today(dispatcher, day, now):
    assert dispatcher.get("/bays/", {"day": day}).context["choice"].day == now.date()


def test_a_departure_with_thousands_of_digits_is_none(dispatcher):
    assert dispatcher.get("/bays/", {"departure": "9" * 5000}).context["choice"].chosen is None
