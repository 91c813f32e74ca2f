from datetime import date, time
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from station import tasks
from station.models import Departure, Heartbeat
from tests.factories import FarStationFactory, ServiceSlotFactory, StationFactory

pytestmark = pytest.mark.django_db


def plan(**options):
    said = StringIO()
    call_command("plan_day", stdout=said, **options)
    return said.getvalue().strip()


def test_a_day_is_planned_and_planned_again():
    slot = ServiceSlotFactory(notice__route__origin=StationFactory(code="HB01"), departs_at=time(8))

    said = [plan(station="HB01", date=date(2026, 11, 22)) for _ in range(2)]

    assert said == ["HB01 2026-11-22: 1 created, 0 kept", "HB01 2026-11-22: 0 created, 1 kept"]
    assert Departure.objects.get().slot == slot


def test_without_a_date_tomorrow_is_planned(now):
    StationFactory(code="HB01")

    with time_machine.travel(now, tick=False):
        assert plan(station="HB01") == "HB01 2026-11-23: 0 created, 0 kept"


def test_only_stations_of_ours_are_planned():
    FarStationFactory(code="FAR1")

    with pytest.raises(CommandError, match="No station of ours has the code FAR1"):
        plan(station="FAR1")


def test_today_and_tomorrow_are_planned_by_themselves(now):
    ServiceSlotFactory()

    with time_machine.travel(now, tick=False):
        tasks.plan_ahead()
        tasks.plan_ahead()

    days = Departure.objects.order_by("service_on").values_list("service_on", flat=True)
    assert [day.isoformat() for day in days] == ["2026-11-22", "2026-11-23"]


def test_a_worker_that_works_is_seen(now):
    with time_machine.travel(now, tick=False):
        tasks.beat()

    assert [(row.process, row.seen_at) for row in Heartbeat.objects.all()] == [("worker", now)]
