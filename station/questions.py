"""Asking up: a lower app asks a declared question, apps above answer from AppConfig.ready. Answers only read."""

from collections import defaultdict
from collections.abc import Callable

Answerer = Callable[..., object]
_answerers: defaultdict[str, list[Answerer]] = defaultdict(list)

QUESTIONS = frozenset(
    {
        "shell.commands",  # () -> list[station.context.NavigationItem]: pages in no bar, found by their name
        "shell.navigation",  # () -> list[station.context.NavigationItem]
        "shift.may_close",  # (shift) -> list[str]: reasons against, empty when none
        "till.may_close",  # (till, now) -> list[str]: each a sentence of what to do first
    }
)


def answers(question: str) -> Callable[[Answerer], Answerer]:
    """Decorator: this function answers *question*."""
    if question not in QUESTIONS:
        raise KeyError(question)

    def register(answerer: Answerer) -> Answerer:
        if answerer not in _answerers[question]:
            _answerers[question].append(answerer)
        return answerer

    return register


def ask(question: str, *args: object) -> list[object]:
    """Every answer to *question*, in the order of installation."""
    if question not in QUESTIONS:
        raise KeyError(question)
    return [answerer(*args) for answerer in _answerers[question]]
