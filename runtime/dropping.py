"""PostgreSQL refuses to run as root: the embedded servers then run as the unprivileged user `nobody`."""

import os
import pwd
import shutil
import stat
from pathlib import Path

from runtime.refusal import CannotGoOn

_NOBODY = 65534
_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


def prefix(folder: Path, binary: Path, *, stop: str = "TERM") -> list[str]:
    """Words to put before a server's command so that it runs unprivileged; none unless we are root.

    The wish to die with us (`stop` is the signal) has to be uttered again: changing the user forgets it.
    """
    if os.geteuid() != 0:
        _require_name(os.geteuid())
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CannotGoOn("no-setpriv")
    user = str(_owner(folder))
    words = [setpriv, "--reuid", user, "--regid", user, "--clear-groups", "--pdeathsig", stop]
    if not (_passable(folder.parent) and _passable(binary)):
        # Under /root nobody else may pass; the right to search folders goes along instead of a chmod outside of ours.
        capability = _available_capability()
        words += [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
        # access(2), with which PostgreSQL looks at its own programs, forgets the right of all but root otherwise.
        words += ["--securebits=+no_setuid_fixup"]
    return [*words, "--"]


def _require_name(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError as nameless:
        raise CannotGoOn("nameless-user", uid=uid) from nameless


def give(path: Path) -> None:
    """Hand a file or folder to the user that the servers run as."""
    if os.geteuid() == 0:
        os.chown(path, _owner(path), _owner(path))


def _owner(path: Path) -> int:
    """Whoever owns what an earlier run made keeps it."""
    owner = path.stat().st_uid if path.exists() else 0
    return owner or _NOBODY


def _passable(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _available_capability() -> str:
    status = Path("/proc/self/status").read_text()
    bounding = int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapBnd:")), 16)
    for name, bit in _CAPABILITIES.items():
        if bounding >> bit & 1:
            return name
    return "dac_override"
