"""What lives where: file names, import contracts, the clock, the courier, binary fractions, paths of a workplace."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.product import (
    APPS,
    ROOT,
    committed_files,
    dotted,
    functions,
    module_of,
    name_of,
    python_files,
    tree_of,
)

# The table of docs/coding-style.md; a name is a module or a package of the same name.
EVERY_APP = frozenset(
    "__init__ admin api apps enums errors events forms management migrations models money navigation providers rules "
    "selectors services tasks templatetags urls views".split()
)
# What only one app has: in station the shared tools under everything and the set-up above everything.
ITS_OWN = {
    "station": frozenset("clock conf context courier middleware place push questions rights web".split()),
    "demo": frozenset({"accounts", "context"}),  # the log-ins of the role chooser, and the strip above every page
}
# Data files of demo and of documents live in a folder of their own.
DATA = frozenset({"data", "schemas", "sql", "fonts", "played"})
VAGUE = re.compile(r"^(utils?|helpers?|common|misc|managers?)$")
VAGUE_CLASS = re.compile(r"^(Base[A-Z]\w*|\w+(Handler|Processor|Manager|Helper|Util|Utils))$")
READS_THE_CLOCK = re.compile(
    r"\.(views|api|tasks|management|admin|middleware|context|courier|web)(\.|$)|^demo\.|^runtime\."
)
PUBLISHES = frozenset({"station.services.relay"})
QUEUEING = frozenset({"delay", "apply_async", "send_task"})
EXACT = re.compile(r"\.(rules|models|services|selectors|money|enums)(\.|$)")
# Spelled in pieces, so that this file does not find itself.
WORKPLACE = re.compile("|".join(["/work" + "/", "/tmp" + "/house", r"\." + "library", "/root" + "/", "/home" + r"/\w"]))
TEXT = frozenset(
    ".py .md .html .txt .js .css .toml .yml .yaml .json .csv .po .sh .cfg .ini .xml .xsd .svg .sql .tsv".split()
)


def strange_names(app: str, names: list[str]) -> list[str]:
    allowed = EVERY_APP | DATA | ITS_OWN.get(app, frozenset())
    return [f"{app}/{name}" for name in names if name not in allowed]


def top_level_names(app: str) -> list[str]:
    entries = (path for path in (ROOT / app).iterdir() if path.name != "__pycache__")
    return sorted(path.stem for path in entries if path.is_dir() or path.suffix == ".py")


def vague_names(path: Path, tree: ast.Module) -> list[str]:
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = [name for name in classes if VAGUE_CLASS.match(name)]
    return [f"{name_of(path)}: {name}" for name in ([path.stem] if VAGUE.match(path.stem) else []) + found]


def clock_readings(module: str, tree: ast.Module) -> list[str]:
    """Calls of station.clock.now (under either spelling) where time should have been an argument."""
    if READS_THE_CLOCK.search(module) or module == "station.clock":
        return []
    direct = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "station.clock"
        for alias in node.names
        if alias.name == "now"
    }
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [
        f"{module}:{call.lineno}"
        for call in calls
        if (name := dotted(call.func)).endswith("clock.now") or name in direct
    ]


def publications(module: str, tree: ast.Module) -> list[str]:
    if module in PUBLISHES:
        return []
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [f"{module}:{call.lineno} .{call.func.attr}()" for call in calls if call.func.attr in QUEUEING]  # type: ignore[attr-defined]


def binary_fractions(module: str, tree: ast.Module) -> list[str]:
    """`float` and literals like 0.08 in the modules where money is computed."""
    if not EXACT.search(module):
        return []
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float")
    literal = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is float)
    return [f"{module}:{node.lineno}" for node in [*named, *literal]]


def nested_services(module: str, tree: ast.Module) -> list[str]:
    """A task is a door: no loop, no query, no transaction in it."""
    if not re.search(r"\.tasks(\.|$)", module):
        return []
    rooms = (ast.For, ast.While, ast.With)
    return [f"{module}:{node.lineno}" for door in functions(tree) for node in ast.walk(door) if isinstance(node, rooms)]


def workplace_paths(text: str, where: str) -> list[str]:
    return [f"{where}:{number}" for number, line in enumerate(text.splitlines(), 1) if WORKPLACE.search(line)]


def each_module(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    return ((module_of(path), tree_of(path)) for path in python_files(*folders))


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_the_same_file_names(app):
    assert strange_names(app, top_level_names(app)) == []


def test_names_say_what_a_thing_is():
    assert [name for path in python_files() for name in vague_names(path, tree_of(path))] == []


def test_time_is_an_argument():
    assert [place for module, tree in each_module(*APPS) for place in clock_readings(module, tree)] == []


def test_only_the_relay_publishes():
    assert [place for module, tree in each_module(*APPS) for place in publications(module, tree)] == []


def test_money_is_never_a_binary_fraction():
    assert [place for module, tree in each_module(*APPS) for place in binary_fractions(module, tree)] == []


def test_tasks_are_doors():
    assert [place for module, tree in each_module(*APPS) for place in nested_services(module, tree)] == []


def test_no_committed_file_names_the_workplace_it_was_written_in():
    texts = [path for path in committed_files() if path.suffix in TEXT or path.suffix == ""]

    found = [place for path in texts for place in workplace_paths(path.read_text(errors="replace"), name_of(path))]

    assert found == []


# --- each check can fail --------------------------------------------------------------------------------------------


def test_a_strange_and_a_vague_name_are_seen():
    assert strange_names("fees", ["models", "clock", "utils"]) == ["fees/clock", "fees/utils"]
    assert vague_names(Path("fees/helpers.py"), ast.parse("class TicketManager: ...")) == [
        "helpers.py: helpers",
        "helpers.py: TicketManager",
    ]


@pytest.mark.parametrize(
    "source", ["from station import clock\nclock.now()", "from station.clock import now as n\nn()"]
)
def test_a_service_that_reads_the_clock_is_seen(source):
    assert clock_readings("fees.services.pay", ast.parse(source)) == ["fees.services.pay:2"]
    assert clock_readings("fees.views", ast.parse(source)) == []


def test_a_publication_outside_the_relay_is_seen():
    assert publications("fees.services", ast.parse("issue.delay(1)")) == ["fees.services:1 .delay()"]
    assert publications("station.services.relay", ast.parse("task.apply_async()")) == []


@pytest.mark.parametrize("source", ["vat: float = 8", "vat = gross * 0.08"])
def test_a_binary_fraction_is_seen(source):
    assert binary_fractions("fees.rules", ast.parse(source)) == ["fees.rules:1"]
    assert binary_fractions("fees.views", ast.parse(source)) == []


def test_a_task_with_a_room_behind_it_is_seen():
    assert nested_services("fees.tasks", ast.parse("def t():\n    for x in y: pass")) == ["fees.tasks:2"]


def test_a_workplace_path_is_seen():
    assert workplace_paths("fine\nsee /work" + "/shared/x\n", "docs/x.md") == ["docs/x.md:2"]


BAD_TREE = {
    "ticketing/models.py": ("import dispatch", "apps"),
    "fees/services.py": ("import station.conf.settings", "conf"),
    "station/selectors.py": ("import station.services", "inside"),
    "fees/rules.py": ("import django", "pure"),
    "ticketing/services.py": ("import rest_framework", "services"),
    "einvoice/views.py": ("import celery", "courier"),
}


@pytest.mark.slow
def test_each_import_contract_can_be_broken(tmp_path):
    for app in APPS:
        (tmp_path / app).mkdir()
        (tmp_path / app / "__init__.py").touch()
    for name in ("station/conf/__init__.py", "station/conf/settings.py", "station/services.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name, (source, _) in BAD_TREE.items():
        (tmp_path / name).write_text(source)

    answer = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo", "--config", ROOT / "pyproject.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"Contracts: 0 kept, {len(BAD_TREE)} broken." in answer.stdout
