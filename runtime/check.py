"""`make check`: every rule of the house that needs no server. One line per check; what a failed one said, below it.

`python -m runtime.check types layers` runs only those.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from runtime import messages
from runtime.places import ROOT

BIN = Path(sys.executable).parent
PYTHON = str(BIN / "python")
# No server is asked, and none could be: a closed port of this machine.
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}
# As behind the TLS front of docker-compose.yml.
PRODUCTION = {"TLS": "1", "DEMO": "0", "DEBUG": "0", "ALLOWED_HOSTS": "station.example", "HOST": "station.example"}


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    extra: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    check: Check
    passed: bool
    seconds: float
    output: str


def tool(name: str, *words: str) -> list[str]:
    return [str(BIN / name), *words]


def pytest(*words: str) -> list[str]:
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "-m", "not django_db"]
    return [PYTHON, "-m", "pytest", *quiet, *words]


def manage(*words: str) -> list[str]:
    return [PYTHON, "manage.py", *words]


def all_checks() -> list[Check]:
    """Longest first, so that two cores end together."""
    house = "tests/architecture"
    alone = {"markup": "test_templates.py", "translations": "test_translations.py", "floors": "test_floors.py"}
    others = [f"--ignore={house}/{file}" for file in alone.values()]
    return [
        Check("types", tool("mypy", "."), {"DEMO": "1"}),  # demo has tables of its own
        Check("house", pytest(house, *others), {}),
        *(Check(name, pytest(f"{house}/{file}"), {}) for name, file in alone.items()),
        Check("deployment", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
        Check("migrations", manage("makemigrations", "--check", "--dry-run"), {"DEMO": "1"}),
        Check("layers", tool("lint-imports", "--no-logo"), {}),
        Check("templates", tool("djlint", "templates", "--lint", "--quiet"), {}),
        Check("lint", tool("ruff", "check", "."), {}),
        Check("format", tool("ruff", "format", "--check", "."), {}),
    ]


def environment(extra: Mapping[str, str], data: str) -> dict[str, str]:
    """Ours and nothing of a copy that runs here."""
    theirs = {"DEMO", "DEBUG", "TLS", "PORT", "EVENTS_PORT", "HOST", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"}
    kept = {name: value for name, value in os.environ.items() if name not in theirs}
    own = {"DATA_DIR": data, "SECRET_KEY": "k" * 30 + "only-for-checks-0123456789", "PYTHONPATH": str(ROOT)}
    return {**kept, **NOWHERE, **own, **extra}


def run(check: Check, data: str) -> Outcome:
    start = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment(check.extra, data),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return Outcome(check, done.returncode == 0, time.monotonic() - start, done.stdout)


def outcomes(checks: Sequence[Check]) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory() as data, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for future in as_completed([pool.submit(run, check, data) for check in checks]):
            yield future.result()


def figures() -> str:
    """The one budget that is a range and not a limit: 1.2 to 1.8 lines of tests for a line of code."""

    def lines(*folders: str) -> int:
        files = (path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
        return sum(len(path.read_bytes().splitlines()) for path in files)

    code, tests = lines("station", "fees", "ticketing", "dispatch", "einvoice", "reports", "demo"), lines("tests")
    return f"{tests} lines of tests for {code} of code: {tests / max(code, 1):.2f}"


def main(names: Sequence[str]) -> int:
    known = {check.name: check for check in all_checks()}
    if strange := set(names) - known.keys():
        print(f"No such check: {', '.join(sorted(strange))}. There are: {', '.join(known)}.")
        return 2
    messages.compile_stale()
    start, failed = time.monotonic(), 0
    for outcome in outcomes([known[name] for name in names] or list(known.values())):
        word = "ok    " if outcome.passed else "FAILED"
        print(f"{word} {outcome.check.name:<13}{outcome.seconds:6.1f} s", flush=True)
        if not outcome.passed:
            failed += 1
            print("    " + outcome.output.strip().replace("\n", "\n    "), flush=True)
    print(f"{failed} failed" if failed else "all ok", f"{time.monotonic() - start:.0f} s", figures(), sep=", ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
