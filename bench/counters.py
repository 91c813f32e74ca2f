"""Twenty counters at once over the page: login, permission and idempotency included, from a program outside."""

from functools import cache
from statistics import median, quantiles

from bench import day
from bench.figures import Figure, at_most, load
from bench.running import copy, run_outside
from reports.selectors.pace import pace_of_day
from station.models import Till, User

COUNTERS = 20
THINK = 1.0  # s before each Enter
SECONDS = 40
WARM_UP = 6
MOST_MS = {"hold": 150, "commit": 300}


def hold() -> Figure:
    """The first Enter: a favourite's digit, the best seat kept, the page redrawn."""
    return _p95("hold")


def commit() -> Figure:
    """The second Enter: the money taken, the seat sold, the page redrawn."""
    return _p95("commit")


def _p95(step: str) -> Figure:
    seen, costs, _ = _seen()
    times = [1000 * took for took in seen[step]]
    entered = len(seen["hold"]) + len(seen["commit"])
    cpu = ", ".join(f"{name} {1000 * burnt / entered:.1f}" for name, burnt in costs.items())
    said = (
        f"{len(times)} at {COUNTERS} counters, {THINK:g} s before each Enter, {SECONDS} s",
        f"p50 {median(times):.0f} ms, most {max(times):.0f} ms",
        f"seconds a sale by the server's own times: {_by_clerk()}",
        f"ms CPU per Enter (papers printed beside it): {cpu}",
        f"odd: {seen['odd'] or 'nothing'}; load {load()}",
    )
    return at_most(f"sale.{step}.p95", quantiles(times, n=20)[-1], MOST_MS[step], "ms", "; ".join(said))


@cache
def _seen() -> tuple[dict, dict[str, float], list[User]]:
    """Both figures come from one run of these clerks; what each program cost beside it, in seconds of CPU."""
    people = day.clerks(COUNTERS)
    plan = {"clerks": [person.username for person in people], "password": day.PASSWORD, "think": THINK}
    with copy() as running:
        run_outside("bench.clerks", {**plan, "port": running.port, "think": THINK / 4, "seconds": WARM_UP})
        before = running.cpu()
        seen = run_outside("bench.clerks", {**plan, "port": running.port, "seconds": SECONDS})
        costs = {name: burnt - before[name] for name, burnt in running.cpu().items()}
    return seen, {**costs, "load": seen["cpu"]}, people


def _by_clerk() -> str:
    """What the page of the shift lead says of them, thinking included."""
    *_, people = _seen()
    shift = Till.objects.filter(clerk__in=people).latest("pk").shift
    [line] = [one for one in pace_of_day(shift.station, shift.business_on).shifts if one.shift == shift]
    halves = [one.pace.median for one in line.clerks if one.clerk in people and one.pace.median is not None]
    return f"{min(halves)} to {max(halves)}, from clerk to clerk, half of the sales at most"
