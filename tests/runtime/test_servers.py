"""The embedded servers come up after every kind of end, and go when their keeper goes."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime import leftovers
from runtime.places import ROOT
from runtime.postgres import binaries
from tests.runtime.conftest import Run

pytestmark = pytest.mark.slow


def sql(statement: str) -> str:
    return f'{binaries() / "psql"} -XAtq "$DATABASE_URL" -c {shlex.quote(statement)}'


KILL_POSTGRES = "kill -9 $(head -1 $DATA_DIR/postgres/postmaster.pid)"


def test_rows_survive_a_killed_server(run: Run, tmp_path: Path):
    with_data = ("runtime.servers", "--data", str(tmp_path / "data"), "--", "sh", "-c")
    run(*with_data, f"{sql('CREATE TABLE sale AS SELECT 7 AS seat')} && {KILL_POSTGRES}")

    done = run(*with_data, sql("SELECT seat FROM sale"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "7\n", "")


def test_a_pid_file_that_names_a_foreign_process_does_not_stop_the_start(run: Run, tmp_path: Path):
    with_data = ("runtime.servers", "--data", str(tmp_path / "data"), "--", "sh", "-c")
    run(*with_data, "true")
    (tmp_path / "data/postgres/postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path / 'data/postgres'}\n")

    done = run(*with_data, sql("SELECT 1"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_a_database_that_was_half_made_is_made_again(run: Run, tmp_path: Path):
    half = tmp_path / "data/postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    done = run("runtime.servers", "--data", str(tmp_path / "data"), "--", "sh", "-c", sql("SHOW data_checksums"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "on\n", "")


def test_an_unreadable_redis_log_is_put_aside(run: Run, tmp_path: Path):
    with_data = ("runtime.servers", "--data", str(tmp_path / "data"), "--")
    run(*with_data, "true")
    (tmp_path / "data/redis/appendonly.aof").write_text("*3\r\nnonsense that is no command at all\r\n" * 3)

    done = run(*with_data, "true")

    assert done.returncode == 0
    assert len(list((tmp_path / "data/redis").glob("appendonly.broken-*.aof"))) == 1


def test_the_exit_code_of_the_command_is_kept_and_the_addresses_are_gone_afterwards(run: Run, tmp_path: Path):
    done = run("runtime.servers", "--data", str(tmp_path / "data"), "--", "sh", "-c", "ls $DATA_DIR/*.url; exit 3")

    assert (done.returncode, done.stdout.split()) == (
        3,
        [str(tmp_path / "data/database.url"), str(tmp_path / "data/redis.url")],
    )
    assert list((tmp_path / "data").glob("*.url")) == []


def test_two_keepers_of_one_folder_are_refused(run: Run, tmp_path: Path):
    again = f"{sys.executable} -m runtime.servers --data {tmp_path / 'data'} -- true"

    done = run("runtime.servers", "--data", str(tmp_path / "data"), "--", "sh", "-c", again)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith(
        f"Another copy already runs with the data folder {tmp_path / 'data'}:"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_no_server_outlives_its_keeper(own_environment: dict[str, str], tmp_path: Path, number: signal.Signals):
    data = tmp_path / "data"
    command = [sys.executable, "-m", "runtime.servers", "--data", str(data), "--", "sleep", "60"]
    with subprocess.Popen(command, cwd=ROOT, env=own_environment, start_new_session=True) as keeper:
        wait_for((data / "redis.url").exists)
        assert len(list(leftovers.of_copy(data))) > 2

        os.killpg(keeper.pid, number)

        keeper.wait(20)
        wait_for(lambda: not list(leftovers.of_copy(data)))


def wait_for(condition, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
