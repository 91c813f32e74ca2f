"""The programs of one copy and how each is started: web, events, relay, worker, beat, and a demonstration's players.

`make run` starts all of them; a container is one of them: `python -m runtime.roster NAME`.
"""

import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime import health, places
from runtime.programs import MARK, Program
from runtime.refusal import plainly


@dataclass(frozen=True)
class Place:
    """Where this copy lives and listens."""

    data: Path
    host: str
    port: int
    events_port: int

    @classmethod
    def from_environment(cls) -> "Place":
        port = places.number("PORT", 8000, high=65534)
        return cls(
            data=places.data_dir(),
            host=os.environ.get("HOST") or "127.0.0.1",
            port=port,
            events_port=places.number("EVENTS_PORT", port + 1),
        )

    @property
    def address(self) -> str:
        return f"http://{_bracketed(health.reachable(self.host))}:{self.port}/"


def environment(place: Place) -> dict[str, str]:
    """What every program of this copy is told."""
    return {
        "DJANGO_SETTINGS_MODULE": "station.conf.settings",
        "DATA_DIR": str(place.data),
        "HOST": place.host,
        "PORT": str(place.port),
        "EVENTS_PORT": str(place.events_port),
        "DEMO": os.environ.get("DEMO") or "1",
        "PYTHONUNBUFFERED": "1",
        # Font caches and the like stay with the data.
        "XDG_CACHE_HOME": str(place.data / "run" / "cache"),
        # By this mark a later start finds what a killed supervisor left behind.
        MARK: str(place.data),
    }


def programs(place: Place) -> list[Program]:
    """In the order of their start; they are stopped the other way round."""
    celery = ["celery", "-A", "station.conf.celery", "--quiet"]
    return [
        _program(place, "web", _web(place), port=place.port),
        _program(place, "events", _events(place), port=place.events_port),
        _program(place, "relay", [str(places.ROOT / "manage.py"), "relay"]),
        _program(
            place, "worker",
            ["-m", *celery, "worker", "--loglevel", "INFO", "--concurrency", os.environ.get("WORKERS") or "2",
             "--without-gossip", "--without-mingle", "--hostname", "worker@localhost"],
            stop_within=20.0,
        ),
        _program(place, "beat", ["-m", *celery, "beat", "--loglevel", "INFO", "--pidfile", "",
                                 "--schedule", str(place.data / "run" / "beat")]),
        *_demo(place),
    ]  # fmt: skip


def _demo(place: Place) -> list[Program]:
    """The demonstration's people play their day from here; there are none where there is no demonstration."""
    if environment(place)["DEMO"] != "1" or not importlib.util.find_spec("demo"):
        return []
    return [_program(place, "demo", [str(places.ROOT / "manage.py"), "play_demo"])]


def step(place: Place, name: str, *arguments: str) -> Program:
    """A program that ends by itself: one step of the preparation."""
    return _program(place, name, list(arguments))


def _program(
    place: Place, name: str, arguments: list[str], *, port: int | None = None, stop_within: float = 10.0
) -> Program:
    def always() -> bool:
        return True

    ready: Callable[[], bool] = always
    if port is not None:
        ready = lambda: health.is_alive(health.reachable(place.host), port)  # noqa: E731
    return Program(
        name=name,
        command=[sys.executable, *arguments],
        log=place.data / "logs" / f"{name}.log",
        ready=ready,
        asks_health=port is not None,
        environ=environment(place),
        stop_within=stop_within,
    )


def _web(place: Place) -> list[str]:
    return [
        *_gunicorn(place.host, place.port), "--worker-class", "gthread", "--preload",
        "--workers", os.environ.get("WEB_WORKERS") or "4", "--threads", os.environ.get("WEB_THREADS") or "4",
        "--graceful-timeout", "8", "--keep-alive", "30",  # a clerk's next Enter finds the connection open
        "station.conf.wsgi:application",
    ]  # fmt: skip


def _events(place: Place) -> list[str]:
    return [
        *_gunicorn(place.host, place.events_port), "--worker-class", "asgi", "--workers", "1",
        # Streams never end by themselves; the browser comes back with Last-Event-ID.
        "--graceful-timeout", "1", "station.conf.asgi:application",
    ]  # fmt: skip


def _gunicorn(host: str, port: int) -> list[str]:
    words = ["-m", "gunicorn", "--bind", f"{_bracketed(host)}:{port}", "--no-control-socket", "--timeout", "60"]
    shared_memory = Path("/dev/shm")  # noqa: S108 - heartbeat files, not on a disk that may stall
    return [*words, "--worker-tmp-dir", str(shared_memory)] if os.access(shared_memory, os.W_OK) else words


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def main() -> int:
    """Become the one program named on the command line."""
    place = Place.from_environment()
    program = {program.name: program for program in programs(place)}[sys.argv[1]]
    os.chdir(places.ROOT)
    os.execve(program.command[0], list(program.command), {**os.environ, **program.environ})


if __name__ == "__main__":
    sys.exit(plainly(main))
