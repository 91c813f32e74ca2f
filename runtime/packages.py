"""System packages: found by what they provide, installed with apt-get where we may, named in one line where not."""

import ctypes
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime import venv
from runtime.refusal import CannotGoOn, say


@dataclass(frozen=True)
class Need:
    package: str
    is_met: Callable[[], bool]


def _library(name: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return loads


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


NEEDS = {
    "run": [
        Need("python3-venv", venv.can_be_made),
        # WeasyPrint draws its documents with these.
        Need("libpango-1.0-0", _library("libpango-1.0.so.0")),
        Need("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
        Need("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
        Need("libfontconfig1", _library("libfontconfig.so.1")),
    ],
    "dev": [
        Need("chromium", _program("chromium", "chromium-browser", "google-chrome")),
        # The program that talks to the browser for the tests needs it.
        Need("libatomic1", _library("libatomic.so.1")),
        Need("poppler-utils", _program("pdfsig")),
        Need("xmlsec1", _program("xmlsec1")),
        Need("gettext", _program("xgettext")),
    ],
}


def missing(kind: str) -> list[str]:
    needs = NEEDS["run"] + (NEEDS["dev"] if kind == "dev" else [])
    return [need.package for need in needs if not need.is_met()]


def provide(kind: str, log: Path) -> None:
    """Install what is missing, or stop with the line to type."""
    names = missing(kind)
    if not names:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    line = shlex.join([*(["sudo"] if os.geteuid() else []), *install])
    rights = _rights()
    if rights is None:
        raise CannotGoOn("system-packages", line=line)
    say("installing-system", names=" ".join(names))
    with log.open("a") as output:
        for command in (["apt-get", "update", "-q"], install):
            _quietly([*rights, *command], output.fileno())
    if missing(kind):
        raise CannotGoOn("system-packages-failed", log=log, line=line)


def _rights() -> list[str] | None:
    """Words before apt-get: none for root, sudo where it asks no password; None where we may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo") is None:
        return None
    asks_nothing = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"] if asks_nothing else None


def _quietly(command: list[str], output: int) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
