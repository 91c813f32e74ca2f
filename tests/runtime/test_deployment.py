"""The files for a station's own server are accepted by the programs that read them."""

import os
import shutil
import subprocess

import pytest

from runtime.places import ROOT


def compose() -> list[str]:
    """The program that reads docker-compose.yml, in whichever form this machine has it."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    plugin = shutil.which("docker") and subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    )
    if plugin and plugin.returncode == 0:
        return ["docker", "compose"]
    pytest.skip("neither docker-compose nor docker compose is installed")


@pytest.mark.slow
def test_the_compose_file_is_accepted_and_names_every_service():
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    command = [*compose(), "--profile", "demo", "config", "--services"]
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == [
        "beat", "demo", "events", "front", "postgres", "prepare", "redis", "relay", "web", "worker",
    ]  # fmt: skip
