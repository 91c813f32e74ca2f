"""No package older than the version that mended what we know of. The public audit tools see nothing from here."""

import re
import tomllib
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest

from tests.architecture.product import ROOT

FLOORS = tomllib.loads((ROOT / "security_floors.toml").read_text())["floor"]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==([\w.]+)", re.MULTILINE)


def numbers(text: str) -> tuple[int, ...]:
    """5.2.19 → (5, 2, 19); a pre-release counts as the version before it."""
    parts = re.match(r"\d+(?:\.\d+)*", text)
    release = tuple(int(part) for part in parts[0].split(".")) if parts else ()
    is_early = bool(re.search(r"(a|b|rc|dev)\d*", text))
    return (*release[:-1], release[-1] - 1) if is_early and release else release


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def below(versions: dict[str, str], floors: list[dict[str, Any]]) -> list[str]:
    """One sentence for each package of *versions* that stands below its floor."""
    return [
        f"{floor['package']} {there} < {floor['minimum']}: {floor['reason']}"
        for floor in floors
        if (there := versions.get(canonical(floor["package"]))) and numbers(there) < numbers(floor["minimum"])
    ]


def installed() -> dict[str, str]:
    found = {}
    for floor in FLOORS:
        try:
            found[canonical(floor["package"])] = version(floor["package"])
        except PackageNotFoundError:
            continue
    return found


def pinned(text: str) -> dict[str, str]:
    return {canonical(name): pin for name, pin in PIN.findall(text)}


def test_what_is_installed_stands_above_the_floors():
    assert below(installed(), FLOORS) == []


def test_what_is_pinned_stands_above_the_floors():
    assert below(pinned((ROOT / "requirements.txt").read_text()), FLOORS) == []


def test_every_floor_is_about_something_that_we_use():
    assert (
        sorted(canonical(floor["package"]) for floor in FLOORS if canonical(floor["package"]) not in installed()) == []
    )


def test_every_floor_says_why_and_since_when():
    assert [floor["package"] for floor in FLOORS if len(floor["reason"]) < 20 or type(floor["date"]) is not date] == []


def test_every_runtime_package_is_pinned_exactly():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line.strip() and not line.startswith(("#", "-r"))]

    assert [line for line in packages if not PIN.match(line)] == []


# --- the check can fail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", ["5.2.8", "5.2", "4.2.30", "5.2.19rc1"])
def test_an_old_django_is_seen(old):
    assert len(below(pinned(f"Django=={old}\n"), FLOORS)) == 1


@pytest.mark.parametrize("fine", ["5.2.19", "5.2.20", "6.0"])
def test_a_newer_django_is_fine(fine):
    assert below({"django": fine}, FLOORS) == []
