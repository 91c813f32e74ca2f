"""Whether the static files were collected from what lies here now; collecting takes seconds, asking does not."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from runtime.places import ROOT, VENV


def fingerprint() -> str:
    """Changes whenever a file to be served, the settings or the installed packages change."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_collected(data: Path) -> bool:
    stamp = _stamp(data)
    return stamp.exists() and stamp.read_text() == fingerprint() and _target(data).is_dir()


def remember(data: Path) -> None:
    _stamp(data).write_text(fingerprint())


def _sources() -> Iterator[Path]:
    yield ROOT / "station" / "conf" / "settings.py"
    yield from VENV.glob("station-*.stamp")
    for folder in [ROOT / "static", *ROOT.glob("*/static")]:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _target(data: Path) -> Path:
    return Path(os.environ.get("STATIC_ROOT") or data / "static")


def _stamp(data: Path) -> Path:
    return data / "run" / "static.stamp"
