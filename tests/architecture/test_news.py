"""News travels by names: each name that is told, queued or scheduled must be a registered Celery task."""

import ast
import importlib
import re
from collections.abc import Iterable

from celery import current_app
from django.conf import settings

from station.events import all_subscribed_tasks
from tests.architecture.product import APPS, dotted, module_of, python_files, tree_of

PUSH = "push."
EVENT = re.compile(r"^[a-z_]+\.[a-z_]+$")


def registered_tasks() -> set[str]:
    for path in python_files(*APPS):
        if path.stem == "tasks" or path.parent.name == "tasks":
            importlib.import_module(module_of(path))
    return {name for name in current_app.tasks if not name.startswith("celery.")}


def named(tree: ast.Module, function: str, place: int = 0) -> list[str]:
    """The literal names given to *function*, by position."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    arguments = [
        call.args[place] for call in calls if dotted(call.func).split(".")[-1] == function and len(call.args) > place
    ]
    return [node.value for node in arguments if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def over_the_product(function: str, place: int = 0) -> set[str]:
    return {name for path in python_files(*APPS) for name in named(tree_of(path), function, place)}


def told_in(tree: ast.Module) -> list[str]:
    """Events given to the outbox's `tell`, not to another function of that name."""
    imports = (
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and "station.services" in str(node.module)
    )
    names = {alias.name for node in imports for alias in node.names}
    return named(tree, "tell") if names & {"tell", "outbox"} else []


def told() -> set[str]:
    return {event for path in python_files(*APPS) for event in told_in(tree_of(path))}


def unregistered(names: Iterable[str], tasks: set[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith(PUSH) and name not in tasks)


def unheard(told: set[str], subscribed: set[str]) -> list[str]:
    """Subscriptions to an event that nobody tells: a typing error, as a rule."""
    return sorted(subscribed - told)


def test_every_subscribed_task_is_registered():
    assert unregistered(all_subscribed_tasks() | over_the_product("subscribe", 1), registered_tasks()) == []


def test_every_queued_task_is_registered():
    assert unregistered(over_the_product("enqueue"), registered_tasks()) == []


def test_every_scheduled_task_is_registered():
    scheduled = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    assert unregistered(scheduled, registered_tasks()) == []


def test_every_subscription_hears_something():
    assert unheard(told(), over_the_product("subscribe")) == []


def test_events_are_a_noun_and_what_became_of_it():
    assert sorted(name for name in told() if not EVENT.match(name)) == []


# --- each check can fail --------------------------------------------------------------------------------------------


def test_a_name_that_is_no_task_is_seen():
    tree = ast.parse('events.subscribe("sale.made", "einvoice.isue")\noutbox.enqueue("push.bays", now=now)')

    assert told_in(ast.parse('from station.services import outbox\noutbox.tell("sale.made")')) == ["sale.made"]
    assert unregistered(named(tree, "subscribe", 1) + named(tree, "enqueue"), {"einvoice.issue"}) == ["einvoice.isue"]
    assert unheard({"sale.made"}, set(named(ast.parse('subscribe("sale.maid", "x")'), "subscribe"))) == ["sale.maid"]
