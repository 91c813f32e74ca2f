"""Fonts and scripts that the pages serve: fetched by npm from the lock file, copied, checked against known hashes."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from runtime.places import ROOT, VENDOR, VENV, data_dir
from runtime.refusal import CannotGoOn, plainly, say

_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
LIST = Path(__file__).with_name("assets.sha256")


@dataclass(frozen=True)
class Asset:
    sha256: str
    source: Path
    folder: str

    def target(self, vendor: Path) -> Path:
        return vendor / self.folder / self.source.name


def known(listing: Path = LIST) -> list[Asset]:
    """The files we serve, as listed: hash, path under node_modules, folder under static/vendor."""
    rows = [line.split() for line in listing.read_text().splitlines() if line and not line.startswith("#")]
    return [Asset(sha256, Path(source), folder) for sha256, source, folder in rows]


def in_place(assets: list[Asset], vendor: Path = VENDOR) -> bool:
    """Whether every file is there, unchanged."""
    return all(_hash(asset.target(vendor)) == asset.sha256 for asset in assets)


def copy(assets: list[Asset], packages: Path, vendor: Path = VENDOR) -> None:
    """Copy the listed files; a file that is not the one we know is never put where a page could load it."""
    for asset in assets:
        source = packages / asset.source
        if not source.exists():
            raise CannotGoOn("asset-missing", path=source)
        if _hash(source) != asset.sha256:
            raise CannotGoOn("asset-changed", path=source)
        target = asset.target(vendor)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def provide(log: Path, *, development: bool = False) -> None:
    """Make sure the files are there; asks npm only when they are not."""
    packages = ROOT / "node_modules"
    assets = known()
    if in_place(assets) and (not development or (packages / "axe-core" / "axe.min.js").exists()):
        return
    say("fetching-assets")
    _install(log)
    copy(assets, packages)


def npm() -> str | None:
    """The npm of the machine, or the one that pip put into .venv."""
    return shutil.which("npm") or shutil.which("npm", path=str(VENV / "bin"))


def _install(log: Path) -> None:
    program = npm()
    if program is None:
        raise CannotGoOn("npm-failed", log=log)
    command = [program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(VENV / "npm-cache")]
    environ = {**os.environ, "PATH": os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", "")])}
    if _CERTIFICATES.exists():
        # Node brings certificates of its own and does not see those that this machine was told to trust.
        environ.setdefault("NODE_EXTRA_CA_CERTS", str(_CERTIFICATES))
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=environ, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise CannotGoOn("npm-failed", log=log)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def main() -> int:
    if sys.argv[1:] == ["--copy"]:
        # The image fetches the packages in a stage of its own.
        copy(known(), ROOT / "node_modules")
        return 0
    provide(data_dir() / "logs" / "npm.log")
    return 0


if __name__ == "__main__":
    sys.exit(plainly(main))
