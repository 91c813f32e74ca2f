"""The shift report, against the ledger read in plain SQL."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from reports import rules, selectors
from reports.selectors.attention import attention
from station.enums import Role
from tests.factories import ShiftFactory, StationFactory, at, staff_of
from tests.factories_fees import till_of
from tests.reports.day import NOW_OF_THE_CHECK, Day

END = at("13:05")


def ledger(day: Day, account: str) -> int:
    """Σ of one account over everything booked at the tills of the shift."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount), 0) FROM fees_posting p JOIN fees_entry e ON e.id = p.entry_id"
            " JOIN station_till t ON t.id = e.till_id WHERE t.shift_id = %s AND p.account = %s",
            [day.shift.pk, account],
        )
        return int(cursor.fetchone()[0])


def test_the_four_numbers(day: Day):
    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    punctuality = report.departures
    assert (report.tickets_held, report.tickets_sold, report.cash_difference) == (510_000, 9, -1_000)
    assert report.tickets_returned == 4
    assert (punctuality.due, punctuality.left, punctuality.on_time) == (1, 1, 1)


def test_every_sum_is_the_ledgers(day: Day):
    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    said = {
        "held": -report.tickets_held,
        "held by operator": -sum(line.held for line in report.operators),
        "over and short": -report.cash_difference - report.corrected,
        "over and short by till": -sum(line.difference for line in report.tills) - report.corrected,
        "bank": report.not_cash_in,
        "bank by till": sum(line.not_cash for line in report.tills),
        "paid by operators": -report.services_collected,
        "rounding": report.corrected - sum(line.other for line in report.methods),
    }
    assert said == {
        "held": ledger(day, "held_for_operator"),
        "held by operator": ledger(day, "held_for_operator"),
        "over and short": ledger(day, "over_short"),
        "over and short by till": ledger(day, "over_short"),
        "bank": ledger(day, "bank"),
        "bank by till": ledger(day, "bank"),
        "paid by operators": ledger(day, "owed_by_operator"),
        "rounding": ledger(day, "rounding"),
    }


def test_cash_is_what_the_drawers_took_beside_floats_and_moves(day: Day):
    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    floats = sum(line.till.opening_float for line in report.tills)
    emptied = sum(line.closing.expected_cash for line in report.tills if line.closing)
    assert report.cash_in == ledger(day, "drawer") - floats + emptied - report.moved
    assert report.cash_in == sum(line.cash for line in report.tills)


def test_ticket_money_is_no_revenue_of_the_station(day: Day):
    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    assert [(line.count, line.net, line.tax, line.collected) for line in report.services] == [
        (1, 52_200, 4_176, 56_376)
    ]
    assert (report.services_net, report.services_tax, report.services_collected) == (52_200, 4_176, 56_376)


def test_payments_by_method(day: Day):
    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    lines = [(line.method, line.count, line.tickets, line.services, line.other, line.total) for line in report.methods]
    assert lines == [("cash", 12, 410_000, 56_376, 624, 467_000), ("transfer", 1, 100_000, 0, 0, 100_000)]


def test_tickets_by_hour_cover_the_whole_shift(day: Day):
    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    assert [line.tickets for line in report.hours] == [0, 0, 0, 3, 6, 0, 0, 0]


def test_a_shift_without_anything_reports_zeroes(day: Day):
    shift = ShiftFactory(station=day.station, starts_at=at("13:00"))

    report = selectors.shift_report(shift, now=END)

    assert (report.tickets_held, report.tickets_sold, report.cash_difference, report.money_in) == (0, 0, 0, 0)
    assert (list(report.services), report.departures.percent) == ([], None)


def test_a_week_ago_is_compared(day: Day):
    before = ShiftFactory(station=day.station, starts_at=day.shift.starts_at - timedelta(days=7))

    report = selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)

    assert (report.week_ago and report.week_ago.shift, report.held_change) == (before, None)


