"""The budgets of docs/coding-style.md, measured over the product."""

import ast
import re
import statistics
from pathlib import Path

import pytest

from tests.architecture.product import APPS, ROOT, functions, name_of, python_files, tree_of

LINES_PER_FUNCTION, LINES_PER_FUNCTION_P95 = 60, 30
LINES_PER_FILE, LINES_PER_FILE_P95 = 400, 250
LATE_IMPORTS = 5
SCRIPT_LINES, SCRIPT_LINES_PER_FILE = 1500, 150
# A percentile of a handful says nothing.
ENOUGH = 40
REASON = re.compile(r"# noqa: PLC0415 -- \w.{9,}")


def percentile_95(figures: list[int]) -> int:
    return round(statistics.quantiles(figures, n=100)[94]) if len(figures) >= ENOUGH else 0


def function_lengths(tree: ast.AST, where: str) -> dict[str, int]:
    """Lines from `def` (or its first decorator's next line) to the end, by place."""
    return {f"{where}:{f.lineno} {f.name}": (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions(tree)}


def too_long(lengths: dict[str, int], limit: int) -> list[str]:
    return [f"{place}: {lines} lines, limit {limit}" for place, lines in lengths.items() if lines > limit]


def late_imports(source: str, where: str) -> list[tuple[str, bool]]:
    """Imports inside functions, each with whether its line carries a reason. AppConfig.ready is made for them."""
    lines = source.splitlines()
    inside = (
        node.lineno
        for function in functions(ast.parse(source))
        if not (where.endswith("apps.py") and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    return [(f"{where}:{line}", bool(REASON.search(lines[line - 1]))) for line in inside]


def own_scripts() -> dict[str, int]:
    files = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
    return {name_of(path): len(path.read_text().splitlines()) for path in files}


def all_function_lengths() -> dict[str, int]:
    return {
        place: lines
        for path in python_files()
        for place, lines in function_lengths(tree_of(path), name_of(path)).items()
    }


def file_lengths(paths: list[Path]) -> dict[str, int]:
    return {name_of(path): len(path.read_text().splitlines()) for path in paths}


def test_functions_are_short():
    lengths = all_function_lengths()

    assert too_long(lengths, LINES_PER_FUNCTION) == []
    assert percentile_95(list(lengths.values())) <= LINES_PER_FUNCTION_P95


def test_files_are_short():
    lengths = file_lengths(python_files())

    assert too_long(lengths, LINES_PER_FILE) == []
    assert percentile_95(list(lengths.values())) <= LINES_PER_FILE_P95


def test_test_files_are_short():
    assert too_long(file_lengths(python_files("tests")), LINES_PER_FILE) == []


def test_late_imports_are_few_and_have_a_reason():
    found = [late for path in python_files(*APPS) for late in late_imports(path.read_text(), name_of(path))]

    assert [place for place, has_reason in found if not has_reason] == []
    assert len(found) <= LATE_IMPORTS, found


def test_own_javascript_stays_small():
    lengths = own_scripts()

    assert too_long(lengths, SCRIPT_LINES_PER_FILE) == []
    assert sum(lengths.values()) <= SCRIPT_LINES


# --- each measure can fail ------------------------------------------------------------------------------------------


def test_a_long_function_is_seen():
    source = "@wrap\ndef long():\n" + "    x = 1\n" * 60

    assert too_long(function_lengths(ast.parse(source), "bad.py"), 60) == ["bad.py:2 long: 61 lines, limit 60"]


def test_percentile_sees_the_tail_and_ignores_a_handful():
    assert percentile_95([10] * 90 + [55] * 10) == 55
    assert percentile_95([100] * 5) == 0


@pytest.mark.parametrize(
    ("line", "has_reason"),
    [
        ("import heavy", False),
        ("import heavy  # noqa: PLC0415", False),
        ("import heavy  # noqa: PLC0415 -- fonts take a second to load", True),
    ],
)
def test_a_late_import_without_a_reason_is_seen(line, has_reason):
    assert late_imports(f"def work():\n    {line}\n", "bad.py") == [("bad.py:2", has_reason)]


def test_ready_may_import_late():
    assert late_imports("class Config:\n    def ready(self):\n        import fees\n", "fees/apps.py") == []
