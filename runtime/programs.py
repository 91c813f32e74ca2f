"""One program that runs beside us: how it is started, asked, stopped, and found again after we were killed."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_LOG_LIMIT = 20 * 1024 * 1024
MARK = "STATION_COPY"


def die_with_parent(stop_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to stop this process when its parent is gone, so that a killed supervisor leaves nobody behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)


@dataclass
class Program:
    """A long-running child. `ready` says whether it answers; `before` clears the way for each (re)start."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool] = lambda: True
    # Whether `ready` is asked again and again while it runs.
    asks_health: bool = False
    before: Callable[[], None] = lambda: None
    environ: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    kill_signal: signal.Signals = signal.SIGKILL
    stop_within: float = 10.0
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.before()
        _keep_log_short(self.log)
        stop_signal = self.stop_signal
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environ},
                # A group of its own: Ctrl-C reaches only us, and we stop the children in the right order.
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(stop_signal),  # noqa: PLW1509 - one thread only
            )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.alive:
            self.process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within this time."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True

    def sweep(self) -> None:
        """Kill what is left of its process group (pool children of a killed master)."""
        if self.process is not None:
            kill_group(self.process.pid)


def kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def stop_together(programs: Iterable[Program]) -> None:
    """Ask all of them at once, wait for each, then insist. A second Ctrl-C does not interrupt this."""
    with _undisturbed():
        _stop_together(programs)


@contextmanager
def _undisturbed() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    earlier = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _stop_together(programs: Iterable[Program]) -> None:
    asked = [program for program in programs if program.process is not None]
    for program in asked:
        program.signal(program.stop_signal)
    until = time.monotonic()
    for program in asked:
        if not program.wait(until + program.stop_within - time.monotonic()):
            program.signal(program.kill_signal)
            if not program.wait(5):
                program.signal(signal.SIGKILL)
                program.wait(5)
        program.sweep()
        program.process = None


def _keep_log_short(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
