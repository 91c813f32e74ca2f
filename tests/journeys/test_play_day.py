"""`make day DATE=`: a small station's day over HTTP against a copy whose clock is a file, its queues, and verify."""

import subprocess
import sys
from datetime import datetime, time, timedelta

import pytest

from demo.services.playing import IN_HAND, Stopped, one_player
from dispatch.models import DispatchOrder
from station import clock
from station.clock import STATION_TIME
from station.enums import DepartureState, ShiftState, TillState
from station.models import Departure, Shift, Till
from tests.demo.played import coach, day_of, small_station
from tests.factories import ServiceSlotFactory
from tests.journeys.day import ROOT, Copy, running_copy
from ticketing.models import Ticket

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# As the factories' certificates are made out for it, and late enough that the day before is all but over.
BEGINS = datetime(2026, 11, 22, 17, 20, tzinfo=STATION_TIME)
TOMORROW = BEGINS.date() + timedelta(days=1)


@pytest.fixture
def station():
    station = small_station()
    # Something runs from here every day, so that it is played at all.
    ServiceSlotFactory(notice__route__origin=station, station=station, departs_at=time(17, 0))
    coach(station, "09:30", electronic=False, day=TOMORROW)
    coach(station, "10:00", day=TOMORROW)
    day_of(station, day=BEGINS.date(), present=BEGINS)
    return station


@pytest.fixture
def clock_file(data_dir):
    file = data_dir / clock.FILE
    file.write_text(BEGINS.isoformat())
    yield file
    file.unlink()


@pytest.fixture
def copy(station, clock_file, subprocess_env, tmp_path):
    with running_copy(subprocess_env, tmp_path) as copy:
        yield copy


def play(copy: Copy, *words: str) -> tuple[int, str]:
    command = [sys.executable, "manage.py", "play_day", "--address", f"{copy.address}/", *words]
    done = subprocess.run(command, cwd=ROOT, env=copy.environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_whole_of_a_later_day_is_played_and_everything_holds(clock_file, copy):
    code, said = play(copy, "--date", TOMORROW.isoformat())

    assert (code, "refused" in said, "Left in the queues: 0" in said) == (0, False, True), said
    left = Departure.objects.filter(service_on=TOMORROW, vehicle__isnull=False).order_by("planned_at")
    assert [row.state for row in left] == [DepartureState.DEPARTED] * 2
    assert set(DispatchOrder.objects.values_list("legs__departure", flat=True)) == {row.pk for row in left}
    assert Ticket.objects.filter(departure__in=left).exists()
    assert set(Shift.objects.values_list("state", flat=True)) == {ShiftState.CLOSED}
    assert set(Till.objects.values_list("state", flat=True)) == {TillState.CLOSED}
    says = datetime.fromisoformat(clock_file.read_text())
    assert clock.local_day(says) == TOMORROW + timedelta(days=1)  # when its night shift ends

    again = play(copy, "--date", TOMORROW.isoformat())
    assert (again[0], f"past {TOMORROW:%d/%m/%Y}" in again[1]) == (1, True)


def test_one_has_the_demonstration_in_hand(race):
    def take() -> str:
        with one_player(IN_HAND, lambda: False):
            return "taken"

    with one_player(IN_HAND):
        assert race(take) == [Stopped.__name__]
    assert race(take) == ["taken"]
