"""A day of the demonstration is whole, at whatever hour somebody starts it."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import Exists, OuterRef, Q

from demo.selectors.diagram import moving_stations
from demo.services import load_bac_giang, load_hoa_binh, prepare_day, prepare_start
from dispatch.enums import OrderState
from dispatch.models import DispatchOrder
from dispatch.services import let_in
from station.clock import STATION_TIME, local_day
from station.enums import RouteKind
from station.models import BayBooking, Station, User
from station.selectors.bays import boarding_bays
from station.selectors.departures import departures_of_the_day
from tests.catalogue import published_file
from tests.factories import NOW
from ticketing.selectors import fare_on, stretch_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def of_the_day(now: datetime, code: str = "HB01"):
    return departures_of_the_day(Station.objects.get(code=code), local_day(now))


def bay_clashes() -> list[int]:
    stays = BayBooking.objects.order_by("bay", "period__startswith").values_list(
        "bay", "period__startswith", "period__endswith"
    )
    return [bay for (bay, _, until), (other, since, _) in pairwise(stays) if bay == other and until > since]


def faults_of_the_day(now: datetime) -> dict[str, list[int]]:
    """What is missing for a day at HB01, by what it is; nothing when all is well."""
    coaches = of_the_day(now).exclude(route__kind=RouteKind.BUS)
    to_leave = coaches.filter(planned_at__gt=now)
    drawn_up = DispatchOrder.objects.filter(legs__departure=OuterRef("pk"), state=OrderState.DRAFT)
    found = {
        "without a coach": of_the_day(now).filter(Q(vehicle=None) | Q(driver=None)),
        "without a bay": to_leave.filter(bay_booking=None),
        "without an order": coaches.filter(operator__signs_electronically=True).exclude(Exists(drawn_up)),
    }
    faults = {what: list(rows.values_list("pk", flat=True)) for what, rows in found.items()}
    faults["two in one bay"] = bay_clashes()
    faults["without a fare"] = [
        row.pk
        for row in coaches.filter(is_on_sale=True)
        if not fare_on(row, stretch_of(row, None, None), local_day(row.planned_at))
    ]
    return {what: rows for what, rows in faults.items() if rows}


@pytest.mark.parametrize(
    ("now", "buses", "coaches"),
    [
        ("2026-11-22 06:00", 220, 80),
        ("2026-11-22 13:00", 220, 80),
        # From 19:20 on; what is past midnight is tomorrow's.
        ("2026-12-31 23:30", 64, 32),
        ("2027-03-01 02:00", 220, 80),
    ],
)
def test_a_day_of_hoa_binh_is_whole_at_any_hour(now, buses, coaches):
    now = datetime.fromisoformat(now).replace(tzinfo=STATION_TIME)

    load_hoa_binh(now=now, say=lambda _text: None)

    kinds = Counter(row.route.kind for row in of_the_day(now))
    assert (kinds[RouteKind.BUS], kinds.total() - kinds[RouteKind.BUS]) == (buses, coaches)
    assert faults_of_the_day(now) == {}
    tomorrow = of_the_day(now + timedelta(days=1))
    assert (tomorrow.count(), tomorrow.filter(vehicle=None).count()) == (300, 0)
    by_operator = Counter(tomorrow.values_list("operator__code", flat=True))
    assert by_operator["OP01"] + by_operator["OP02"] >= 44
    # Some operators sell their tickets themselves.
    assert tomorrow.filter(is_on_sale=True).count() == 67
    assert tomorrow.filter(order_legs__isnull=False).count() == 0
    assert [of_the_day(now + timedelta(days=1), code).count() for code in ("HB02", "HB03")] == [94, 15]


def test_a_night_of_the_demonstration_gives_way_to_the_next_day():
    night = datetime(2026, 11, 22, 23, 30, tzinfo=STATION_TIME)
    morning = night + timedelta(hours=7)
    load_hoa_binh(now=night, say=lambda _text: None)

    prepare_start(moving_stations(), now=morning)

    assert [of_the_day(morning, code).count() for code in ("HB01", "HB02", "HB03")] == [300, 94, 15]
    assert faults_of_the_day(morning) == {}
    assert of_the_day(night).count() == 96


def test_an_evening_takes_over_from_a_day_that_has_begun():
    morning = datetime(2026, 11, 22, 6, 0, tzinfo=STATION_TIME)
    evening = morning + timedelta(hours=13)
    stations = load_hoa_binh(now=morning, say=lambda _text: None)
    first = of_the_day(morning).exclude(vehicle=None)[0]
    let_in(
        station=stations["HB01"], plate=first.vehicle.plate, passengers_in=0,
        by=User.objects.get(username="cong1"), now=morning,
    )  # fmt: skip

    prepare_start(moving_stations(), now=evening)

    here = of_the_day(evening).exclude(route__kind=RouteKind.BUS)
    assert (here.filter(planned_at__lt=evening).count(), here.filter(planned_at__gte=evening).count()) == (79, 30)
    assert bay_clashes() == []
    assert here.filter(planned_at__gte=evening).filter(Q(vehicle=None) | Q(bay_booking=None)).count() == 0


def test_bac_giang_runs_248_departures_a_day_on_24_bays():
    load_bac_giang(published_file(), now=NOW, say=lambda _text: None)

    today = of_the_day(NOW, "BX120")
    assert (today.count(), today.filter(vehicle=None).count()) == (248, 0)
    assert boarding_bays(Station.objects.get(code="BX120")).count() == 24
    assert today.filter(planned_at__gt=NOW, bay_booking=None).count() == 0


def test_in_january_a_month_of_before_can_be_planned_too():
    now = datetime(2027, 1, 3, 9, 0, tzinfo=STATION_TIME)
    before = now - timedelta(days=30)
    stations = load_hoa_binh(now=now, say=lambda _text: None, prepare=False)

    prepare_day(stations["HB01"], local_day(before), now=before)

    assert faults_of_the_day(before) == {}
    assert (of_the_day(before).count(), of_the_day(now).count()) == (300, 0)
