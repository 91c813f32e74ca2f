"""A day at one station as a list of steps: who does what, when, and with which numbers. No Django, no clock, no luck.

The same runs, people and seed give the same steps, so that whoever performs them (the player of the demonstration
through the services, `make day` over HTTP) can stop anywhere and go on. What a step says stands at `Step`.
"""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from demo.rules.script_extras import extra_steps, open_complaint
from demo.rules.script_people import FLOAT, SHORT, Ca, Shifts, Staff, shift_steps
from demo.rules.script_runs import Held, Run, run_steps
from demo.rules.script_steps import Fact, Kind, Step

__all__ = ["FLOAT", "SHORT", "Ca", "Fact", "Held", "Kind", "Run", "Staff", "Step", "day_script"]


def day_script(
    runs: Sequence[Run], cas: Sequence[Ca], staff: Staff, *, seed: int, present: datetime, tickets: int = 100,
    left_open: datetime | None = None,
) -> list[Step]:  # fmt: skip
    """Every step of the day whose departures are *runs* and whose shifts are *cas* (by time, without a gap).

    From the ca that holds *present* on, the station's first team works: those are the people a visitor logs in as;
    the ca before that one ends with a till that is short. *tickets* is the percentage of the usual sales, which are
    about 14 a coach. The complaint of *left_open* is nobody's to answer but the visitor's.
    """
    shifts = Shifts(tuple(cas), staff, present)
    steps = shift_steps(shifts)
    for run in runs:
        # A run's luck is its own: a departure that comes or goes changes nothing for the others.
        own = run_steps(run, shifts, Random(f"{seed}:{run.departure}"), tickets=tickets)
        beside = Random(f"{seed}:{run.departure}:beside")
        steps += [*own, *extra_steps(run, own, shifts, beside, tickets=tickets)]
    steps.sort(key=lambda step: step.order)
    if left_open and (complaint := open_complaint(left_open, steps)):
        steps.append(complaint)
    return sorted(steps, key=lambda step: step.order)
