"""Locks are taken in the one order of docs/locking.md. Each function is looked at alone, and so is what it calls."""

import ast
import re

import pytest

from tests.architecture.product import ROOT, Functions, dotted, functions, module_of, python_files, tree_of

# "| 4 | departures, by pk | …": the second column says in words which models are locked at that step.
STEP = re.compile(r"^\|\s*(\d+)\s*\|([^|]*)\|")
JOURNAL = "JournalHead"
LOCKS = frozenset({"lock", "share_lock", "select_for_update"})
# Both add a row to the journal, which locks the head of its chain.
JOURNALS = frozenset({"become", "record"})
NEEDS_NONE = "# needs no lock: "


def order_of(text: str) -> list[str]:
    """What is locked at each step, in the words of the page."""
    return [step[2].strip().lower() for line in text.splitlines() if (step := STEP.match(line))]


def place_of(model: str, order: list[str]) -> int | None:
    """The first step that names *model*: YardVisit stands where "yard visit" does."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", model).lower()
    return next((number for number, step in enumerate(order) if re.search(rf"\b{words}", step)), None)


def locks_in(function: Functions) -> list[tuple[int, str]]:
    """(line, model) of each lock in source order; "" where the model cannot be read off the call."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    found = [(call.lineno, locked_by(call)) for call in calls]
    return sorted((line, model) for line, model in found if model is not None)


def locked_by(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    if name in JOURNALS:
        return JOURNAL
    if name not in LOCKS:
        return None
    subject = call.func if name == "select_for_update" else (call.args[0] if call.args else call.func)
    return next((node.id for node in ast.walk(subject) if isinstance(node, ast.Name) and node.id[:1].isupper()), "")


def out_of_order(function: Functions, order: list[str], where: str) -> list[str]:
    found = []
    highest, holder = 0, ""
    for line, model in locks_in(function):
        place = place_of(model, order) if model else highest
        if place is None:
            found.append(f"{where}:{line} {model} has no place in docs/locking.md")
        elif place < highest:
            found.append(f"{where}:{line} {model} is locked after {holder}")
        elif model:
            highest, holder = place, model
    return found


def checks_before_the_lock(function: Functions, source: list[str], where: str) -> list[str]:
    """A refusal above the first lock was decided on a guess, unless a comment `# needs no lock: …` says why not."""
    first = min((line for line, model in locks_in(function) if model != JOURNAL), default=0)
    raises = sorted(node.lineno for node in ast.walk(function) if isinstance(node, ast.Raise))
    guesses = [line for line in raises if line < first and NEEDS_NONE not in "".join(source[line - 2 : line])]
    return [f"{where}:{line} refuses before the lock" for line in guesses]


@pytest.fixture(scope="module")
def order():
    return order_of((ROOT / "docs/locking.md").read_text())


def services():
    return [path for path in python_files() if ".services" in module_of(path)]


def test_locks_are_taken_in_the_one_order(order):
    found = [
        place
        for path in services()
        for function in functions(tree_of(path))
        for place in out_of_order(function, order, module_of(path))
    ]

    assert found == []


def test_locks_stand_before_the_checks_they_protect():
    found = [
        place
        for path in services()
        for function in functions(tree_of(path))
        for place in checks_before_the_lock(function, path.read_text().splitlines(), module_of(path))
    ]

    assert found == []


# --- each check can fail --------------------------------------------------------------------------------------------

PAGE = """
| # | row | how |
| --- | --- | --- |
| 1 | till | shared |
| 2 | departures, by pk | lock |
| 3 | closing counter, charges | lock |
| 4 | journal head of the till | lock |
"""
BAD = """
def sell(departure_id):
    departure = lock(Departure.objects.filter(pk=departure_id)).get()
    share_lock(Till, 1)
    lock(Coach.objects.all())
    departure.become("open", by=None, now=now)
    Charge.objects.select_for_update(of=("self",), no_key=True)
    lock(departures).get()
"""
GUESS = """
def sell(departure):
    if departure.is_closed:
        raise SaleClosed
    lock(Departure.objects.filter(pk=1)).get()
"""


def parsed(source: str) -> Functions:
    return next(functions(ast.parse(source)))


def test_order_is_read_from_the_page():
    order = order_of(PAGE)

    models = ["Till", "Departure", "ClosingCounter", "Charge", "JournalHead", "Art"]
    assert [place_of(model, order) for model in models] == [0, 1, 2, 2, 3, None]


def test_a_lock_out_of_order_an_unknown_one_and_one_after_the_journal_are_seen():
    assert out_of_order(parsed(BAD), order_of(PAGE), "bad") == [
        "bad:4 Till is locked after Departure",
        "bad:5 Coach has no place in docs/locking.md",
        "bad:7 Charge is locked after JournalHead",
    ]


def test_a_refusal_above_the_lock_is_seen():
    explained = GUESS.replace("SaleClosed", "SaleClosed  # needs no lock: an argument")

    assert checks_before_the_lock(parsed(GUESS), GUESS.splitlines(), "bad") == ["bad:4 refuses before the lock"]
    assert checks_before_the_lock(parsed(explained), explained.splitlines(), "bad") == []
