"""The one clock: real, set by a file of a demonstration, or standing still."""

import os
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from station import clock
from station.clock import STATION_TIME
from station.enums import Role
from tests.factories import StationFactory, staff_of

REAL = datetime(2026, 11, 22, 9, 0, tzinfo=STATION_TIME)
SET = datetime(2026, 12, 24, 6, 30, tzinfo=STATION_TIME)


@pytest.fixture
def clock_file(settings, tmp_path):
    """Writes the file as it was a minute ago."""
    settings.DATA_DIR = tmp_path

    def write(text: str) -> None:
        path = tmp_path / clock.FILE
        path.write_text(text)
        then = (REAL - timedelta(minutes=1)).timestamp()
        os.utime(path, (then, then))

    return write


@time_machine.travel(REAL, tick=False)
def test_without_a_file_the_clock_is_the_machines(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    assert (clock.now(), clock.wall()) == (REAL, REAL)


@time_machine.travel(REAL, tick=False)
def test_a_file_sets_the_clock_and_it_ticks_on(clock_file):
    clock_file(SET.isoformat())

    assert clock.now() == SET + timedelta(minutes=1)
    assert clock.now().tzinfo == UTC


@pytest.mark.django_db
def test_who_signed_in_stays_so_when_a_file_sets_the_clock_ahead(clock_file, client_of):
    client = client_of(staff_of(StationFactory(), Role.SHIFT_LEAD))
    clock_file((datetime.now(UTC) + timedelta(days=10)).isoformat())

    assert client.get("/shifts/").status_code == 200


@time_machine.travel(REAL, tick=False)
def test_only_a_demonstration_reads_the_file(clock_file, settings):
    clock_file(SET.isoformat())
    settings.DEMO = False

    assert clock.now() == REAL


@time_machine.travel(REAL, tick=False)
@pytest.mark.parametrize("text", ["", "tomorrow", "2026-12-24T06:30"])
def test_a_file_that_says_no_instant_sets_nothing(clock_file, text):
    clock_file(text)

    assert clock.now() == REAL


@time_machine.travel(REAL, tick=False)
def test_a_frozen_clock_stands_still_for_whoever_asks_inside():
    with clock.frozen(SET):
        inside = (clock.now(), clock.wall())
        with clock.frozen(SET + timedelta(hours=1)):
            deeper = clock.now()
        back = clock.now()

    assert (inside, deeper, back, clock.now()) == ((SET, REAL), SET + timedelta(hours=1), SET, REAL)
