"""Supervision: a program that ended is started again after a growing pause, one that no longer answers is replaced."""

import time
from dataclasses import dataclass

from runtime.programs import Program
from runtime.refusal import say

_LOOK_EVERY = 0.25
_ASK_EVERY = 5.0
_DEAF_AFTER = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0
_STEADY_AFTER = 60.0


@dataclass
class Post:
    """One watched program and what has happened to it lately."""

    program: Program
    started: float
    asked: float
    failures: int = 0
    silences: int = 0
    restart_at: float | None = None

    def look(self, now: float) -> None:
        if self.program.alive:
            self._ask(now)
        elif self.restart_at is None:
            self._plan_restart(now)
        elif now >= self.restart_at:
            self._restart(now)

    def _ask(self, now: float) -> None:
        """Three unanswered questions in a row and the program is put down; the next look starts it again."""
        if not self.program.asks_health or now - self.asked < _ASK_EVERY:
            return
        self.asked = now
        self.silences = 0 if self.program.ready() else self.silences + 1
        if self.silences >= _DEAF_AFTER:
            say("program-deaf", name=self.program.name)
            self.program.signal(self.program.kill_signal)
            self.program.wait(5)

    def _plan_restart(self, now: float) -> None:
        if now - self.started > _STEADY_AFTER:
            self.failures = 0
        pause = min(_FIRST_PAUSE * 2**self.failures, _LONGEST_PAUSE)
        self.failures += 1
        self.restart_at = now + pause
        code = self.program.process.returncode if self.program.process else None
        say("program-ended", name=self.program.name, exit=code, seconds=pause, log=self.program.log)

    def _restart(self, now: float) -> None:
        self.program.sweep()
        self.program.start()
        self.started = self.asked = now
        self.silences, self.restart_at = 0, None


def watch(programs: list[Program]) -> None:
    """Look after them until a signal ends us."""
    now = time.monotonic()
    posts = [Post(program, started=now, asked=now) for program in programs]
    while True:
        time.sleep(_LOOK_EVERY)
        for post in posts:
            post.look(time.monotonic())
