"""The program that keeps the demonstration alive: plays up to now, plants what is always there, then looks after it."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.errors import NotADemonstration
from demo.management.commands.load_demo import in_both_languages
from demo.selectors.diagram import moving_stations
from demo.services import planting, rounds
from demo.services.keeping import Keeper
from demo.services.playing import (
    IN_HAND,
    LEADING,
    Stopped,
    do_not_wait_for_the_disk,
    nothing,
    one_player,
    play_station,
)
from station import clock
from station.models import Station

PLAYERS = 2
# How often a player may be killed.
_LIVES = 3
LOOK_EVERY = 60.0
# A round takes minutes, in which the day goes on.
_UP_TO_DATE = timedelta(seconds=45)
# The machine was asleep, or somebody set the clock.
_A_JUMP = timedelta(minutes=20)


class Command(BaseCommand):
    help = "Plays the demonstration up to now and looks after it until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="play up to now and end")
        parser.add_argument("--station", action="append", help="play these stations only, up to --until, and end")
        parser.add_argument("--until", type=datetime.fromisoformat, help="with --station")

    def handle(self, *args: Any, **options: Any) -> None:
        # A line for each of the thousands of messages that are worked off here would hide the refusals.
        logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
        do_not_wait_for_the_disk()
        if options["station"]:
            _play_stations(options["station"], options["until"])
            return
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        if not rounds.is_demonstration(now=clock.wall()):
            if options["once"]:
                raise CommandError(in_both_languages(NotADemonstration()))
            self.stdout.write(in_both_languages(NotADemonstration()))
            stop.wait()
            return
        try:
            self._play(stop, once=options["once"])
        except Stopped:
            self.stdout.write("Stopped while others played.")

    def _play(self, stop: threading.Event, *, once: bool) -> None:
        def go_on() -> bool:
            return not stop.is_set()

        with one_player(LEADING, go_on):
            while go_on():
                with one_player(IN_HAND, go_on):
                    until = play_round(stop)
                if once:
                    return
                _look_after(Keeper(until), stop, go_on)


def play_round(stop: threading.Event) -> datetime:
    """Everything up to now, several stations side by side; returns up to when."""
    _wait_for_orphans()
    now = clock.wall()
    rounds.begin_round(now=now)
    _play_side_by_side(now, stop)
    while not stop.is_set() and clock.wall() - now > _UP_TO_DATE:
        now = clock.wall()
        for station in moving_stations():
            play(station, now, lambda: not stop.is_set())
    if not stop.is_set():
        planting.plant(now)
        rounds.end_round()
    return now


def _play_side_by_side(until: datetime, stop: threading.Event) -> None:
    """Each share of the stations by a player of its own; one that is killed is replaced. Raises CommandError."""
    waiting = [_words(share, until) for share in rounds.share(moving_stations(), PLAYERS)]
    lives = len(waiting) * _LIVES
    players: dict[subprocess.Popen[bytes], list[str]] = {}
    try:
        while (waiting or players) and not stop.wait(0.2):
            lives -= len(waiting)
            if lives < 0:
                raise CommandError("players end with errors; the next start goes on behind their last steps")
            players |= {subprocess.Popen(words): words for words in waiting}  # noqa: S603 -- ourselves
            ended = [player for player in players if player.poll() is not None]
            waiting = [words for player in ended if (words := players.pop(player)) and player.returncode]
    finally:
        for player in players:
            player.terminate()


def _words(share: list[Station], until: datetime) -> list[str]:
    stations = [word for station in share for word in ("--station", station.code)]
    manage = str(settings.BASE_DIR / "manage.py")
    return [sys.executable, manage, "play_demo", "--until", until.isoformat(), *stations]


def _play_stations(codes: list[str], until: datetime) -> None:
    """As one of several players, until its leader is gone."""
    leader = os.getppid()
    try:
        for code in codes:
            play(Station.objects.get(code=code), until, lambda: os.getppid() == leader)
    except Stopped:
        sys.exit(1)


def play(station: Station, until: datetime, go_on: Callable[[], bool]) -> None:
    """Coaches that are to be found in some state are chosen before today is played."""
    choose = partial(planting.choose, until) if station.code == planting.STATION else nothing
    play_station(station, until=until, go_on=go_on, before_last=choose)


def _wait_for_orphans() -> None:
    """Players whose leader was killed notice it at their next step."""
    for station in moving_stations():
        with one_player(station.pk):
            pass


def _look_after(keeper: Keeper, stop: threading.Event, go_on: Callable[[], bool]) -> None:
    """Until told to stop, or until the clock has jumped: then there is more to play than one look does."""
    looked_at = clock.wall()
    while not stop.wait(LOOK_EVERY):
        with one_player(IN_HAND, go_on):
            now = clock.wall()
            if now - looked_at > _A_JUMP:
                return
            keeper.look(now)
            looked_at = now
