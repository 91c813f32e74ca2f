"""Seconds a sale takes: from the keeping of the seats to the sale, by shift and clerk."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from reports import selectors
from reports.selectors.pace import Pace, pace_by_till, pace_of_day, pace_of_shift
from station.enums import Role
from tests.factories import NOW, TODAY, ShiftFactory, StationFactory, at, staff_of
from tests.factories_ticketing import hold, priced_departure, sell, till_at
from tests.ticketing.bank import arrives, asked, banked

pytestmark = pytest.mark.django_db
NOTHING = Pace()


@pytest.fixture
def departure():
    return priced_departure(seats=20)


@pytest.fixture
def till(departure):
    return till_at(departure.station)


def sold_after(seconds, departure, label, till):
    """Kept at NOW, sold so many seconds later."""
    kept = hold(departure, label, till=till)
    return sell(departure, label, till=till, hold_id=kept.pk, now=NOW + timedelta(seconds=seconds))


def test_seconds_are_counted_from_keeping_the_seats_to_the_sale(departure, till):
    for label, seconds in (("A1", 2), ("A2", 4), ("B1", 6), ("B2", 12.04)):
        sold_after(seconds, departure, label, till)

    pace = pace_of_shift(till.shift)

    assert pace == Pace(4, 4, Decimal("5.0"), Decimal("10.2"))


def test_what_was_sold_at_once_is_a_sale_but_is_not_timed(departure, till):
    sold_after(3, departure, "A1", till)
    sell(departure, "A2", till=till)

    assert pace_of_shift(till.shift) == Pace(2, 1, Decimal("3.0"), Decimal("3.0"))


def test_who_pays_by_bank_takes_their_own_time(departure, till):
    at_bank = banked(departure)
    arrives(asked(departure, "A1", till=at_bank), now=NOW + timedelta(seconds=70))

    assert pace_by_till(at_bank.shift) == {at_bank.pk: Pace(1, 0)}


def test_a_day_is_told_by_shift_and_clerk_who_sold_most_first(departure, till):
    other = till_at(departure.station)
    sold_after(9, departure, "A1", other)
    sold_after(2, departure, "A2", till)
    sold_after(4, departure, "B1", till)
    night = ShiftFactory(station=departure.station, name="Ca 3", starts_at=at("21:00"))

    day = pace_of_day(departure.station, TODAY)

    said = [(line.shift, line.whole, [(one.clerk, one.pace) for one in line.clerks]) for line in day.shifts]
    assert day.whole == Pace(3, 3, Decimal("4.0"), Decimal("8.0"))
    assert said == [
        (till.shift, day.whole, [
            (till.clerk, Pace(2, 2, Decimal("3.0"), Decimal("3.8"))),
            (other.clerk, Pace(1, 1, Decimal("9.0"), Decimal("9.0"))),
        ]),
        (night, NOTHING, []),
    ]  # fmt: skip


@pytest.mark.parametrize("others", [0, 2])
def test_a_day_takes_as_many_queries_for_three_clerks_as_for_one(departure, till, others, django_assert_num_queries):
    for label, one in zip("ABC", [till, *(till_at(departure.station) for _ in range(others))], strict=False):
        sold_after(2, departure, f"{label}1", one)

    with django_assert_num_queries(5):
        pace_of_day(departure.station, TODAY)


def test_the_shift_report_says_it_for_each_till(departure, till):
    sold_after(2, departure, "A1", till)
    sold_after(5, departure, "A2", till)
    idle = till_at(departure.station)

    report = selectors.shift_report(till.shift, now=NOW)

    assert [(line.till, line.pace.median) for line in report.tills] == [(till, Decimal("3.5")), (idle, None)]
    assert report.pace.median == Decimal("3.5")


@pytest.mark.parametrize("role", [Role.SHIFT_LEAD, Role.MANAGER])
def test_the_lead_reads_the_day_that_runs(client_of, departure, till, role):
    sold_after(2, departure, "A1", till)

    with time_machine.travel(NOW, tick=False):
        page = client_of(staff_of(departure.station, role)).get(reverse("reports:pace"))

    assert (page.status_code, page.context["pace"]) == (200, pace_of_day(departure.station, TODAY))


@pytest.mark.parametrize("role", [Role.TICKET_CLERK, Role.GUARD])
def test_others_do_not_read_it(client_of, till, role):
    page = client_of(staff_of(till.station, role)).get(reverse("reports:pace"))

    assert page.status_code == 403


def test_another_station_reads_its_own(client_of, departure, till):
    sold_after(2, departure, "A1", till)
    stranger = staff_of(StationFactory(), Role.MANAGER)

    page = client_of(stranger).get(reverse("reports:pace"), {"date": "2026-11-22"})

    assert page.context["pace"].whole == NOTHING


@pytest.mark.parametrize("typed", ["gestern", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_said(client_of, till, typed):
    with time_machine.travel(NOW, tick=False):
        page = client_of(staff_of(till.station, Role.MANAGER)).get(reverse("reports:pace"), {"date": typed})

    assert (list(page.context["form"].errors), page.context["pace"].on) == (["date"], TODAY)


def test_machines_read_the_same(api_of, departure, till):
    sold_after(2, departure, "A1", till)

    answer = api_of(staff_of(departure.station, Role.MANAGER)).get("/api/v1/reports/pace/?date=2026-11-22").json()

    pace = {"sales": 1, "timed": 1, "median": "2.0", "slow": "2.0"}
    assert answer == {
        "date": "2026-11-22",
        "whole": pace,
        "shifts": [
            {
                "shift": till.shift_id, "name": till.shift.name, "whole": pace,
                "clerks": [{"clerk": till.clerk.username, "pace": pace}],
            }
        ],
    }  # fmt: skip
