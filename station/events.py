"""News travels upward: an app tells what happened, apps above subscribed a task name (in AppConfig.ready)."""

from collections import defaultdict

_subscriptions: defaultdict[str, list[str]] = defaultdict(list)


def subscribe(event: str, task: str) -> None:
    """Run *task* for each *event*. Events are `noun.past`: sale.made, charge.paid."""
    if task not in _subscriptions[event]:
        _subscriptions[event].append(task)


def subscribers(event: str) -> tuple[str, ...]:
    return tuple(_subscriptions[event])


def all_subscribed_tasks() -> frozenset[str]:
    return frozenset(task for tasks in _subscriptions.values() for task in tasks)
