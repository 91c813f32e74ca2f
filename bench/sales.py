"""Tickets over HTTP, from outside: how many sales a second, and 200 clerks at one coach."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from bench import day
from bench.desk import keys_of
from bench.figures import Figure, at_least, load
from bench.running import Load, copy, post_from_outside
from reports.selectors.invariants import breaches, invariants
from station import clock
from station.enums import MessageState
from station.models import OutboxMessage
from station.rules.seat_maps import LAYOUTS
from ticketing.models import Sale, Ticket

KEYS = {"sale.keys.default": 2, "sale.keys.favourite": 3, "sale.keys.named": 5}
SALES = "/api/v1/sales/"
CREATED = "201"

TILLS = 16
SECONDS = 60
SALES_PER_SECOND = 100
MOST_PER_SECOND = 250  # seats for more sales than the machine makes
WARM_UP = 10  # sales of each till: connections and prepared SQL, before the clock starts
# No seat sold twice, every sale paid in full, every entry balanced, every live ticket on exactly its claims.
HELD = ("S1", "M2", "L1", "L6")

CLERKS = 200
RACE_SECONDS = 5


def keys(name: str) -> Figure:
    """A sale in Chromium, exact cash, no mouse."""
    return keys_of(name, KEYS[name], "tests/e2e/test_sale.py", "one ticket sold for exact cash, in Chromium")


def sale_rate() -> Figure:
    """`POST /sales/` by TILLS at once for SECONDS: the next seat of one coach after the other, claim and commit in one
    request, relay and worker beside them."""
    wanted = SECONDS * MOST_PER_SECOND
    tokens, coaches = day.tokens(TILLS), day.coaches(1 + (wanted + TILLS * WARM_UP) // day.SEATS)
    bodies = ({"departure": coach, "count": 1} for coach in cycle(coaches))
    with copy() as running:
        post_from_outside(running, SALES, [(token, list(islice(bodies, WARM_UP))) for token in tokens])
        clients = [(token, list(islice(bodies, wanted // TILLS))) for token in tokens]
        sold, before = Sale.objects.count(), running.cpu()
        seen = post_from_outside(running, SALES, clients, SECONDS)
        made = Sale.objects.count() - sold
        costs = {name: burnt - before[name] for name, burnt in running.cpu().items()}
        behind = OutboxMessage.objects.filter(state=MessageState.PENDING).exclude(task__startswith="push.").count()
    rate = seen.statuses.get(CREATED, 0) / seen.seconds
    broken = _broken()
    figure = at_least("sale.rate", rate, SALES_PER_SECOND, "1/s", _detail(seen, made, costs, behind, broken))
    return replace(figure, ok=figure.ok and not broken and made == seen.statuses.get(CREATED))


def _detail(seen: Load, made: int, costs: dict[str, float], behind: int, broken: Sequence[str]) -> str:
    each = {name: 1000 * burnt / max(made, 1) for name, burnt in {**costs, "load": seen.cpu}.items()}
    return (
        f"{made} sales in {seen.seconds:.0f} s at {TILLS} tills; {seen.count - made} refused {seen.codes or ''}; "
        f"p50 {seen.ms(50):.0f} ms, p95 {seen.ms(95):.0f} ms; the slowest 10 s {seen.slowest(10):.0f}/s; "
        f"ms CPU per sale: {', '.join(f'{name} {ms:.2f}' for name, ms in each.items())}; "
        f"{behind} messages behind; broken: {', '.join(broken) or 'nothing'}; load {load()}"
    )


def _broken() -> list[str]:
    """Names of the invariants of a sale that do not hold."""
    return [one.id for one in invariants(HELD) if breaches(one, clock.now())]


def sale_race() -> Figure:
    """One coach, and CLERKS who all want a seat in the same moment: half of them name theirs, half take any."""
    tokens, [coach, other] = day.tokens(CLERKS), day.coaches(2)
    with copy() as running:
        post_from_outside(running, SALES, [(token, [{"departure": other, "count": 1}]) for token in tokens[:TILLS]])
        seen = post_from_outside(running, SALES, [(token, [_wish(n, coach)]) for n, token in enumerate(tokens)])
    sold = Ticket.objects.filter(departure=coach).count()
    refused = sum(seen.codes.get(code, 0) for code in ("seat_taken", "not_enough_seats"))
    detail = (
        f"{CLERKS} clerks, {day.SEATS} seats: {seen.statuses}, {seen.codes}, in {seen.seconds:.2f} s "
        f"(≤ {RACE_SECONDS}); p95 {seen.ms(95):.0f} ms; broken: {', '.join(_broken()) or 'nothing'}; load {load()}"
    )
    ok = sold == day.SEATS and refused == CLERKS - sold and seen.seconds <= RACE_SECONDS and not _broken()
    return Figure("sale.race.sold", sold, "count", f"= {day.SEATS}", ok, detail)


def _wish(number: int, coach: int) -> dict[str, object]:
    if number % 2:
        return {"departure": coach, "count": 1}
    cells = LAYOUTS[day.LAYOUT].cells
    return {"departure": coach, "seats": [cells[number // 2 % len(cells)].label]}
