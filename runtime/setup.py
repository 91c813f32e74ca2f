"""Everything that has to be there before the system can start: `python3 -m runtime.setup run|dev [-- COMMAND ...]`.

Runs on the machine's own Python with the standard library only, then becomes COMMAND inside `.venv`.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from runtime import assets, messages, packages, places, venv
from runtime.refusal import CannotGoOn, plainly


def prepare(kind: str) -> None:
    """Bring the working copy to where `make run` (run) or `make test` and `make check` (dev) can begin."""
    logs = places.data_dir() / "logs"
    packages.provide(kind, logs / "apt.log")
    with _one_at_a_time():
        venv.fill(kind, logs / "pip.log")
        if assets.npm() is None and not assets.in_place(assets.known()):
            venv.install("requirements-npm.txt", logs / "pip.log")
        assets.provide(logs / "npm.log", development=kind == "dev")
        if any(messages.stale()):
            subprocess.run([venv.PYTHON, "-m", "runtime.messages"], cwd=places.ROOT, check=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two makes in one working copy do not install over each other."""
    try:
        lock = (places.ROOT / ".setup.lock").open("a")
    except OSError:
        # A read-only copy that is complete may run; if something must be installed, that step says so.
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    started = time.time()
    if sys.version_info < (3, 11):  # noqa: UP036 - the machine's own Python, not ours
        raise CannotGoOn("python-old", version=sys.version.split()[0])
    kind, *command = [word for word in sys.argv[1:] if word != "--"] or ["run"]
    # A day is played against a copy that runs: its ports are taken.
    if kind == "run" and command != ["-m", "runtime.day"]:
        _refuse_taken_ports()
    prepare(kind)
    if command:
        os.chdir(places.ROOT)
        os.environ["STATION_STARTED"] = str(started)
        os.execv(venv.PYTHON, [str(venv.PYTHON), *command])
    return 0


def _refuse_taken_ports() -> None:
    """Before minutes of installing rather than after."""
    host, port = os.environ.get("HOST") or "127.0.0.1", places.number("PORT", 8000, high=65534)
    places.require_free("PORT", host, port)
    places.require_free("EVENTS_PORT", host, places.number("EVENTS_PORT", port + 1))


if __name__ == "__main__":
    sys.exit(plainly(main))
