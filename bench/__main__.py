"""Run the benchmarks whose name begins with the word given, or all; one JSON object per line."""

import os
import sys
from collections.abc import Callable
from functools import partial

import django


def main(only: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "station.conf.settings")
    os.environ["DEMO"] = "1"
    django.setup()
    from bench import counters, desk, growth, sales, workers  # noqa: PLC0415 -- models exist only after django.setup()
    from bench.figures import RESULTS, Figure  # noqa: PLC0415 -- beside it

    # Counters first: others fill the day they sell from.
    benchmarks: dict[str, Callable[[], Figure]] = {
        "sale.hold.p95": counters.hold,
        "sale.commit.p95": counters.commit,
        "sale.race.sold": sales.sale_race,
        "sale.rate": sales.sale_rate,
        "desk.keys.electronic": desk.keys_electronic,
        "desk.keys.paper": desk.keys_paper,
        "desk.page.p95": desk.page_with_300,
        "einvoice.rate": workers.einvoice_rate,
        "orders.rate": workers.orders_rate,
        **{name: partial(sales.keys, name) for name in sales.KEYS},
        "sale.growth": growth.growth,  # last: a million tickets stay
    }
    _prepare()
    RESULTS.mkdir(exist_ok=True)
    figures = [benchmark() for name, benchmark in benchmarks.items() if name.startswith(only)]
    for figure in figures:
        print(figure.show())
        (RESULTS / f"{figure.name}.json").write_text(figure.show() + "\n")
    return 0 if figures else 1


def _prepare() -> None:
    """An empty scratch database gets the tables and Hoà Bình."""
    from django.core.management import call_command  # noqa: PLC0415 -- after django.setup()

    from demo.services import load_hoa_binh  # noqa: PLC0415 -- after django.setup()
    from station import clock  # noqa: PLC0415 -- after django.setup()

    call_command("migrate", verbosity=0)
    load_hoa_binh(now=clock.now(), say=lambda _text: None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
