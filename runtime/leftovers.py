"""Processes of an earlier run of the same data folder, after a kill -9 of its supervisor."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from runtime.programs import MARK
from runtime.refusal import CannotGoOn

_SERVERS = {"postgres": signal.SIGINT, "redis-server": signal.SIGTERM}


def clear(data: Path, *, patience: float = 15.0) -> None:
    """Stop what an earlier run left behind; politely first, since a database server writes its checkpoint."""
    _stop(data, patience, hard=False)
    _stop(data, 5.0, hard=True)
    if any(of_copy(data)):
        raise CannotGoOn("left-over", path=data)


def clear_server(folder: Path) -> None:
    """Backends of a killed server still hold its folder: wait for them, then kill them, before it starts again."""
    until = time.monotonic() + 5
    while pids := [pid for pid in _pids() if _serves_in(pid, folder)]:
        if time.monotonic() > until:
            for pid in pids:
                _send(pid, signal.SIGKILL)
        time.sleep(0.05)


def _stop(data: Path, patience: float, *, hard: bool) -> None:
    told: set[int] = set()
    until = time.monotonic() + patience
    while pids := list(of_copy(data)):
        for pid in set(pids) - told:
            _send(pid, signal.SIGKILL if hard else _SERVERS.get(_program(pid), signal.SIGTERM))
        told |= set(pids)
        if time.monotonic() > until:
            return
        time.sleep(0.05)


def of_copy(data: Path) -> Iterator[int]:
    """Processes that serve or use this data folder, ourselves apart."""
    mark = f"{MARK}={data}".encode()
    for pid in _pids():
        if pid == os.getpid():
            continue
        if _serves_in(pid, data / "postgres") or _serves_in(pid, data / "redis") or mark in _environ(pid):
            yield pid


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _serves_in(pid: int, folder: Path) -> bool:
    try:
        return _program(pid) in _SERVERS and Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def _program(pid: int) -> str:
    """File name of the running program; a program replaced on disk carries a mark behind its name."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
    except OSError:
        return ""


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
