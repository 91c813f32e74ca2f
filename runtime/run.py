"""`make run`: servers, database, web, events, relay, worker and beat, watched until Ctrl-C and stopped together."""

import importlib.util
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from runtime import places, roster, static
from runtime.programs import Program, die_with_parent, stop_together
from runtime.refusal import CannotGoOn, plainly, say, sentence, tell
from runtime.roster import Place
from runtime.servers import only_copy, servers, stop_on_signals
from runtime.watch import watch

_DEFAULT_PORTS = {"DATABASE_URL": 5432, "REDIS_URL": 6379}
_UP_WITHIN = 60.0


def main() -> int:
    started = float(os.environ.pop("STATION_STARTED", "") or time.time())
    stop_on_signals()
    if os.environ.get("MAKELEVEL"):
        # Once make is killed, nobody is left who could press Ctrl-C.
        die_with_parent()
    place = Place.from_environment()
    places.require_free("PORT", place.host, place.port)
    places.require_free("EVENTS_PORT", place.host, place.events_port)
    for variable in _DEFAULT_PORTS:
        _require_answer(variable)
    try:
        with only_copy(place.data), running(place) as programs:
            _welcome(place, time.time() - started)
            watch(programs)
    except KeyboardInterrupt:
        say("stopped")
    return 0


@contextmanager
def running(place: Place) -> Iterator[list[Program]]:
    """The whole copy, answering; whatever happens, nothing of it is left afterwards."""
    os.environ.update(roster.environment(place))
    _provide_secret(place.data)
    ours: list[Program] = []
    try:
        collecting = _start_collecting(place, ours)
        with servers(place.data) as embedded:
            try:
                _prepare(place, ours, collecting)
                programs = roster.programs(place)
                # Pages first: each program reads the whole of Django in, and a small machine reads two at a time.
                for wave in (True, False):
                    _start([program for program in programs if program.asks_health is wave], ours)
                yield [*embedded, *programs]
            finally:
                stop_together(reversed(ours))
    finally:
        stop_together(ours)


def _start_collecting(place: Place, ours: list[Program]) -> Program | None:
    """Static files are collected while the servers come up."""
    if static.is_collected(place.data):
        return None
    collecting = roster.step(place, "collectstatic", "manage.py", "collectstatic", "--noinput", "-v", "0")
    ours.append(collecting)
    collecting.start()
    return collecting


def _prepare(place: Place, ours: list[Program], collecting: Program | None) -> None:
    migrating = roster.step(place, "prepare", "-m", "runtime.prepare")
    ours.append(migrating)
    migrating.start()
    _finish(migrating)
    if collecting is not None:
        _finish(collecting)
        static.remember(place.data)


def _finish(step: Program) -> None:
    if step.process is None or step.process.wait() != 0:
        raise CannotGoOn("prepare-failed", step=step.name, log=step.log)


def _start(programs: list[Program], ours: list[Program]) -> None:
    """Start all at once and wait until each answers; one that fails now fails the start."""
    for program in programs:
        ours.append(program)
        program.start()
    until = time.monotonic() + _UP_WITHIN
    waiting = list(programs)
    while waiting:
        waiting = [program for program in waiting if not program.ready()]
        if time.monotonic() > until or not all(program.alive for program in programs):
            failed = next((program for program in programs if not program.alive), None) or waiting[0]
            raise CannotGoOn("program-failed", name=failed.name, seconds=int(_UP_WITHIN), log=failed.log)
        time.sleep(0.05)


def _provide_secret(data: Path) -> None:
    """Made before several programs look for it at once."""
    path = data / "secret_key"
    if not os.environ.get("SECRET_KEY") and not path.exists():
        places.write_secretly(path, secrets.token_urlsafe(50))


def _require_answer(variable: str) -> None:
    """A server of one's own, named in the environment, must be there."""
    address = urlsplit(os.environ.get(variable) or "")
    if not address.hostname or "%2f" in address.hostname.lower():
        return
    try:
        socket.create_connection((address.hostname, address.port or _DEFAULT_PORTS[variable]), timeout=5).close()
    except OSError as silent:
        raise CannotGoOn("server-unreachable", variable=variable) from silent


def _welcome(place: Place, seconds: float) -> None:
    tell("")
    for line in sentence("ready", address=place.address, seconds=f"{seconds:.1f}"):
        tell(line)
    if os.environ["DEMO"] == "1" and importlib.util.find_spec("demo"):
        for line in sentence("demo-users"):
            tell(line)
    tell(sentence("how-to-stop", logs=place.data / "logs")[0])


if __name__ == "__main__":
    sys.exit(plainly(main))
