"""The copy that is measured: its programs on a free port, and what each of them costs."""

import json
import os
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from runtime import static
from runtime.places import ROOT, data_dir
from runtime.programs import Program, stop_together
from runtime.roster import Place, programs, step
from runtime.servers import wait_ready

WANTED = {"web", "relay", "worker"}
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Copy:
    """A running copy."""

    port: int
    programs: list[Program]

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each program burnt so far, everything it started included, and that nobody did."""
        pids = {program.name: program.process.pid for program in self.programs if program.process}
        server = data_dir() / "postgres" / "postmaster.pid"
        pids["postgres"] = int(server.read_text().split()[0])
        children, burnt = _processes()
        whole = {name: _whole(pid, children, burnt) for name, pid in pids.items()}
        return {**whole, "idle": _idle()}


@contextmanager
def copy() -> Iterator[Copy]:
    """Web, relay and worker as `make run` starts them, on the servers of the benchmark."""
    port = _free_port()
    place = Place(data=data_dir(), host="127.0.0.1", port=port, events_port=port + 1)
    _collect(place)
    ours = [program for program in programs(place) if program.name in WANTED]
    try:
        for program in ours:
            program.start()
        for program in ours:
            wait_ready(program, 60)
        yield Copy(port, ours)
    finally:
        stop_together(ours)


def _collect(place: Place) -> None:
    """The files that pages name."""
    if static.is_collected(place.data):
        return
    collecting = step(place, "collectstatic", "manage.py", "collectstatic", "--noinput", "-v", "0")
    collecting.start()
    if not collecting.wait(120):
        raise TimeoutError("collectstatic")
    static.remember(place.data)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _processes() -> tuple[dict[int, list[int]], dict[int, float]]:
    """The children of every process, and its own seconds of CPU with those of children that ended."""
    children: dict[int, list[int]] = defaultdict(list)
    burnt = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        children[int(fields[1])].append(int(folder.name))
        burnt[int(folder.name)] = sum(int(ticks) for ticks in fields[11:15]) / _TICK
    return children, burnt


def _idle() -> float:
    """Seconds that processors had nothing to do, or waited for the disk."""
    fields = Path("/proc/stat").read_text().split(maxsplit=6)
    return (int(fields[4]) + int(fields[5])) / _TICK


def _whole(pid: int, children: dict[int, list[int]], burnt: dict[int, float]) -> float:
    return burnt.get(pid, 0.0) + sum(_whole(child, children, burnt) for child in children[pid])


@dataclass
class Load:
    """What an outside load saw."""

    statuses: dict[str, int]
    codes: dict[str, int]
    seconds: float
    cpu: float
    times: list[float] = field(repr=False)
    by_second: list[int] = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.times)

    def ms(self, percent: int) -> float:
        return 1000 * quantiles(self.times, n=100)[percent - 1]

    def slowest(self, seconds: int) -> float:
        """Answers a second in the worst stretch of so many whole seconds."""
        whole = self.by_second[:-1]
        return min((sum(whole[at : at + seconds]) / seconds for at in range(len(whole) - seconds + 1)), default=0.0)


def post_from_outside(
    copy: Copy, path: str, clients: Sequence[tuple[str, Sequence[dict[str, object]]]], seconds: float | None = None
) -> Load:
    """Each client (token and bodies) posts one body after the other, at most for *seconds* (bench/load.py)."""
    plan = {
        "port": copy.port,
        "path": path,
        "seconds": seconds,
        "clients": [{"token": token, "bodies": bodies} for token, bodies in clients],
    }
    return Load(**run_outside("bench.load", plan))


def run_outside(module: str, plan: dict[str, object]) -> dict[str, Any]:
    """What *module*, a program of its own, makes of *plan*."""
    done = subprocess.run(
        [sys.executable, "-m", module], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)
