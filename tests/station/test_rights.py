from datetime import timedelta

import pytest
import time_machine

from station.enums import Role
from station.place import Place
from station.rights import RIGHTS, has_right, right, rights_at, roles_at
from tests.factories import (
    DriverFactory,
    MembershipFactory,
    OperatorFactory,
    StationFactory,
    TillFactory,
    UserFactory,
    staff,
    staff_of,
)

pytestmark = pytest.mark.django_db


def test_a_role_is_held_at_one_station(now):
    here, there = StationFactory(), StationFactory()
    dispatcher = staff_of(here, Role.DISPATCHER)

    assert (roles_at(dispatcher, here, now), roles_at(dispatcher, there, now)) == ({Role.DISPATCHER}, frozenset())


def test_a_role_lasts_from_until_before(now):
    membership = MembershipFactory(valid_from=now, valid_until=now + timedelta(hours=1))
    person, station = membership.user, membership.station

    held = [roles_at(person, station, now + timedelta(minutes=minutes)) != frozenset() for minutes in (-1, 0, 59, 60)]

    assert held == [False, True, True, False]


def test_an_operator_and_a_driver_carry_their_role_everywhere(now):
    operator, driver = UserFactory(operator=OperatorFactory()), UserFactory(driver=DriverFactory())

    assert (roles_at(operator, None, now), roles_at(driver, StationFactory(), now)) == ({Role.OPERATOR}, {Role.DRIVER})


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.TICKET_CLERK, {"ticketing.sell": True, "station.move_bays": False, "station.run_shift": False}),
        (Role.DISPATCHER, {"ticketing.sell": False, "station.move_bays": True, "station.run_shift": False}),
        (Role.SHIFT_LEAD, {"ticketing.sell": True, "station.move_bays": True, "station.run_shift": True}),
        (Role.GUARD, {"ticketing.sell": False, "station.work_gate": True, "station.see_shifts": False}),
        (Role.INSPECTOR, {"station.see_board": True, "station.move_bays": False, "reports.see": True}),
    ],
)
def test_a_role_may_what_the_table_says(role, may, now):
    station = StationFactory()
    person = staff_of(station, role)

    assert {name: has_right(person, name, station, now) for name in may} == may


def test_rights_of_two_roles_add_up(now):
    station = StationFactory()
    person = staff(staff_of(station, Role.GUARD), station, Role.ACCOUNTANT)

    both = {name for name, holders in RIGHTS.items() if holders & {Role.GUARD, Role.ACCOUNTANT}}

    assert rights_at(person, station, now) == both


def test_whoever_is_switched_off_may_nothing(now):
    station = StationFactory()
    person = staff_of(station, Role.MANAGER)
    person.is_active = False

    assert has_right(person, "reports.see", station, now) is False


def test_whoever_is_disabled_may_nothing_from_then_on(now):
    station = StationFactory()
    person = staff_of(station, Role.MANAGER)
    person.operator, person.disabled_at = OperatorFactory(), now

    held = [roles_at(person, station, now + timedelta(seconds=seconds)) for seconds in (-1, 0)]

    assert held == [{Role.MANAGER, Role.OPERATOR}, frozenset()]


def test_a_right_nobody_knows_is_a_bug():
    with pytest.raises(KeyError):
        right("station.fly")


def test_a_person_works_at_the_station_they_chose_among_their_own(now):
    first, second, foreign = (StationFactory(code=code) for code in ("HB01", "HB02", "XX99"))
    person = staff(staff_of(first, Role.GUARD), second, Role.GUARD)

    chosen = [Place(person, wanted, now).station for wanted in (None, second.code, foreign.code)]

    assert chosen == [first, second, first]


def test_a_station_that_somebody_else_left_stays_mine(now):
    station = StationFactory()
    person = staff_of(station, Role.GUARD)
    MembershipFactory(station=station, valid_until=now)

    assert Place(person, None, now).stations == [station]


def test_a_station_that_a_person_left_is_no_longer_theirs(now):
    membership = MembershipFactory(valid_until=now)

    assert Place(membership.user, None, now).stations == []


def test_a_station_stays_when_only_one_of_two_roles_there_ended(now):
    ended = MembershipFactory(valid_until=now)
    person = staff(ended.user, ended.station, Role.GUARD)

    assert Place(person, None, now).stations == [ended.station]


def test_a_person_has_one_open_till_wherever_it_is(now):
    till = TillFactory()

    place = Place(till.clerk, None, now)

    assert (place.till, place.station_or_none, place.shift_or_none) == (till, None, None)


@pytest.mark.parametrize(("role", "status"), [(Role.DISPATCHER, 200), (Role.MANAGER, 200), (None, 403)])
def test_a_page_asks_for_its_right(role, status, client_of, now):
    person = staff_of(StationFactory(), role) if role else UserFactory()

    with time_machine.travel(now, tick=False):
        answer = client_of(person).get("/bays/")

    assert answer.status_code == status


def test_a_stranger_is_sent_to_the_log_in_and_back(client):
    answer = client.get("/bays/?hours=all")

    assert (answer.status_code, answer.url) == (302, "/login/?next=/bays/%3Fhours%3Dall")


@pytest.mark.parametrize(("role", "home"), [(Role.DISPATCHER, "/bays/"), (Role.SHIFT_LEAD, "/bays/")])
def test_home_is_the_first_page_of_the_menu(role, home, client_of, now, monkeypatch):
    from station import navigation
    from station.questions import _answerers

    monkeypatch.setitem(_answerers, "shell.navigation", [navigation.station_pages])

    answer = client_of(staff_of(StationFactory(), role)).get("/")

    assert answer.url == home


def test_who_has_no_role_yet_is_told_so(client_of):
    answer = client_of(UserFactory()).get("/")

    assert (answer.status_code, next(template.name for template in answer.templates)) == (403, "403.html")


def test_the_menu_shows_a_page_once(client_of, now):
    client = client_of(staff_of(StationFactory(), Role.DISPATCHER))

    with time_machine.travel(now, tick=False):
        menu = client.get("/shifts/").context["shell"].navigation

    assert [item["url"] for item in menu].count("/bays/") == 1
    assert [item["url"] for item in menu if item["current"]] == ["/shifts/"]