def test_what_to_look_at_while_the_shift_runs(day: Day):
    with translation.override("en"):
        found = [(item.tone, item.word) for item in attention(day.shift, NOW_OF_THE_CHECK)]

    assert found == [("stop", "Cash difference")]


def test_what_to_look_at_when_the_shift_is_over(day: Day):
    with translation.override("en"):
        found = [(item.tone, item.word) for item in attention(day.shift, END)]

    assert found == [("stop", "Cash difference"), ("warn", "Till still open")]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT, Role.INSPECTOR, Role.SHIFT_LEAD])
def test_readers_see_the_page(day: Day, client_of: Callable[..., Client], role: Role):
    with time_machine.travel(NOW_OF_THE_CHECK, tick=False):
        page = client_of(staff_of(day.station, role)).get(reverse("reports:home"))

    assert (page.status_code, page.context["report"].tickets_held) == (200, 510_000)


@pytest.mark.parametrize("role", [Role.TICKET_CLERK, Role.GUARD, Role.DISPATCHER])
def test_others_do_not(day: Day, client_of: Callable[..., Client], role: Role):
    page = client_of(staff_of(day.station, role)).get(reverse("reports:shift", args=[day.shift.pk]))

    assert page.status_code == 403


def test_another_station_gets_nothing(day: Day, client_of: Callable[..., Client], api_of: Callable[..., APIClient]):
    stranger = staff_of(StationFactory(), Role.MANAGER)

    page = client_of(stranger).get(reverse("reports:shift", args=[day.shift.pk]))
    answer = api_of(stranger).get(f"/api/v1/reports/shifts/{day.shift.pk}/")

    assert (page.status_code, answer.status_code) == (404, 404)


def test_a_station_without_shifts_says_so(day: Day, client_of: Callable[..., Client]):
    page = client_of(staff_of(StationFactory(), Role.MANAGER)).get(reverse("reports:home"))

    assert next(template.name for template in page.templates) == "reports/empty.html"


def test_the_api_says_what_the_page_says(day: Day, api_of: Callable[..., APIClient]):
    with time_machine.travel(NOW_OF_THE_CHECK, tick=False):
        answer = api_of(staff_of(day.station, Role.MANAGER)).get(f"/api/v1/reports/shifts/{day.shift.pk}/").json()

    names = ("station", "tickets_held", "tickets_sold", "cash_difference", "services_net", "money_in")
    assert [answer[name] for name in names] == ["HB01", 510_000, 9, -1_000, 52_200, 567_000]
    assert [(line["closing_number"], line["difference"]) for line in answer["tills"]] == [(1, -1_000), (None, 0)]


def test_shifts_before_and_after(day: Day):
    before = ShiftFactory(station=day.station, starts_at=day.shift.starts_at - timedelta(hours=8))
    after = ShiftFactory(station=day.station, starts_at=day.shift.ends_at)

    assert selectors.neighbours(day.shift) == (before, after)


@pytest.mark.parametrize("more_tills", [0, 2])
def test_the_number_of_queries_does_not_grow(day: Day, more_tills: int, django_assert_num_queries: Callable[..., Any]):

    for number in range(more_tills):
        till_of(day.station, now=at(f"09:0{number}"))

    with django_assert_num_queries(34):
        selectors.shift_report(day.shift, now=NOW_OF_THE_CHECK)


def test_bars_stand_on_the_baseline_and_the_tallest_reaches_its_value():
    chart = rules.bar_chart([("5h", 0), ("6h", 42), ("7h", 84)])

    assert [bar.height for bar in chart.bars] == [0, 73, 146]
    assert [line.value for line in chart.lines] == [0, 50, 100]
    assert {bar.y + bar.height for bar in chart.bars} == {rules.BASE}


def test_an_empty_chart_has_a_scale():
    assert [line.value for line in rules.bar_chart([("5h", 0)]).lines] == [0, 1]
