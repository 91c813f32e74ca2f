"""`make test`: pytest against scratch servers of its own; PYTEST_ARGS are passed through, the exit code is pytest's."""

import os
import shlex
import sys

from runtime.places import scratch_data_dir
from runtime.refusal import plainly
from runtime.servers import only_copy, run, servers, stop_on_signals

# On the same databases, one after the other: what needs no browser and shares Redis, a real browser, and what shares
# Redis with nobody and measures seconds, so that it runs beside nothing.
RUNS = (["-n", "2", "-m", "not broker and not e2e"], ["-n", "2", "-m", "e2e"], ["-n", "1", "-m", "broker"])


def main() -> int:
    stop_on_signals()
    # A test run neither uses nor touches the data of a copy that is running here.
    for name in ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "DEMO", "PORT", "EVENTS_PORT", "DEBUG", "SECRET_KEY"):
        os.environ.pop(name, None)
    with scratch_data_dir() as data, only_copy(data), servers(data, durable=False):
        if "PYTEST_ARGS" in os.environ:
            return _pytest(shlex.split(os.environ["PYTEST_ARGS"]))
        return max(_pytest([*arguments, "--reuse-db"]) for arguments in RUNS)


def _pytest(arguments: list[str]) -> int:
    return run([sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    sys.exit(plainly(main))
