"""`make bench`: the benchmarks against crash-safe scratch servers of their own; ONLY=<prefix> some."""

import os
import sys

from runtime.places import scratch_data_dir
from runtime.refusal import plainly
from runtime.servers import only_copy, run, servers, stop_on_signals


def main() -> int:
    stop_on_signals()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    with scratch_data_dir() as data, only_copy(data), servers(data):
        only = os.environ.get("ONLY")
        return run([sys.executable, "-m", "bench", *([only] if only else [])])


if __name__ == "__main__":
    sys.exit(plainly(main))
