"""PostgreSQL and Redis for one copy: those named by DATABASE_URL and REDIS_URL, or embedded ones over a data folder.

    python -m runtime.servers [--data DIR] [--forgetful] -- COMMAND ...

runs COMMAND with both addresses set and stops the servers afterwards. Without --data the folder is a scratch one.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType

from runtime import leftovers, postgres, redis
from runtime.places import data_dir, scratch_data_dir, write_secretly
from runtime.programs import Program, stop_together
from runtime.refusal import CannotGoOn, plainly


@contextmanager
def only_copy(data: Path) -> Iterator[None]:
    """One supervisor per data folder; what a killed one left behind is stopped first."""
    with (data / "run" / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise CannotGoOn("already-running", path=data) from taken
        leftovers.clear(data)
        yield


@contextmanager
def servers(data: Path, *, durable: bool = True) -> Iterator[list[Program]]:
    """Both servers, answering, with DATABASE_URL and REDIS_URL in the environment; yields those that are ours."""
    ours: list[Program] = []
    before = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL", "PG_BIN_DIR")}
    try:
        if not os.environ.get("DATABASE_URL"):
            _start(ours, *postgres.program(data, durable=durable), variable="DATABASE_URL")
            os.environ["PG_BIN_DIR"] = str(postgres.binaries())
        if not os.environ.get("REDIS_URL"):
            _start_redis(ours, data, durable=durable)
        for program in ours:
            wait_ready(program, 30)
        if ours and ours[0].name == "postgres":
            postgres.create_database(os.environ["DATABASE_URL"], ours[0].log)
        _write_addresses(data)
        yield ours
    finally:
        stop_together(ours)
        _remove_addresses(data)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _start(ours: list[Program], program: Program, address: str, *, variable: str) -> None:
    os.environ[variable] = address
    ours.append(program)
    program.start()


def _start_redis(ours: list[Program], data: Path, *, durable: bool) -> None:
    program, address = redis.program(data, durable=durable)
    _start(ours, program, address, variable="REDIS_URL")
    if not _comes_up(program, 10) and redis.put_log_aside(data):
        program.start()


def wait_ready(program: Program, seconds: float) -> None:
    if not _comes_up(program, seconds):
        raise CannotGoOn("server-failed", name=program.name, log=program.log)


def _comes_up(program: Program, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while program.alive and time.monotonic() < until:
        if program.ready():
            return True
        time.sleep(0.05)
    return False


def _write_addresses(data: Path) -> None:
    write_secretly(data / "database.url", os.environ["DATABASE_URL"] + "\n")
    write_secretly(data / "redis.url", os.environ["REDIS_URL"] + "\n")


def _remove_addresses(data: Path) -> None:
    for name in ("database.url", "redis.url"):
        (data / name).unlink(missing_ok=True)


def run(command: Sequence[str]) -> int:
    """Run a command in the foreground; being stopped stops it, and its exit code is ours."""
    with subprocess.Popen(command) as child, passing_on(child.send_signal):
        return child.wait() if child.returncode is None else child.returncode


@contextmanager
def passing_on(send: Callable[[int], None]) -> Iterator[None]:
    """While inside, signals that would end us go to `send`. Ctrl-C reaches the child by the terminal already."""

    def handle(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            send(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    earlier = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def stop_on_signals() -> None:
    """SIGTERM and SIGHUP end us like Ctrl-C, through every `finally`; Ctrl-C too when a shell began us ignoring it."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m runtime.servers", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder; a scratch one, removed afterwards, when left out")
    parser.add_argument("--forgetful", action="store_true", help="fast and not crash-safe (always so for scratch)")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    stop_on_signals()
    if asked.data:
        os.environ["DATA_DIR"] = str(asked.data)
    durable = bool(asked.data) and not asked.forgetful
    folder = nullcontext(data_dir()) if asked.data else scratch_data_dir()
    with folder as data, only_copy(data), servers(data, durable=durable):
        return run(asked.command[1:] if asked.command[:1] == ["--"] else asked.command)


if __name__ == "__main__":
    sys.exit(plainly(main))
