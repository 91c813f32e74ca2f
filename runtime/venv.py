"""The Python environment `.venv`: made, filled from pinned requirements, and mended when it was left half-installed."""

import csv
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from runtime.places import ROOT, VENV
from runtime.refusal import CannotGoOn, say

PYTHON = VENV / "bin" / "python"
# What is installed for `make run`, and for `make test` and `make check` on top.
REQUIREMENTS = {"run": "requirements-local.txt", "dev": "requirements-dev.txt"}


def can_be_made() -> bool:
    """Debian ships Python without `ensurepip` unless python3-venv is there."""
    return PYTHON.exists() or importlib.util.find_spec("ensurepip") is not None


def fill(kind: str, log: Path) -> None:
    """Bring `.venv` to what the requirements of this kind say; quick when there is nothing to do."""
    whole = _works()
    damaged = list(_damaged()) if whole else []
    if whole and not damaged and _is_stamped(kind):
        return
    half_done = VENV.exists() and (damaged or not whole or not any(map(_is_stamped, REQUIREMENTS)))
    say("mending-venv" if half_done else "installing-python")
    for stamp in VENV.glob("station-*.stamp"):
        stamp.unlink()
    if not whole:
        _make(log)
    if damaged:
        _pip(log, "--force-reinstall", "--no-deps", *damaged)
    _pip(log, "-r", str(ROOT / REQUIREMENTS[kind]))
    for done in ["run"] if kind == "run" else ["run", "dev"]:
        _stamp(done).write_text(_fingerprint(done))


def install(requirements: str, log: Path) -> None:
    """Add one small set of packages, for a tool that the machine lacks."""
    _pip(log, "-r", str(ROOT / requirements))


def _stamp(kind: str) -> Path:
    return VENV / f"station-{kind}.stamp"


def _is_stamped(kind: str) -> bool:
    return _stamp(kind).exists() and _stamp(kind).read_text() == _fingerprint(kind)


def _fingerprint(kind: str) -> str:
    """Hash of the requirements, of those they include, and of the Python they are for."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for text in _texts(REQUIREMENTS[kind]):
        digest.update(text.encode())
    return digest.hexdigest()


def _texts(name: str) -> Iterator[str]:
    text = (ROOT / name).read_text()
    yield text
    for included in re.findall(r"^-r\s+(\S+)", text, re.MULTILINE):
        yield from _texts(included)


def _works() -> bool:
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)
    return done.returncode == 0


def _damaged() -> Iterator[str]:
    """Packages of which a file is missing or cut short, as a power cut leaves them."""
    for site in VENV.glob("lib/python3*/site-packages"):
        for info in site.glob("*.dist-info"):
            name, version = info.name.removesuffix(".dist-info").rsplit("-", 1)
            if name != "pip" and not is_whole(site, info / "RECORD"):
                yield f"{name}=={version}"


def is_whole(site: Path, record: Path) -> bool:
    if not record.exists():
        return False
    with record.open(newline="") as file:
        for row in csv.reader(file):
            if len(row) == 3 and row[2] and row[0].endswith((".py", ".so")):
                path = site / row[0]
                if not path.exists() or path.stat().st_size != int(row[2]):
                    return False
    return True


def _make(log: Path) -> None:
    if VENV.exists():
        ours = not any(VENV.iterdir()) or any((VENV / name).exists() for name in ("pyvenv.cfg", "bin", "lib"))
        if not ours:
            raise CannotGoOn("not-ours", path=VENV)
        shutil.rmtree(VENV)
    if _logged([sys.executable, "-m", "venv", str(VENV)], log) != 0:
        raise CannotGoOn("venv-failed", log=log)


def _pip(log: Path, *arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--no-input"]
    if _logged([*command, *arguments], log) != 0:
        raise CannotGoOn("pip-failed", log=log)


def _logged(command: list[str], log: Path) -> int:
    with log.open("a") as output:
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
