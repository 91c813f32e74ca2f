"""Where things lie and which ports they use; everything can be set from the environment."""

import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.refusal import CannotGoOn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENDOR = ROOT / "static" / "vendor"


def data_dir() -> Path:
    """The folder of this copy's data, ready to be written into."""
    path = Path(os.environ.get("DATA_DIR") or ROOT / ".data").expanduser().absolute()
    try:
        # PostgreSQL may run as another user: it has to pass through, but need not look around.
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        for name in ("logs", "run"):
            (path / name).mkdir(mode=0o755, exist_ok=True)
        probe = path / "run" / f"probe-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as trouble:
        raise CannotGoOn("data-dir", path=path, reason=trouble.strerror) from trouble
    return path


@contextmanager
def scratch_data_dir() -> Iterator[Path]:
    """A data folder that is gone afterwards, also for every program started meanwhile."""
    with tempfile.TemporaryDirectory(prefix="station-") as scratch:
        Path(scratch).chmod(0o711)
        os.environ["DATA_DIR"] = scratch
        yield data_dir()


def number(name: str, default: int, *, low: int = 1, high: int = 65535) -> int:
    """A whole number from the environment."""
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise CannotGoOn("bad-number", name=name, low=low, high=high, value=value)
    return int(value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(name: str, host: str, port: int) -> None:
    """Refuse to start on a port that another program holds."""
    try:
        info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(info[0], info[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(info[4])
    except OSError as trouble:
        code = "port-in-use" if trouble.errno == errno.EADDRINUSE else "port-forbidden"
        raise CannotGoOn(code, name=name, host=host, port=port, reason=trouble.strerror) from trouble


def write_secretly(path: Path, text: str) -> None:
    """Write a file that only its owner reads, all or nothing."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
