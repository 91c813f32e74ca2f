"""Supervision over real programs."""

import signal
import sys
import time
from pathlib import Path

import pytest

from runtime.programs import Program, stop_together
from runtime.watch import Post

pytestmark = pytest.mark.slow


def post_of(program: Program) -> Post:
    program.start()
    return Post(program, started=0.0, asked=0.0)


def test_a_program_that_ends_is_started_again_after_a_growing_pause(tmp_path: Path):
    post = post_of(Program("short", ["true"], tmp_path / "short.log"))
    pauses = []

    for _ in range(4):
        post.program.wait(5)
        post.look(1.0)
        assert post.restart_at is not None
        pauses.append(post.restart_at - 1.0)
        post.look(post.restart_at)

    post.program.wait(5)
    assert pauses == [0.25, 0.5, 1.0, 2.0]


def test_a_program_that_ran_for_a_minute_starts_again_at_once(tmp_path: Path):
    post = post_of(Program("long", ["true"], tmp_path / "long.log"))
    post.failures = 9
    post.program.wait(5)

    post.look(61.0)

    assert post.restart_at == 61.25


def test_a_program_that_does_not_answer_three_times_is_put_down(tmp_path: Path):
    deaf = Program("deaf", ["sleep", "60"], tmp_path / "deaf.log", ready=lambda: False, asks_health=True)
    post = post_of(deaf)

    states = []
    for now in (5.0, 10.0, 15.0):
        post.look(now)
        states.append(deaf.alive)

    assert states == [True, True, False]


def test_one_that_does_not_listen_is_killed_in_the_end(tmp_path: Path):
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    )
    log = tmp_path / "stubborn.log"
    program = Program("stubborn", [sys.executable, "-c", stubborn], log, stop_within=0.2)
    program.start()
    while not log.read_text():
        time.sleep(0.01)
    process = program.process
    assert process is not None

    stop_together([program])

    assert process.returncode == -signal.SIGKILL
