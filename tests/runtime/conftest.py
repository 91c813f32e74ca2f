"""Runs the modules of `runtime` as make does: as programs of their own, in a data folder of the test."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.places import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]

# What the test run itself was started with must not lead these programs to its servers.
_NOT_PASSED_ON = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "EVENTS_PORT", "HOST", "MAKELEVEL", "SECRET_KEY")


@pytest.fixture
def own_environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    # The database's own user passes through when root runs the tests.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith("pytest-"):
            folder.chmod(0o711)
    return {**kept, "DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def run(own_environment: dict[str, str]) -> Run:
    def run_module(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT, env={**own_environment, **environ}, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip

    return run_module
